// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Switching;

/// <summary>The bounds of a <see cref="LearningTable"/>.</summary>
public sealed record LearningTableOptions
{
    /// <summary>The most addresses in all, 1 to 1,048,576.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>The most addresses of one port, at least 1.</summary>
    public int MaximumPerPort { get; init; } = 1024;

    /// <summary>How long an address is known after it was last seen as a source (IEEE 802.1Q 8.8.3: 300 s).</summary>
    public TimeSpan AgeingTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// A secret random number that decides the places of addresses, so that nobody can choose addresses that all have
    /// one place.
    /// </summary>
    public ulong Seed { get; init; }
}
