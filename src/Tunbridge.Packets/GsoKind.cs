// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// How a superpacket is cut into segments: the gso_type of the virtio-net header without its ECN bit.
/// </summary>
/// <remarks>
/// Open: a value that has no name here (the tunnel bits of newer kernels, for one) is carried through
/// unchanged. Values: virtio specification 1.2, section 5.1.6 (VIRTIO_NET_HDR_GSO_*).
/// </remarks>
public enum GsoKind : byte
{
    /// <summary>An ordinary packet that is not cut (VIRTIO_NET_HDR_GSO_NONE).</summary>
    None = 0,

    /// <summary>TCP over IPv4 (VIRTIO_NET_HDR_GSO_TCPV4).</summary>
    TcpV4 = 1,

    /// <summary>UDP fragmentation by IP, the historic UFO (VIRTIO_NET_HDR_GSO_UDP).</summary>
    Udp = 3,

    /// <summary>TCP over IPv6 (VIRTIO_NET_HDR_GSO_TCPV6).</summary>
    TcpV6 = 4,

    /// <summary>UDP cut into datagrams of equal size, IPv4 or IPv6 (VIRTIO_NET_HDR_GSO_UDP_L4).</summary>
    UdpL4 = 5,
}
