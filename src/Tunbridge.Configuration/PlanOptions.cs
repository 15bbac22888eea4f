// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>How a file's plan is made.</summary>
public sealed record PlanOptions
{
    /// <summary>
    /// Whether refusals that may be overridden are: overlaps, foreign cards of the same name (adopted), cards that must be
    /// made anew.
    /// </summary>
    public bool Force { get; init; }

    /// <summary>Whether cards may be made anew where they must be: force, or somebody who was asked.</summary>
    public bool MayRemake { get; init; }

    /// <summary>Whether every card is made anew, needed or not, as a restart does.</summary>
    public bool Recreate { get; init; }

    /// <summary>The policy rules, and routes over no card, that this instance added (<see cref="Changes.ChangeJournal.OwnRules"/>).</summary>
    public IReadOnlyList<string> OwnRules { get; init; } = [];

    /// <summary>Only these cards of the file; empty for all. Others are neither changed nor removed.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];
}
