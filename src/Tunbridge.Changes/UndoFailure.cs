// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>A step that was done and could not be undone.</summary>
public sealed record UndoFailure
{
    /// <summary>The step.</summary>
    public required Change Change { get; init; }

    /// <summary>Why it could not be undone.</summary>
    public required Exception Error { get; init; }

    /// <summary>The step and the reason.</summary>
    public override string ToString() => $"'{Change.Description}' stays: {Error.Message}";
}
