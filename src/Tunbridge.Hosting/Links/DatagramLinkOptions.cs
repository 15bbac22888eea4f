// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>How a tunnel's UDP socket is opened.</summary>
public sealed record DatagramLinkOptions
{
    /// <summary>
    /// The address and port to listen on; the unspecified IPv6 address with <see cref="IsDualStack"/> for both families. None lets
    /// the kernel choose (<c>nobind</c>); then <see cref="Remote"/> says which family.
    /// </summary>
    public DatagramAddress Local { get; init; }

    /// <summary>The peer: of a client, whose family decides; none for a server. The socket is not connected to it.</summary>
    public DatagramAddress Remote { get; init; }

    /// <summary>Whether an IPv6 socket serves IPv4 peers, too.</summary>
    public bool IsDualStack { get; init; }

    /// <summary>Whether datagrams leave from the address that the peer's came to (<c>multihome</c>).</summary>
    public bool Multihome { get; init; }

    /// <summary>Bytes asked for in the receive buffer (<c>rcvbuf</c>); 0 for the default.</summary>
    public int ReceiveBufferSize { get; init; }

    /// <summary>Bytes asked for in the send buffer (<c>sndbuf</c>); 0 for the default.</summary>
    public int SendBufferSize { get; init; }

    /// <summary>The mark of packets sent, for routing rules (<c>mark</c>).</summary>
    public uint? Mark { get; init; }

    /// <summary>The only interface to send and receive by (<c>bind-dev</c>).</summary>
    public string? BoundDevice { get; init; }

    /// <summary>Whether datagrams may be fragmented (<c>mtu-disc</c>).</summary>
    public PathMtuDiscovery PathMtuDiscovery { get; init; } = PathMtuDiscovery.Default;

    /// <summary>The longest datagram that is to be received, for memory; 0: superpackets, and 64 KiB for each slot.</summary>
    public int MaximumDatagram { get; init; }

    /// <summary>The namespace the socket lives in; null is the caller's. Stays the caller's.</summary>
    public NetworkNamespace? Namespace { get; init; }
}
