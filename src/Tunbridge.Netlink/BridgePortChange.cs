// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What to change on a bridge port; members that are null stay as they are.</summary>
public sealed record BridgePortChange
{
    /// <summary>What the port does; refused while the kernel runs the spanning tree.</summary>
    public BridgePortState? State { get; init; }

    /// <summary>Its priority in the spanning tree, 0 to 63.</summary>
    public int? Priority { get; init; }

    /// <summary>Its cost in the spanning tree, 1 to 65535.</summary>
    public int? Cost { get; init; }

    /// <summary>Whether frames may leave where they came from.</summary>
    public bool? Hairpin { get; init; }

    /// <summary>Whether bridge protocol from outside is refused.</summary>
    public bool? Guard { get; init; }

    /// <summary>Whether the port may not become the way to the root.</summary>
    public bool? RootBlock { get; init; }

    /// <summary>Whether addresses are learned from it.</summary>
    public bool? Learning { get; init; }

    /// <summary>Whether frames for unknown addresses are sent to it.</summary>
    public bool? Flood { get; init; }

    /// <summary>Whether multicast that nobody asked for is sent to it.</summary>
    public bool? MulticastFlood { get; init; }

    /// <summary>Whether broadcast is sent to it.</summary>
    public bool? BroadcastFlood { get; init; }

    /// <summary>Whether it cannot talk to other isolated ports.</summary>
    public bool? Isolated { get; init; }

    /// <summary>Whether the bridge answers neighbour questions in its place.</summary>
    public bool? NeighbourSuppression { get; init; }

    /// <summary>Whether only known addresses may send through it.</summary>
    public bool? Locked { get; init; }
}
