// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>The settings of a card that is a port of a bridge (IFLA_BRPORT_*).</summary>
public sealed record BridgePortInfo
{
    /// <summary>What the port does.</summary>
    public BridgePortState State { get; init; }

    /// <summary>Its priority in the spanning tree.</summary>
    public int Priority { get; init; }

    /// <summary>Its cost in the spanning tree.</summary>
    public long Cost { get; init; }

    /// <summary>Whether frames may leave where they came from.</summary>
    public bool Hairpin { get; init; }

    /// <summary>Whether bridge protocol from outside is refused.</summary>
    public bool Guard { get; init; }

    /// <summary>Whether the port may not become the way to the root.</summary>
    public bool RootBlock { get; init; }

    /// <summary>Whether addresses are learned from it.</summary>
    public bool Learning { get; init; }

    /// <summary>Whether frames for unknown addresses are sent to it.</summary>
    public bool Flood { get; init; }

    /// <summary>Whether multicast that nobody asked for is sent to it.</summary>
    public bool MulticastFlood { get; init; }

    /// <summary>Whether broadcast is sent to it.</summary>
    public bool BroadcastFlood { get; init; }

    /// <summary>Whether it cannot talk to other isolated ports.</summary>
    public bool Isolated { get; init; }

    /// <summary>Whether the bridge answers neighbour questions in its place.</summary>
    public bool NeighbourSuppression { get; init; }

    /// <summary>Whether only known addresses may send through it.</summary>
    public bool Locked { get; init; }

    /// <summary>Its number in the bridge.</summary>
    public int Number { get; init; }

    /// <summary>Its identity in the spanning tree.</summary>
    public int Id { get; init; }

    internal static BridgePortInfo Parse(AttributeReader reader)
    {
        BridgePortInfo info = new();
        while (reader.MoveNext())
        {
            info = (IflaBrport)reader.Type switch
            {
                IflaBrport.IFLA_BRPORT_STATE => info with { State = (BridgePortState)reader.Byte },
                IflaBrport.IFLA_BRPORT_PRIORITY => info with { Priority = reader.UInt16 },
                IflaBrport.IFLA_BRPORT_COST => info with { Cost = reader.UInt32 },
                IflaBrport.IFLA_BRPORT_MODE => info with { Hairpin = reader.Flag },
                IflaBrport.IFLA_BRPORT_GUARD => info with { Guard = reader.Flag },
                IflaBrport.IFLA_BRPORT_PROTECT => info with { RootBlock = reader.Flag },
                IflaBrport.IFLA_BRPORT_LEARNING => info with { Learning = reader.Flag },
                IflaBrport.IFLA_BRPORT_UNICAST_FLOOD => info with { Flood = reader.Flag },
                IflaBrport.IFLA_BRPORT_MCAST_FLOOD => info with { MulticastFlood = reader.Flag },
                IflaBrport.IFLA_BRPORT_BCAST_FLOOD => info with { BroadcastFlood = reader.Flag },
                IflaBrport.IFLA_BRPORT_ISOLATED => info with { Isolated = reader.Flag },
                IflaBrport.IFLA_BRPORT_NEIGH_SUPPRESS => info with { NeighbourSuppression = reader.Flag },
                IflaBrport.IFLA_BRPORT_LOCKED => info with { Locked = reader.Flag },
                IflaBrport.IFLA_BRPORT_NO => info with { Number = reader.UInt16 },
                IflaBrport.IFLA_BRPORT_ID => info with { Id = reader.UInt16 },
                _ => info,
            };
        }

        return info;
    }
}
