// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>Counts of packets a queue did not take, by reason.</summary>
/// <remarks>Owned by the queue. Thread-safe; allocates nothing after construction.</remarks>
public sealed class PacketRefusals
{
    private readonly long[] _counts = new long[(int)PacketWriteStatus.Refused + 1];

    /// <summary>Packets refused for <paramref name="reason"/> so far.</summary>
    /// <param name="reason">
    /// The reason; 0 is the answer for <see cref="PacketWriteStatus.Written"/> and for unknown values.
    /// </param>
    public long this[PacketWriteStatus reason] =>
        (uint)reason < (uint)_counts.Length ? Interlocked.Read(ref _counts[(int)reason]) : 0;

    /// <summary>Packets refused so far, whatever the reason.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            for (int i = 0; i < _counts.Length; i++)
                total += Interlocked.Read(ref _counts[i]);
            return total;
        }
    }

    /// <summary>Counts one more packet; for those who implement a queue.</summary>
    /// <param name="status">
    /// What became of the packet; <see cref="PacketWriteStatus.Written"/> counts nothing.
    /// </param>
    public void Add(PacketWriteStatus status)
    {
        if (status == PacketWriteStatus.Written)
            return;
        int index = (uint)status < (uint)_counts.Length ? (int)status : (int)PacketWriteStatus.Refused;
        Interlocked.Increment(ref _counts[index]);
    }
}
