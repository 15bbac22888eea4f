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

    internal ForwardingLane(JoinedCard from, JoinedCard to, int number, PacketTap? tap, int tapInterface)
    {
        _from = from;
        _to = to;
        _number = number;
        _tap = tap;
        _tapInterface = tapInterface;
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
            _tap!.TryAdd(_tapInterface, packet.Span, PacketDirection.Outbound);
    }

    private void Forward()
    {
        DeviceQueue? target = _to.TryGetQueue(_number);
        int done = 0;
        if (target is not null)
        {
            try
            {
                using FileDescriptor.Borrow borrow = new(target.Descriptor);
                int limit = SizeLimit();
                for (; done < _batch.Count; done++)
                {
                    ref readonly Packet packet = ref _batch[done];
                    if (packet.Length > limit && !packet.Gso.IsSuperpacket && !MayPass(packet))
                        continue;
                    Counts.Count(target.WriteInPlace(borrow, packet), packet.Length, packet.Gso.IsSuperpacket);
                }
            }
            catch (ObjectDisposedException)
            {
                // The other card has just been closed: the rest has nowhere to go.
            }
        }

        if (done < _batch.Count)
            Counts.Drop(PacketWriteStatus.Gone, _batch.Count - done);
    }
}
