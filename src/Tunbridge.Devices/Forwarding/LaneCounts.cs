// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>The counts of one lane: written by its thread only, so that no instruction need be locked; read by any.</summary>
internal sealed class LaneCounts
{
    private readonly long[] _refused = new long[(int)PacketWriteStatus.Refused + 1];
    private long _packets;
    private long _bytes;
    private long _superpackets;
    private long _tooBig;

    internal void Count(PacketWriteStatus status, int length, bool isSuperpacket)
    {
        if (status != PacketWriteStatus.Written)
        {
            Drop(status, 1);
            return;
        }

        Volatile.Write(ref _packets, _packets + 1);
        Volatile.Write(ref _bytes, _bytes + length);
        if (isSuperpacket)
            Volatile.Write(ref _superpackets, _superpackets + 1);
    }

    internal void Drop(PacketWriteStatus reason, int packets) =>
        Volatile.Write(ref _refused[(int)reason], _refused[(int)reason] + packets);

    internal void DropTooBig() => Volatile.Write(ref _tooBig, _tooBig + 1);

    internal ForwardingCounters Snapshot() => new()
    {
        Packets = Volatile.Read(ref _packets),
        Bytes = Volatile.Read(ref _bytes),
        Superpackets = Volatile.Read(ref _superpackets),
        TooBig = Volatile.Read(ref _tooBig),
        LinkDown = CountOf(PacketWriteStatus.LinkDown),
        QueueFull = CountOf(PacketWriteStatus.QueueFull),
        Gone = CountOf(PacketWriteStatus.Gone),
        Malformed = CountOf(PacketWriteStatus.Malformed),
        Refused = CountOf(PacketWriteStatus.Refused),
    };

    private long CountOf(PacketWriteStatus reason) => Volatile.Read(ref _refused[(int)reason]);
}
