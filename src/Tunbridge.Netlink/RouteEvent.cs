// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>A route was added, changed or deleted.</summary>
public sealed record RouteEvent : NetlinkEvent
{
    /// <summary>What it is now, or was when it is removed.</summary>
    public required Route Route { get; init; }
}
