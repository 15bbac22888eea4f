// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>How a datagram socket is opened; a local or a remote address must be given.</summary>
public sealed record DatagramSocketOptions
{
    /// <summary>Room in each of the kernel's two buffers that is asked for, in bytes.</summary>
    public const int DefaultBufferSize = 7 << 20;

    /// <summary>The address and port to listen on; none lets the kernel choose.</summary>
    public DatagramAddress Local { get; init; }

    /// <summary>The only peer (connect(2)); none for any number of them.</summary>
    public DatagramAddress Remote { get; init; }

    /// <summary>Whether an IPv6 socket serves IPv4 peers too.</summary>
    public bool IsDualStack { get; init; }

    /// <summary>Bytes asked for in the receive buffer; see <see cref="DatagramSocket.ReceiveBufferSize"/>.</summary>
    public int ReceiveBufferSize { get; init; } = DefaultBufferSize;

    /// <summary>Bytes asked for in the send buffer; see <see cref="DatagramSocket.SendBufferSize"/>.</summary>
    public int SendBufferSize { get; init; } = DefaultBufferSize;

    /// <summary>
    /// Whether runs of datagrams are handed to the kernel whole (UDP_SEGMENT); not with <see cref="GsoSwitch"/>.
    /// </summary>
    public bool Segmentation { get; init; } = true;

    /// <summary>
    /// Whether the kernel may hand over runs of datagrams whole (UDP_GRO); not with <see cref="GsoSwitch"/>.
    /// </summary>
    public bool Coalescing { get; init; } = true;

    /// <summary>Whether datagrams may be fragmented.</summary>
    public PathMtuDiscovery PathMtuDiscovery { get; init; } = PathMtuDiscovery.Default;

    /// <summary>Whether errors of the network are kept to be read (IP_RECVERR).</summary>
    public bool ReceiveErrors { get; init; }

    /// <summary>Whether received runs tell their TOS or traffic class, and TTL or hop limit.</summary>
    public bool ReceiveHeaderFields { get; init; }

    /// <summary>The TTL or hop limit of datagrams sent, 1 to 255; null as the host is set up.</summary>
    public int? TimeToLive { get; init; }

    /// <summary>The TOS or traffic class of datagrams sent, 0 to 255; null leaves 0.</summary>
    public int? TrafficClass { get; init; }

    /// <summary>Whether the port may be taken though an earlier owner's is not quite gone (SO_REUSEADDR).</summary>
    public bool ReuseAddress { get; init; }

    /// <summary>Whether several sockets of one user share the port, flow by flow (SO_REUSEPORT).</summary>
    public bool ReusePort { get; init; }

    /// <summary>The mark of packets sent, for routing rules (SO_MARK, CAP_NET_ADMIN).</summary>
    public uint? Mark { get; init; }

    /// <summary>The only interface to send and receive by (SO_BINDTODEVICE).</summary>
    public string? BoundDevice { get; init; }

    /// <summary>
    /// Where the time comes from after which a peer that refused a run gets one again; null for the system's clock.
    /// </summary>
    public TimeProvider? Time { get; init; }

    /// <summary>The namespace the socket lives in; null is the caller's. Stays the caller's.</summary>
    public NetworkNamespace? Namespace { get; init; }
}
