// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What a card is and does (IFF_*, netdevice(7)).</summary>
[Flags]
public enum LinkFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Set up by an administrator (IFF_UP).</summary>
    Up = 1,

    /// <summary>It can send to all (IFF_BROADCAST).</summary>
    Broadcast = 2,

    /// <summary>Its driver prints debugging messages (IFF_DEBUG).</summary>
    Debug = 4,

    /// <summary>It is a loopback (IFF_LOOPBACK).</summary>
    Loopback = 8,

    /// <summary>It has one other end (IFF_POINTOPOINT).</summary>
    PointToPoint = 0x10,

    /// <summary>Without meaning today (IFF_NOTRAILERS).</summary>
    NoTrailers = 0x20,

    /// <summary>Operational: up, and with a carrier (IFF_RUNNING).</summary>
    Running = 0x40,

    /// <summary>It resolves no addresses (IFF_NOARP).</summary>
    NoArp = 0x80,

    /// <summary>It takes every frame (IFF_PROMISC), as an administrator asked.</summary>
    Promiscuous = 0x100,

    /// <summary>It takes every multicast frame (IFF_ALLMULTI), as an administrator asked.</summary>
    AllMulticast = 0x200,

    /// <summary>It leads a bundle (IFF_MASTER).</summary>
    Master = 0x400,

    /// <summary>It belongs to a bundle (IFF_SLAVE).</summary>
    Slave = 0x800,

    /// <summary>It can multicast (IFF_MULTICAST).</summary>
    Multicast = 0x1000,

    /// <summary>It can choose its medium (IFF_PORTSEL).</summary>
    PortSelection = 0x2000,

    /// <summary>It chooses its medium (IFF_AUTOMEDIA).</summary>
    AutoMedia = 0x4000,

    /// <summary>Its addresses are lost when it goes down (IFF_DYNAMIC).</summary>
    Dynamic = 0x8000,

    /// <summary>It has a carrier (IFF_LOWER_UP): for TUN and TAP, somebody holds it open.</summary>
    LowerUp = 0x10000,

    /// <summary>It waits for an event such as authentication (IFF_DORMANT).</summary>
    Dormant = 0x20000,

    /// <summary>It echoes what it sends (IFF_ECHO).</summary>
    Echo = 0x40000,
}
