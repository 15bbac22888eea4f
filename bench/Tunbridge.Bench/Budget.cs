// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Bench;

/// <summary>A promise: a side's median, or its ratio to another side's, on the right side of a limit.</summary>
internal sealed record Budget
{
    internal required Series Side { get; init; }

    /// <summary>What it is compared with; null when the limit is in the side's own unit.</summary>
    internal Series? Against { get; init; }

    /// <summary>The limit; null for a comparison that promises nothing.</summary>
    internal double? Limit { get; init; }

    /// <summary>Whether more is better.</summary>
    internal bool AtLeast { get; init; }

    /// <summary>The ratio of the medians, or the median itself.</summary>
    internal double Value => Against is null ? Side.Median : Side.Median / Against.Median;

    internal bool Holds => Limit is null || (AtLeast ? Value >= Limit : Value <= Limit);
}
