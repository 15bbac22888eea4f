// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>A report that an earlier datagram failed, from the socket's error queue (IP_RECVERR).</summary>
/// <remarks>ICMP can be forged by whoever sees the traffic: judge it before acting on it.</remarks>
public readonly record struct DatagramError
{
    /// <summary>
    /// Where the failed datagram was sent to; with port 0 when this host refused it on an unconnected IPv4 socket.
    /// </summary>
    public required DatagramAddress Remote { get; init; }

    /// <summary>The error: EMSGSIZE, ECONNREFUSED, EHOSTUNREACH and the like.</summary>
    public required Errno Errno { get; init; }

    /// <summary>Who says so.</summary>
    public required DatagramErrorOrigin Origin { get; init; }

    /// <summary>The type of the ICMP message, 0 for a local error.</summary>
    public byte IcmpType { get; init; }

    /// <summary>The code of the ICMP message.</summary>
    public byte IcmpCode { get; init; }

    /// <summary>With EMSGSIZE: the MTU of the path in bytes, IP header included; else 0.</summary>
    public int PathMtu { get; init; }

    /// <summary>The host or router that sent the ICMP message; none for a local error.</summary>
    public DatagramAddress Reporter { get; init; }
}
