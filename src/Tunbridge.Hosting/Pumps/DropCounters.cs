// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>How many packets and datagrams a pump has dropped, by reason.</summary>
/// <remarks>Written by threads of the data path, read by any.</remarks>
public sealed class DropCounters
{
    private readonly long[] _counts = new long[(int)DropReason.Refused + 1];

    /// <summary>How many were dropped for a reason.</summary>
    /// <param name="reason">The reason; 0 for <see cref="DropReason.None"/>.</param>
    public long this[DropReason reason] =>
        (uint)reason < (uint)_counts.Length ? Interlocked.Read(ref _counts[(int)reason]) : 0;

    /// <summary>How many were dropped in all.</summary>
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

    /// <summary>What has been dropped, in one line: <c>Replayed 20, NotAuthentic 3</c>; empty when nothing was.</summary>
    /// <returns>The line.</returns>
    public override string ToString() =>
        string.Join(", ", Enum.GetValues<DropReason>().Where(r => this[r] > 0).Select(r => FormattableString.Invariant($"{r} {this[r]}")));

    internal void Add(DropReason reason, int count = 1)
    {
        if (reason != DropReason.None && (uint)reason < (uint)_counts.Length)
            Interlocked.Add(ref _counts[(int)reason], count);
    }
}
