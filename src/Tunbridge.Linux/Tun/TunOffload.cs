// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>What the reader of a card takes without the kernel finishing it (TUNSETOFFLOAD, TUN_F_*).</summary>
[Flags]
public enum TunOffload
{
    /// <summary>Whole, finished packets only.</summary>
    None = 0,

    /// <summary>Packets whose checksum is still to be computed (TUN_F_CSUM).</summary>
    Checksum = 0x01,

    /// <summary>IPv4 TCP superpackets (TUN_F_TSO4); wants <see cref="Checksum"/>.</summary>
    TcpV4 = 0x02,

    /// <summary>IPv6 TCP superpackets (TUN_F_TSO6); wants <see cref="Checksum"/>.</summary>
    TcpV6 = 0x04,

    /// <summary>TCP superpackets with ECN (TUN_F_TSO_ECN).</summary>
    TcpEcn = 0x08,

    /// <summary>UDP datagrams to be fragmented (TUN_F_UFO), obsolete.</summary>
    UdpFragmentation = 0x10,

    /// <summary>IPv4 UDP superpackets (TUN_F_USO4); only together with <see cref="UdpV6"/>.</summary>
    UdpV4 = 0x20,

    /// <summary>IPv6 UDP superpackets (TUN_F_USO6); only together with <see cref="UdpV4"/>.</summary>
    UdpV6 = 0x40,

    /// <summary>UDP-tunnelled superpackets (TUN_F_UDP_TUNNEL_GSO), Linux 6.17.</summary>
    UdpTunnel = 0x80,

    /// <summary>UDP-tunnelled superpackets with an outer checksum (TUN_F_UDP_TUNNEL_GSO_CSUM).</summary>
    UdpTunnelChecksum = 0x100,
}
