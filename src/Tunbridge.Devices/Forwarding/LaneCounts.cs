// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>The counts of one lane: written by its thread only, so that no instruction need be locked; read by any.</summary>
internal sealed class LaneCounts
{
    private long _packets;
    private long _bytes;
    private long _superpackets;
    private long _tooBig;

    /// <summary>What was dropped, by reason; rare enough for locked instructions.</summary>
    internal PacketRefusals Refusals { get; } = new();

    internal void Count(PacketWriteStatus status, int length, bool isSuperpacket)
    {
        if (status != PacketWriteStatus.Written)
        {
            Refusals.Add(status);
            return;
        }

        CountWritten(1, length);
        if (isSuperpacket)
            CountSuperpacket();
    }

    internal void CountWritten(int packets, long bytes)
    {
        Volatile.Write(ref _packets, _packets + packets);
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    internal void CountSuperpacket() => Volatile.Write(ref _superpackets, _superpackets + 1);

    internal void DropGone(int packets)
    {
        for (int i = 0; i < packets; i++)
            Refusals.Add(PacketWriteStatus.Gone);
    }

    internal void DropTooBig() => Volatile.Write(ref _tooBig, _tooBig + 1);

    internal ForwardingCounters Snapshot() => new()
    {
        Packets = Volatile.Read(ref _packets),
        Bytes = Volatile.Read(ref _bytes),
        Superpackets = Volatile.Read(ref _superpackets),
        TooBig = Volatile.Read(ref _tooBig),
        LinkDown = Refusals[PacketWriteStatus.LinkDown],
        QueueFull = Refusals[PacketWriteStatus.QueueFull],
        Gone = Refusals[PacketWriteStatus.Gone],
        Malformed = Refusals[PacketWriteStatus.Malformed],
        Refused = Refusals[PacketWriteStatus.Refused],
    };
}
