// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Devices;

/// <summary>One direction of one queue: reads from a card, writes to the other, on a thread of its own.</summary>
internal sealed partial class ForwardingLane
{
    // Reading stops when not even one superpacket fits any more: two or three in a batch, so that they are still in the
    // processor's second cache when they are written.
    private const int SlabSize = 192 * 1024;
    private const int BatchCapacity = 64;

    private readonly JoinedCard _from;
    private readonly JoinedCard _to;
    private readonly int _number;
    private readonly PacketBatch _batch = new(BatchCapacity, SlabSize);
    private readonly PacketTap? _tap;
    private readonly int _tapInterface;
    private readonly PacketDirection _direction;
    private int _next; // the packet of the batch that is being passed on

    internal ForwardingLane(
        JoinedCard from, JoinedCard to, int number, ForwardingMode mode, PacketTap? tap, int tapInterface,
        PacketDirection direction)
    {
        _from = from;
        _to = to;
        _number = number;
        _tap = tap;
        _tapInterface = tapInterface;
        _direction = direction;
        if (mode == ForwardingMode.Segmented)
        {
            _coalescer = new Coalescer(to.Layer, SegmentCapacity);
            _segments = new PacketBatch(SegmentCapacity, SlabSize);
        }
    }

    internal LaneCounts Counts { get; } = new();

    /// <summary>Carries packets until the card it reads from is stopped; the body of a thread.</summary>
    internal void Run()
    {
        DeviceQueue? failed = null;
        while (_from.TryAwaitQueue(_number, failed, out DeviceQueue queue))
        {
            Carry(queue);
            failed = queue;
        }
    }

    // Until the queue is closed, or its card gone.
    private void Carry(DeviceQueue queue)
    {
        while (true)
        {
            _batch.Clear();
            try
            {
                queue.Read(_batch, CancellationToken.None);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (LinuxException e) when (e.Errno is Errno.EBADFD or Errno.EFAULT)
            {
                return;
            }

            if (_tap is not null)
                Record();
            Forward();
        }
    }

    private void Record()
    {
        foreach (ref readonly Packet packet in _batch)
            _tap!.TryAdd(_tapInterface, packet.Span, _direction);
    }

    private void Forward()
    {
        if (_to.TryGetQueue(_number) is not DeviceQueue target)
        {
            Counts.DropGone(_batch.Count);
            return;
        }

        _next = 0;
        int limit = SizeLimit();
        try
        {
            if (_coalescer is null)
                ForwardWhole(target, limit);
            else
                ForwardSegmented(target, limit);
        }
        catch (ObjectDisposedException)
        {
            // The other card has just been closed: the rest has nowhere to go.
            Counts.DropGone(_batch.Count - _next);
        }
    }

    private void ForwardWhole(DeviceQueue target, int limit)
    {
        using FileDescriptor.Borrow borrow = new(target.Descriptor);
        for (; _next < _batch.Count; _next++)
        {
            ref readonly Packet packet = ref _batch[_next];
            if (packet.Length > limit && !MayPass(packet))
                continue;
            Counts.Count(target.WriteInPlace(borrow, packet), packet.Length, packet.Gso.IsSuperpacket);
        }
    }
}
