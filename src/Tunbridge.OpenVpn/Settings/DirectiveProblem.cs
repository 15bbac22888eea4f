// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>Something to say about a configuration: an error that ends it, or a note about what was passed over.</summary>
public sealed record DirectiveProblem
{
    /// <summary>The configuration cannot be used.</summary>
    public required bool IsError { get; init; }

    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>The line, from 1; 0 on the command line.</summary>
    public required int Line { get; init; }

    /// <summary>What is wrong or passed over, and what to do.</summary>
    public required string Text { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Text}" : $"{File}: {Text}";
}
