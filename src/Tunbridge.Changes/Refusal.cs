// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>Why a plan is not carried out.</summary>
public sealed record Refusal
{
    /// <summary>The card whose change is refused.</summary>
    public required string Card { get; init; }

    /// <summary>The reason, one line that names both sides.</summary>
    public required string Message { get; init; }

    /// <summary>Whether <c>--force</c> carries it out all the same.</summary>
    public bool CanForce { get; init; } = true;

    /// <summary>Whether it is that a card must be deleted and made anew, which may be asked for.</summary>
    public bool IsRemake { get; init; }

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
