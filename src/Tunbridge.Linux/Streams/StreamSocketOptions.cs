// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>How a TCP socket is opened.</summary>
public sealed record StreamSocketOptions
{
    /// <summary>The address and port to listen on, or to come from; none lets the kernel choose.</summary>
    public DatagramAddress Local { get; init; }

    /// <summary>Where to connect to; none for a listening socket.</summary>
    public DatagramAddress Remote { get; init; }

    /// <summary>Whether a listening IPv6 socket takes IPv4 peers, too.</summary>
    public bool IsDualStack { get; init; }

    /// <summary>Whether small pieces leave at once (TCP_NODELAY); accepted connections inherit it.</summary>
    public bool NoDelay { get; init; }

    /// <summary>Bytes asked for in the receive buffer; 0 leaves it to the kernel.</summary>
    public int ReceiveBufferSize { get; init; }

    /// <summary>Bytes asked for in the send buffer; 0 leaves it to the kernel.</summary>
    public int SendBufferSize { get; init; }

    /// <summary>The mark of packets sent, for routing rules (SO_MARK, CAP_NET_ADMIN).</summary>
    public uint? Mark { get; init; }

    /// <summary>The only interface to send and receive by (SO_BINDTODEVICE).</summary>
    public string? BoundDevice { get; init; }

    /// <summary>The namespace the socket lives in; null is the caller's. Stays the caller's.</summary>
    public NetworkNamespace? Namespace { get; init; }
}
