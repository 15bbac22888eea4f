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

    /// <summary>Only these cards of the file; empty for all. Others are neither changed nor removed.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];
}
