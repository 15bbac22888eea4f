// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>The kind of link layer (ARPHRD_*). Open: other values occur.</summary>
public enum LinkType : ushort
{
    /// <summary>NET/ROM, and what TUNSETLINK takes as its first value (ARPHRD_NETROM).</summary>
    Netrom = 0,

    /// <summary>Ethernet (ARPHRD_ETHER).</summary>
    Ethernet = 1,

    /// <summary>PPP (ARPHRD_PPP).</summary>
    Ppp = 512,

    /// <summary>IPv4 in IPv4 (ARPHRD_TUNNEL).</summary>
    Tunnel = 768,

    /// <summary>IPv6 tunnel (ARPHRD_TUNNEL6).</summary>
    Tunnel6 = 769,

    /// <summary>Loopback (ARPHRD_LOOPBACK).</summary>
    Loopback = 772,

    /// <summary>IPv6 in IPv4 (ARPHRD_SIT).</summary>
    Sit = 776,

    /// <summary>Packets without link layer (ARPHRD_RAWIP).</summary>
    RawIp = 519,

    /// <summary>Nothing is known (ARPHRD_VOID).</summary>
    Void = 0xffff,

    /// <summary>No link layer, as on a TUN card (ARPHRD_NONE).</summary>
    None = 0xfffe,
}
