// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What to change on a bridge, or to make it with; members that are null stay as they are.</summary>
public sealed record BridgeChange
{
    /// <summary>Whether the spanning tree protocol runs.</summary>
    public bool? SpanningTree { get; init; }

    /// <summary>How long a port listens and learns; the kernel counts in hundredths of a second.</summary>
    public TimeSpan? ForwardDelay { get; init; }

    /// <summary>The time between greetings of the spanning tree's root.</summary>
    public TimeSpan? HelloTime { get; init; }

    /// <summary>How old spanning tree news may be.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>How long a learned address is kept unseen.</summary>
    public TimeSpan? AgeingTime { get; init; }

    /// <summary>The bridge's priority in the spanning tree, 0 to 65535.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether VLAN tags are looked at.</summary>
    public bool? VlanFiltering { get; init; }

    /// <summary>The VLAN of untagged frames.</summary>
    public int? DefaultVlan { get; init; }

    /// <summary>Whether multicast goes only where somebody listens.</summary>
    public bool? MulticastSnooping { get; init; }

    /// <summary>The reserved group addresses that are forwarded all the same, as a bit mask.</summary>
    public int? GroupForwardMask { get; init; }
}
