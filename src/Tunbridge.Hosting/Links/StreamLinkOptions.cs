// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>How a tunnel's TCP connection or door is opened.</summary>
public sealed record StreamLinkOptions
{
    /// <summary>The address and port to listen on, or to come from; none lets the kernel choose.</summary>
    public DatagramAddress Local { get; init; }

    /// <summary>The server, for <see cref="StreamLink.Connect"/>; none for <see cref="StreamLink.Listen"/>.</summary>
    public DatagramAddress Remote { get; init; }

    /// <summary>Whether an IPv6 door serves IPv4 peers, too.</summary>
    public bool IsDualStack { get; init; }

    /// <summary>Bytes of the longest packet that is taken; a longer one ends its connection.</summary>
    public int MaximumPacket { get; init; } = 2048;

    /// <summary>Packets that wait for one connection until more are dropped (<c>tcp-queue-limit</c>).</summary>
    public int QueueLimit { get; init; } = 64;

    /// <summary>The most connections of a door; more are closed at once.</summary>
    public int MaximumConnections { get; init; } = 1024;

    /// <summary>Whether small packets leave at once (<c>tcp-nodelay</c>).</summary>
    public bool NoDelay { get; init; }

    /// <summary>Bytes asked for in the receive buffer (<c>rcvbuf</c>); 0 leaves it to the kernel.</summary>
    public int ReceiveBufferSize { get; init; }

    /// <summary>Bytes asked for in the send buffer (<c>sndbuf</c>); 0 leaves it to the kernel.</summary>
    public int SendBufferSize { get; init; }

    /// <summary>The mark of packets sent, for routing rules (<c>mark</c>).</summary>
    public uint? Mark { get; init; }

    /// <summary>The only interface to send and receive by (<c>bind-dev</c>).</summary>
    public string? BoundDevice { get; init; }

    /// <summary>The namespace the sockets live in; null is the caller's. Stays the caller's.</summary>
    public NetworkNamespace? Namespace { get; init; }
}
