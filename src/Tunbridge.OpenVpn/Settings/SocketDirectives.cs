// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a configuration says about its sockets and card.</summary>
public sealed record SocketDirectives
{
    /// <summary>Bytes the kernel keeps to be sent (<c>sndbuf</c>); null leaves it.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>Bytes the kernel keeps that came (<c>rcvbuf</c>); null leaves it.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>The firewall mark of packets (<c>mark</c>); null for none.</summary>
    public uint? Mark { get; init; }

    /// <summary>The card that packets leave by (<c>bind-dev</c>).</summary>
    public string? BoundDevice { get; init; }

    /// <summary>A socket for IPv6 takes no IPv4 (<c>bind ipv6only</c>).</summary>
    public bool IsIPv6Only { get; init; }

    /// <summary>Answers come from the address that was asked (<c>multihome</c>).</summary>
    public bool IsMultihome { get; init; }

    /// <summary>TCP does not wait for more to send (<c>tcp-nodelay</c>, <c>socket-flags TCP_NODELAY</c>); a server pushes it, too.</summary>
    public bool HasNoDelay { get; init; }

    /// <summary>The card's queue length (<c>txqueuelen</c>); null leaves it.</summary>
    public int? CardQueueLength { get; init; }

    /// <summary>The card's MAC address (<c>lladdr</c>); null leaves it.</summary>
    public string? CardAddress { get; init; }
}
