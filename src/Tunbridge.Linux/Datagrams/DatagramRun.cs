// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>One datagram, or several of equal length from one sender that the kernel joined (UDP_GRO).</summary>
/// <remarks>
/// A view that owns nothing: the bytes belong to the batch until its next receive. They may be changed in place, and so
/// may the <see cref="DatagramReceiveBatch.Headroom"/> bytes before the run.
/// </remarks>
public struct DatagramRun
{
    internal byte[]? Slab;
    internal int Offset;
    internal int RunLength;
    internal int Segment;
    internal DatagramPath From;
    internal byte ClassOfTraffic;
    internal byte Hops;
    internal bool IsCut;

    /// <summary>The bytes of all datagrams, one after the other.</summary>
    public readonly Span<byte> Span => new(Slab, Offset, RunLength);

    /// <summary>The same bytes, for code that keeps them across an await.</summary>
    public readonly Memory<byte> Memory => new(Slab, Offset, RunLength);

    /// <summary>Bytes in all.</summary>
    public readonly int Length => RunLength;

    /// <summary>Bytes of each datagram but the last, which may have fewer; 0 when the only one is empty.</summary>
    public readonly int SegmentSize => Segment;

    /// <summary>How many datagrams, at least 1.</summary>
    public readonly int Count => RunLength <= Segment ? 1 : (int)(((uint)RunLength + (uint)Segment - 1) / (uint)Segment);

    /// <summary>Who sent it, to which local address, and by which interface it came.</summary>
    public readonly DatagramPath Path => From;

    /// <summary>TOS or traffic class, with <see cref="DatagramSocketOptions.ReceiveHeaderFields"/>; else 0.</summary>
    public readonly byte TrafficClass => ClassOfTraffic;

    /// <summary>TTL or hop limit, with <see cref="DatagramSocketOptions.ReceiveHeaderFields"/>; else 0.</summary>
    public readonly byte TimeToLive => Hops;

    /// <summary>Whether the batch's slot was too short and the end is lost.</summary>
    public readonly bool IsTruncated => IsCut;

    /// <summary>One of the datagrams.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is outside the run.</exception>
    public readonly Span<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            int start = index * Segment;
            return new Span<byte>(Slab, Offset + start, Math.Min(Segment, RunLength - start));
        }
    }
}
