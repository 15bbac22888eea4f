// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>A neighbour was learned, changed or forgotten.</summary>
public sealed record NeighbourEvent : NetlinkEvent
{
    /// <summary>What it is now, or was when it is removed.</summary>
    public required Neighbour Neighbour { get; init; }
}
