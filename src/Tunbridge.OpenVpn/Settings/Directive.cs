// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>One directive of a configuration, with where it stands.</summary>
public sealed record Directive
{
    /// <summary>Its name, without leading hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Its parameters, quotes and escapes resolved.</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    /// <summary>The file, or a word such as [CMD-LINE].</summary>
    public required string File { get; init; }

    /// <summary>The line, from 1; 0 on the command line.</summary>
    public int Line { get; init; }

    /// <summary>The lines between its tags, as they are; null when it was not written inline.</summary>
    public string? Inline { get; init; }

    /// <summary>Written with <c>setenv opt</c>: to be passed over when it is unknown.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The number of the <c>&lt;connection&gt;</c> block it stands in, from 0; null outside.</summary>
    public int? Connection { get; init; }

    /// <summary>A parameter, or null when it is not there.</summary>
    /// <param name="index">From 0.</param>
    /// <returns>The parameter.</returns>
    public string? At(int index) => index < Parameters.Count ? Parameters[index] : null;
}
