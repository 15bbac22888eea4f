// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Packets;

namespace Tunbridge.Demo;

/// <summary>Pings through the kernel's own stack (a raw ICMP socket), as ping(8) does.</summary>
internal sealed class EchoProbe : IDisposable
{
    private const int HeaderSize = 8;
    private const int PayloadSize = 56;
    private const int Ipv4HeaderUnit = 4;

    private readonly Socket _socket;
    private readonly IPAddress _target;
    private readonly ushort _identifier = (ushort)Environment.ProcessId;
    private readonly byte[] _buffer = new byte[2048];

    /// <summary>Opens the socket in the calling thread's network namespace.</summary>
    internal EchoProbe(IPAddress target, TimeSpan timeout)
    {
        _target = target;
        _socket = new Socket(target.AddressFamily, SocketType.Raw, IsIpv6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp)
        {
            ReceiveTimeout = (int)timeout.TotalMilliseconds,
        };
        _socket.Connect(new IPEndPoint(target, 0));
    }

    private bool IsIpv6 => _target.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Sends one request and waits for its reply; null when none came in time.</summary>
    internal TimeSpan? Ping(ushort sequence)
    {
        byte[] request = new byte[HeaderSize + PayloadSize];
        request[0] = IsIpv6 ? (byte)Icmpv6Type.EchoRequest : (byte)IcmpType.EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(4), _identifier);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(6), sequence);
        for (int i = HeaderSize; i < request.Length; i++)
            request[i] = (byte)i;
        // The kernel computes ICMPv6's checksum, which covers addresses, and leaves ICMP's to us.
        if (!IsIpv6)
            BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(2), InternetChecksum.Compute(request));
        long start = Stopwatch.GetTimestamp();
        _socket.Send(request);
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < _socket.ReceiveTimeout)
        {
            try
            {
                int length = _socket.Receive(_buffer);
                if (IsReply(_buffer.AsSpan(0, length), sequence))
                    return Stopwatch.GetElapsedTime(start);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.HostUnreachable)
            {
                return null;
            }
        }

        return null;
    }

    public void Dispose() => _socket.Dispose();

    private bool IsReply(ReadOnlySpan<byte> message, ushort sequence)
    {
        // A raw IPv4 socket hears the IP header too, a raw IPv6 socket does not.
        if (!IsIpv6 && message.Length > 0)
            message = message[Math.Min(message.Length, (message[0] & 0xf) * Ipv4HeaderUnit)..];
        byte reply = IsIpv6 ? (byte)Icmpv6Type.EchoReply : (byte)IcmpType.EchoReply;
        return message.Length >= HeaderSize && message[0] == reply &&
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == _identifier &&
            BinaryPrimitives.ReadUInt16BigEndian(message[6..]) == sequence;
    }
}
