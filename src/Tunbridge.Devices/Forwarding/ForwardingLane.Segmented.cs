// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices;

// What a tunnel does with a superpacket between its two ends: cut, carry as real packets, put together again.
internal sealed partial class ForwardingLane
{
    private const int SegmentCapacity = 128;

    // Null unless segmented.
    private readonly Coalescer? _coalescer;
    private readonly PacketBatch? _segments;

    private void ForwardSegmented(DeviceQueue target, int limit)
    {
        for (int i = 0; i < _batch.Count; i++)
        {
            _next = i;
            ref readonly Packet packet = ref _batch[i];
            if (packet.Length > limit && !MayPass(packet))
                continue;
            bool isSuperpacket = packet.Gso.IsSuperpacket;
            if (!Segmenter.TryStart(packet, _to.Layer, out Segmenter segmenter, out _))
            {
                Counts.Refusals.Add(PacketWriteStatus.Malformed);
                continue;
            }

            // Copied, as each segment's headers are written over the end of the one before.
            while (segmenter.TryNext(out Span<byte> segment))
            {
                if (!_segments!.TryAdd(segment))
                {
                    Flush(target);
                    _segments.TryAdd(segment);
                }

                // From now on it counts as its segments.
                _next = i + 1;
            }

            if (isSuperpacket)
                Counts.CountSuperpacket();
        }

        _next = _batch.Count;
        Flush(target);
    }

    private void Flush(DeviceQueue target)
    {
        long bytes = 0;
        foreach (ref readonly Packet segment in _segments!)
            bytes += segment.Length;
        int count = _coalescer!.Start(_segments);
        try
        {
            int taken = target.Write(_coalescer, Counts.Refusals);
            // Which ones were refused is not told; they are few, so their share of the bytes is near enough.
            Counts.CountWritten(taken, count == 0 ? 0 : bytes * taken / count);
        }
        catch (ObjectDisposedException)
        {
            Counts.DropGone(count);
            throw;
        }
        finally
        {
            _segments.Clear();
        }
    }
}
