// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>What the reader of a card takes unfinished, so that the kernel hands over superpackets whole.</summary>
/// <remarks>
/// Values are those of TUNSETOFFLOAD (TUN_F_*), each with the bits it depends on. Writing superpackets needs no bit:
/// it needs the virtio header.
/// </remarks>
[Flags]
public enum Offload
{
    /// <summary>Complete packets only.</summary>
    None = 0,

    /// <summary>Packets whose transport checksum is still to be finished (TUN_F_CSUM).</summary>
    Checksum = 0x01,

    /// <summary>TCP superpackets of IPv4 and IPv6 (TUN_F_TSO4, TUN_F_TSO6).</summary>
    Tcp = Checksum | 0x02 | 0x04,

    /// <summary>TCP superpackets with ECN marks too (TUN_F_TSO_ECN).</summary>
    TcpEcn = Tcp | 0x08,

    /// <summary>UDP superpackets of IPv4 and IPv6 (TUN_F_USO4 and TUN_F_USO6, Linux 6.2).</summary>
    Udp = Checksum | 0x20 | 0x40,

    /// <summary>
    /// Everything a reader of <see cref="Packets.GsoInfo"/> can make use of; what the kernel lacks is left out.
    /// </summary>
    All = TcpEcn | Udp,
}
