// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Packets.Switching;

namespace Tunbridge.Devices;

// The way of a frame: judged under the lock, a batch at a time; written without it.
public sealed partial class Hub
{
    private const int Nowhere = -1;
    private const int Everywhere = -2;

    // 01-80-C2-00-00-00 to 0F: spanning tree, pause, LLDP and the like stay on their link (IEEE 802.1Q table 8-1).
    private static ReadOnlySpan<byte> ReservedPrefix => [0x01, 0x80, 0xC2, 0x00, 0x00];

    /// <summary>Passes a batch on.</summary>
    /// <param name="from">The port it came in by, on that port's thread.</param>
    /// <param name="batch">The frames.</param>
    /// <param name="verdicts">Room for a number a frame.</param>
    internal void Switch(HubPort from, PacketBatch batch, int[] verdicts)
    {
        HubPort?[] ports;
        lock (_lock)
        {
            if (from.IsRemoved)
                return;
            ports = _ports;
            TimeSpan now = _time.GetElapsedTime(_start);
            SweepLocked(now);
            for (int i = 0; i < batch.Count; i++)
                verdicts[i] = JudgeLocked(from, batch[i], now);
        }

        for (int i = 0; i < batch.Count; i++)
        {
            ref readonly Packet frame = ref batch[i];
            switch (verdicts[i])
            {
                case Nowhere:
                    break;
                case Everywhere:
                    foreach (HubPort? port in ports)
                    {
                        if (port is not null && port != from && MayReach(from, port))
                            Send(port, frame);
                    }

                    break;
                case int number:
                    Send(ports[number]!, frame);
                    break;
            }
        }
    }

    private int JudgeLocked(HubPort from, in Packet frame, TimeSpan now)
    {
        HubPortCounts counts = from.Counts;
        counts.Received++;
        counts.ReceivedBytes += frame.Length;
        if (!EthernetView.TryParse(frame.Span, out EthernetView view))
        {
            counts.Invalid++;
            return Nowhere;
        }

        switch (_table.Learn(view.Source, from.Number, now))
        {
            case LearnOutcome.NotAStation:
                counts.Invalid++;
                return Nowhere;
            case LearnOutcome.Moved:
                counts.Moved++;
                break;
            case LearnOutcome.PortFull or LearnOutcome.TableFull:
                counts.NotLearned++;
                break;
        }

        if (view.Destination.IsMulticast)
            return JudgeGroupLocked(from, frame, view.Destination, now);
        if (!_table.TryFind(view.Destination, now, out int number))
        {
            counts.Flooded++;
            return Everywhere;
        }

        if (number != from.Number && MayReach(from, _ports[number]!))
            return number;
        counts.Filtered++;
        return Nowhere;
    }

    private static int JudgeGroupLocked(HubPort from, in Packet frame, MacAddress group, TimeSpan now)
    {
        HubPortCounts counts = from.Counts;
        if (frame.Span.StartsWith(ReservedPrefix) && frame.Span[ReservedPrefix.Length] <= 0x0F)
        {
            counts.Reserved++;
            return Nowhere;
        }

        TokenBucket? limit = group.IsBroadcast ? from.BroadcastLimit : from.MulticastLimit;
        if (limit is null || limit.TryTake(now, SegmentCount(frame)))
        {
            counts.Flooded++;
            return Everywhere;
        }

        if (group.IsBroadcast)
            counts.BroadcastLimited++;
        else
            counts.MulticastLimited++;
        return Nowhere;
    }

    private static bool MayReach(HubPort from, HubPort to) => !from.Options.IsIsolated || !to.Options.IsIsolated;

    // At least as many as there are, as the headers are counted as payload.
    private static int SegmentCount(in Packet frame) =>
        frame.Gso.IsSuperpacket && frame.Gso.SegmentSize != 0
            ? (frame.Length + frame.Gso.SegmentSize - 1) / frame.Gso.SegmentSize
            : 1;

    private static void Send(HubPort port, in Packet frame)
    {
        try
        {
            if (port.Queue.TryWrite(frame.Span, frame.Gso) == PacketWriteStatus.Written)
                port.Counts.CountSent(frame.Length);
            else
                port.Counts.CountRefused();
        }
        catch (ObjectDisposedException)
        {
            // Taken out since the frame was judged.
            port.Counts.CountRefused();
        }
        catch (Exception e)
        {
            // A queue that breaks its contract ends its own port, not the one whose frame it was.
            port.Counts.CountRefused();
            port.Fail(e);
        }
    }

    private void SweepLocked(TimeSpan now)
    {
        if (now < _nextSweep)
            return;
        _table.RemoveAged(now);
        _nextSweep = now + _sweepInterval;
    }
}
