// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>Packets on their way to the card: joined where they lie, then written, one system call for each group.</summary>
/// <remarks>
/// With several queues each flow keeps to one of them: what is written to a queue tells the kernel where the flow's answers belong.
/// </remarks>
internal sealed class CardOutput
{
    private readonly IPacketQueue[] _queues;
    private readonly Coalescer?[] _coalescers;  // of queues of the kernel; others are written to at once
    private readonly DropCounters _drops;
    private readonly int _ports;                // where the addresses of a packet begin
    private Memory<byte> _slab;
    private bool _isStarted;

    internal CardOutput(IReadOnlyList<IPacketQueue> queues, int batchSize, DropCounters drops)
    {
        _queues = [.. queues];
        IsFrames = queues[0].Layer == DeviceLayer.Frame;
        _drops = drops;
        _ports = IsFrames ? 14 : 0;
        _coalescers = [.. queues.Select(q => q is DeviceQueue ? new Coalescer(q.Layer, Math.Max(64, batchSize * 8)) : null)];
    }

    /// <summary>The card takes frames instead of packets.</summary>
    internal bool IsFrames { get; }

    /// <summary>What follows lies in this memory; what came before is written if it lay elsewhere.</summary>
    internal void Use(Memory<byte> slab)
    {
        if (_slab.Equals(slab))
            return;
        Write();
        _slab = slab;
    }

    /// <summary>Takes a packet.</summary>
    /// <param name="packet">The packet, which mostly lies inside the datagram that it came in.</param>
    /// <param name="datagram">That datagram.</param>
    /// <param name="offset">Where the datagram begins in the slab.</param>
    internal void Add(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> datagram, int offset)
    {
        int queue = _queues.Length == 1 ? 0 : QueueOf(packet);
        Coalescer? coalescer = _coalescers[queue];
        if (coalescer is null || !datagram.Overlaps(packet, out int place))
        {
            Write();
            if (_queues[queue].TryWrite(packet) != PacketWriteStatus.Written)
                _drops.Add(DropReason.Refused);
            return;
        }

        if (!_isStarted)
            Begin();
        else if (coalescer.IsFull)
            Restart(queue);
        coalescer.Add(offset + place, packet.Length);
    }

    /// <summary>Writes all that was taken.</summary>
    internal void Write()
    {
        if (!_isStarted)
            return;
        _isStarted = false;
        for (int i = 0; i < _queues.Length; i++)
            WriteOne(i);
    }

    private void Begin()
    {
        _isStarted = true;
        foreach (Coalescer? coalescer in _coalescers)
            coalescer?.Start(_slab);
    }

    private void Restart(int queue)
    {
        WriteOne(queue);
        _coalescers[queue]!.Start(_slab);
    }

    private void WriteOne(int queue)
    {
        if (_coalescers[queue] is not { PacketCount: > 0 } coalescer)
            return;
        int refused = coalescer.PacketCount - ((DeviceQueue)_queues[queue]).Write(coalescer);
        if (refused > 0)
            _drops.Add(DropReason.Refused, refused);
    }

    // The same for both directions of a flow, so that its answers are read from the queue it is written to.
    private int QueueOf(ReadOnlySpan<byte> packet)
    {
        const int Addresses4 = 12, Addresses6 = 8;
        uint hash = 0;
        if (packet.Length >= _ports + 40 && packet[_ports] >> 4 == 6)
        {
            for (int i = 0; i < 32; i += sizeof(uint))
                hash ^= BitConverter.ToUInt32(packet[(_ports + Addresses6 + i)..]);
        }
        else if (packet.Length >= _ports + 20)
        {
            hash = BitConverter.ToUInt32(packet[(_ports + Addresses4)..]) ^ BitConverter.ToUInt32(packet[(_ports + Addresses4 + 4)..]);
            int header = (packet[_ports] & 15) * 4;
            if (packet.Length >= _ports + header + 4)
            {
                uint ports = BitConverter.ToUInt32(packet[(_ports + header)..]);
                hash ^= ports ^ (ports << 16);
            }
        }

        hash *= 0x9E37_79B1;
        return (int)((hash >> 16) % (uint)_queues.Length);
    }
}
