// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>A host that exists only in this program: it answers ARP, neighbour discovery, pings and UDP echo.</summary>
/// <remarks>
/// <para>It serves one queue, of a card or of an in-memory pair, from the thread that calls <see cref="Run"/>, and
/// allocates nothing for a packet. One thread at a time; counters may be read from any. Any bytes are taken: what it
/// does not answer is counted as <see cref="Ignored"/>, never an error.</para>
/// <para>As Linux does with IPv4 by default, it answers no ping and no datagram to a broadcast or multicast address, so
/// that nobody can use it to multiply traffic. Fragments are not put together. A superpacket of UDP comes back whole, with
/// its <see cref="GsoInfo"/>.</para>
/// </remarks>
public sealed class VirtualHost
{
    private const int ReplyCapacity = 256; // an ARP reply or a neighbour advertisement, with room to spare

    private readonly IPacketQueue _queue;
    private readonly VirtualHostOptions _options;
    private readonly uint _ipv4;
    private readonly UInt128 _ipv6;
    private readonly byte[] _reply = new byte[ReplyCapacity];
    private long _received;
    private long _sent;
    private long _refused;
    private long _ignored;

    /// <summary>Creates a host on a queue, which stays the caller's.</summary>
    /// <param name="queue">Where its packets come from and go to.</param>
    /// <param name="options">Its addresses.</param>
    /// <exception cref="ArgumentException">An address is of the other family, or one that no single host can have.</exception>
    public VirtualHost(IPacketQueue queue, VirtualHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(options);
        _queue = queue;
        _options = options;
        _ipv4 = options.Ipv4Address?.ToUInt32() ?? 0;
        _ipv6 = options.Ipv6Address?.ToUInt128() ?? 0;
        if (_ipv4 == uint.MaxValue || _ipv4.IsIpv4Multicast())
            throw new ArgumentException($"{options.Ipv4Address} is no address of a single host.", nameof(options));
        if (_ipv6.IsIpv6Multicast())
            throw new ArgumentException($"{options.Ipv6Address} is no address of a single host.", nameof(options));
        if (options.MacAddress.IsMulticast || options.MacAddress.IsZero)
            throw new ArgumentException($"{options.MacAddress} is no address of a single card.", nameof(options));
    }

    /// <summary>Packets that came from the queue: <see cref="Sent"/>, <see cref="Refused"/> and <see cref="Ignored"/> together.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Answers that the queue took.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Answers that the queue did not take; its <see cref="IPacketQueue.Refusals"/> tell why.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Packets without an answer: not for this host, or of a kind it does not speak.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    /// <summary>Serves the queue until cancelled, until the queue is closed, or until the other end of a pair is.</summary>
    /// <param name="cancellationToken">Ends it at once, without an exception.</param>
    /// <exception cref="Tunbridge.Linux.LinuxException">The card was deleted.</exception>
    public void Run(CancellationToken cancellationToken = default)
    {
        PacketBatch batch = new();
        try
        {
            while (true)
            {
                batch.Clear();
                _queue.Read(batch, cancellationToken);
                foreach (ref readonly Packet packet in batch)
                    Handle(packet.Span, packet.Gso);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or EndOfStreamException)
        {
            // Each is a way for a caller to end it.
        }
    }

    /// <summary>Takes one packet and answers it, in place where the answer has its size.</summary>
    /// <param name="packet">The frame or packet; its bytes may be overwritten.</param>
    /// <param name="gso">How it is to be cut, where the queue carries superpackets; an echo in place keeps it.</param>
    /// <returns>Whether there was an answer and the queue took it.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public bool Handle(Span<byte> packet, in GsoInfo gso = default)
    {
        Interlocked.Increment(ref _received);
        if (_queue.Layer == DeviceLayer.Frame && !IsFrameForUs(packet))
            return Ignore();
        if (IsPacketForUs(packet) && TryEcho(packet))
            return Send(packet, gso);
        if (_queue.Layer == DeviceLayer.Frame && TryAnswerNeighbor(packet, out int length))
            return Send(_reply.AsSpan(0, length), default);
        return Ignore();
    }

    private bool TryEcho(Span<byte> packet) =>
        PacketReply.TryMakeEchoReply(packet, _queue.Layer) ||
        (_options.UdpEchoPort != 0 && PacketReply.TryMakeUdpEcho(packet, _queue.Layer, _options.UdpEchoPort));

    private bool TryAnswerNeighbor(ReadOnlySpan<byte> frame, out int length)
    {
        length = 0;
        return (_ipv4 != 0 && PacketReply.TryWriteArpReply(frame, _ipv4, _options.MacAddress, _reply, out length)) ||
            (_ipv6 != 0 && PacketReply.TryWriteNeighborAdvertisement(frame, _ipv6, _options.MacAddress, _reply, out length));
    }

    // A link may flood: what is for another card, and our own frames that come back, are none of our business.
    private bool IsFrameForUs(ReadOnlySpan<byte> packet) =>
        EthernetView.TryParse(packet, out EthernetView frame) &&
        (frame.Destination == _options.MacAddress || frame.Destination.IsMulticast) &&
        frame.Source != _options.MacAddress;

    // The echo builders answer any address, so the destination is judged here: unicast to one of ours.
    private bool IsPacketForUs(ReadOnlySpan<byte> packet)
    {
        if (_queue.Layer == DeviceLayer.Frame)
        {
            if (!EthernetView.TryParse(packet, out EthernetView frame) || !frame.TrySkipTags(out _, out int offset))
                return false;
            packet = packet[offset..];
        }

        if (Ipv4View.TryParse(packet, out Ipv4View v4))
            return _ipv4 != 0 && v4.Destination == _ipv4 && v4.Source != _ipv4;
        return Ipv6View.TryParse(packet, out Ipv6View v6) && _ipv6 != 0 && v6.Destination == _ipv6 && v6.Source != _ipv6;
    }

    private bool Ignore()
    {
        Interlocked.Increment(ref _ignored);
        return false;
    }

    private bool Send(ReadOnlySpan<byte> packet, in GsoInfo gso)
    {
        if (_queue.TryWrite(packet, gso) != PacketWriteStatus.Written)
        {
            Interlocked.Increment(ref _refused);
            return false;
        }

        Interlocked.Increment(ref _sent);
        return true;
    }
}
