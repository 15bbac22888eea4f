// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>A host that exists only in this program: it answers ARP, neighbour discovery, pings and UDP echo.</summary>
/// <remarks>
/// It serves one queue, of a card or of an in-memory pair, from the thread that calls <see cref="Run"/>, and allocates
/// nothing for a packet. Counters may be read from any thread. Everything that it does not answer is counted as
/// <see cref="Ignored"/>, never an error.
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
    private long _ignored;

    /// <summary>Creates a host on a queue, which stays the caller's.</summary>
    /// <param name="queue">Where its packets come from and go to.</param>
    /// <param name="options">Its addresses.</param>
    public VirtualHost(IPacketQueue queue, VirtualHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(options);
        _queue = queue;
        _options = options;
        _ipv4 = options.Ipv4Address?.ToUInt32() ?? 0;
        _ipv6 = options.Ipv6Address?.ToUInt128() ?? 0;
    }

    /// <summary>Packets that came from the kernel's side.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Answers that the queue took.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Packets without an answer: not for this host, or of a kind it does not speak.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    /// <summary>Serves the queue until cancelled or until the queue is closed.</summary>
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
                    Handle(packet.Span);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Both are how a caller ends it.
        }
    }

    /// <summary>Takes one packet and answers it, in place where the answer has its size.</summary>
    /// <param name="packet">The frame or packet; its bytes are overwritten.</param>
    /// <returns>Whether there was an answer.</returns>
    public bool Handle(Span<byte> packet)
    {
        Interlocked.Increment(ref _received);
        if (IsForUs(packet) &&
            (PacketReply.TryMakeEchoReply(packet, _queue.Layer) ||
            PacketReply.TryMakeUdpEcho(packet, _queue.Layer, _options.UdpEchoPort)))
            return Send(packet);
        if (_queue.Layer == DeviceLayer.Frame && TryAnswerNeighbor(packet, out int length))
            return Send(_reply.AsSpan(0, length));
        Interlocked.Increment(ref _ignored);
        return false;
    }

    private bool TryAnswerNeighbor(ReadOnlySpan<byte> frame, out int length)
    {
        if (_ipv4 != 0 && PacketReply.TryWriteArpReply(frame, _ipv4, _options.MacAddress, _reply, out length))
            return true;
        length = 0;
        return _ipv6 != 0 &&
            PacketReply.TryWriteNeighborAdvertisement(frame, _ipv6, _options.MacAddress, _reply, out length);
    }

    // The echo builders answer any address, so the destination is judged here: unicast to one of ours.
    private bool IsForUs(ReadOnlySpan<byte> packet)
    {
        if (_queue.Layer == DeviceLayer.Frame)
        {
            if (!EthernetView.TryParse(packet, out EthernetView frame) || frame.Destination != _options.MacAddress ||
                !frame.TrySkipTags(out _, out int offset))
                return false;
            packet = packet[offset..];
        }

        if (Ipv4View.TryParse(packet, out Ipv4View v4))
            return _ipv4 != 0 && v4.Destination == _ipv4;
        return Ipv6View.TryParse(packet, out Ipv6View v6) && _ipv6 != 0 && v6.Destination == _ipv6;
    }

    private bool Send(ReadOnlySpan<byte> packet)
    {
        if (_queue.TryWrite(packet) != PacketWriteStatus.Written)
            return false; // counted by reason in the queue's Refusals
        Interlocked.Increment(ref _sent);
        return true;
    }
}
