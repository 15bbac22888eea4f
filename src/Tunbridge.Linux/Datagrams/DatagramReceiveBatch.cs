// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A reusable list of received runs in one pinned slab; each receive replaces what it holds.</summary>
/// <remarks>
/// <code>
/// slab:  | headroom 64 | slot 0 … | headroom 64 | slot 1 … | …
/// </code>
/// Slots begin on a cache line. The caller owns it. Not thread-safe: one owner at a time. Nothing is allocated after
/// construction; memory of slots that are never filled is never touched.
/// </remarks>
public sealed unsafe class DatagramReceiveBatch
{
    /// <summary>Bytes before each run that may be overwritten.</summary>
    public const int Headroom = 64;

    /// <summary>The most runs that one system call gives.</summary>
    public const int MaximumCapacity = 128;

    /// <summary>Bytes of the longest run: more than an IP packet can carry.</summary>
    public const int MaximumRunSize = 65_536;

    // sockaddr_in6 (28) and, as the largest control data, in6_pktinfo (40), segment size, class and hop limit (24 each).
    private const int AddressSize = 32;
    private const int ControlSize = 128;

    private readonly byte[] _side; // addresses, then control data
    private readonly Libc.mmsghdr[] _headers;
    private readonly Libc.iovec[] _vectors;
    private readonly DatagramRun[] _runs; // each has the slab, which they keep alive
    private int _used;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="capacity">The most runs of one receive, 1 to 128.</param>
    /// <param name="runSize">
    /// Bytes of a slot; the default holds every run. A socket without Coalescing can do with the tunnel's longest datagram.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public DatagramReceiveBatch(int capacity = 64, int runSize = MaximumRunSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaximumCapacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(runSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(runSize, MaximumRunSize);
        RunSize = runSize;
        int stride = (Headroom + runSize + CacheLine.Size - 1) & -CacheLine.Size;
        ArraySegment<byte> slab = CacheLine.Allocate(capacity * stride);
        _side = GC.AllocateArray<byte>(capacity * (AddressSize + ControlSize), pinned: true);
        _headers = GC.AllocateArray<Libc.mmsghdr>(capacity, pinned: true);
        _vectors = GC.AllocateArray<Libc.iovec>(capacity, pinned: true);
        _runs = new DatagramRun[capacity];
        fixed (byte* start = slab.Array, side = _side)
        fixed (Libc.iovec* vectors = _vectors)
        {
            for (int i = 0; i < capacity; i++)
            {
                int offset = slab.Offset + (i * stride) + Headroom;
                _runs[i].Slab = slab.Array;
                _runs[i].Offset = offset;
                vectors[i] = new() { iov_base = start + offset, iov_len = (nuint)runSize };
                _headers[i].msg_hdr = new()
                {
                    msg_name = side + (i * AddressSize),
                    msg_namelen = AddressSize,
                    msg_iov = vectors + i,
                    msg_iovlen = 1,
                    msg_control = side + (capacity * AddressSize) + (i * ControlSize),
                    msg_controllen = ControlSize,
                };
            }
        }
    }

    /// <summary>How many runs the last receive gave.</summary>
    public int Count { get; private set; }

    /// <summary>The most runs of one receive.</summary>
    public int Capacity => _runs.Length;

    /// <summary>Bytes of a slot.</summary>
    public int RunSize { get; }

    /// <summary>A run.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is outside the batch.</exception>
    public ref readonly DatagramRun this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _runs[index];
        }
    }

    /// <summary>Walks over the runs by reference and without allocation.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Receives once, without waiting.</summary>
    internal Errno Receive(int fd, DatagramCounters counters)
    {
        Count = 0;
        // The kernel wrote over the lengths of the headers it used, and of no others.
        for (int i = 0; i < _used; i++)
        {
            ref Libc.msghdr header = ref _headers[i].msg_hdr;
            header.msg_namelen = AddressSize;
            header.msg_controllen = ControlSize;
            header.msg_flags = 0;
        }

        _used = 0;
        int n;
        fixed (Libc.mmsghdr* headers = _headers)
        {
            while ((n = Libc.recvmmsg(fd, headers, (uint)_headers.Length, Libc.MSG_DONTWAIT, null)) < 0)
            {
                Errno errno = Libc.LastErrno;
                if (errno != Errno.EINTR)
                    return errno;
            }
        }

        _used = n;
        long datagrams = 0, bytes = 0;
        for (int i = 0; i < n; i++)
        {
            ref DatagramRun run = ref _runs[i];
            Read(ref run, _headers[i]);
            datagrams += run.Count;
            bytes += run.RunLength;
            if (run.IsCut)
                counters.AddTruncated();
        }

        Count = n;
        counters.AddReceived(datagrams, bytes);
        return Errno.None;
    }

    private static void Read(ref DatagramRun run, in Libc.mmsghdr header)
    {
        run.RunLength = (int)header.msg_len;
        run.Segment = run.RunLength;
        run.ClassOfTraffic = 0;
        run.Hops = 0;
        run.IsCut = (header.msg_hdr.msg_flags & Libc.MSG_TRUNC) != 0;
        DatagramAddress local = default;
        int index = 0;
        foreach (ControlMessage message in new ControlMessages(header.msg_hdr))
        {
            switch (message.Level, message.Type)
            {
                case (Libc.SOL_UDP, Libc.UDP_GRO):
                    int size = message.AsInt32();
                    if (size > 0 && size < run.RunLength)
                        run.Segment = size;
                    break;
                case (Libc.SOL_IP, Libc.IP_PKTINFO) when message.Length >= sizeof(Libc.in_pktinfo):
                    Libc.in_pktinfo* v4 = (Libc.in_pktinfo*)message.Data;
                    // ipi_spec_dst is the address to answer from, ipi_addr that of the header: a broadcast, perhaps.
                    local = DatagramAddress.FromIPv4(v4->ipi_spec_dst);
                    index = v4->ipi_ifindex;
                    break;
                case (Libc.SOL_IPV6, Libc.IPV6_PKTINFO) when message.Length >= sizeof(Libc.in6_pktinfo):
                    Libc.in6_pktinfo* v6 = (Libc.in6_pktinfo*)message.Data;
                    local = DatagramAddress.FromIPv6(v6->ipi6_addr, 0);
                    index = (int)v6->ipi6_ifindex;
                    break;
                case (Libc.SOL_IP, Libc.IP_TOS) or (Libc.SOL_IPV6, Libc.IPV6_TCLASS):
                    run.ClassOfTraffic = (byte)message.AsInt32();
                    break;
                case (Libc.SOL_IP, Libc.IP_TTL) or (Libc.SOL_IPV6, Libc.IPV6_HOPLIMIT):
                    run.Hops = (byte)message.AsInt32();
                    break;
                default:
                    break; // nothing else is asked for
            }
        }

        run.From = new()
        {
            Remote = DatagramAddress.Read((byte*)header.msg_hdr.msg_name, header.msg_hdr.msg_namelen),
            Local = local,
            InterfaceIndex = index,
        };
    }

    /// <summary>Walks over the runs: <c>foreach (ref readonly var run in batch)</c>.</summary>
    public struct Enumerator
    {
        private readonly DatagramReceiveBatch _batch;
        private int _index;

        internal Enumerator(DatagramReceiveBatch batch)
        {
            _batch = batch;
            _index = -1;
        }

        /// <summary>The run the walk has come to.</summary>
        public readonly ref readonly DatagramRun Current => ref _batch[_index];

        /// <summary>Goes on to the next run.</summary>
        /// <returns>False when there is none.</returns>
        public bool MoveNext() => ++_index < _batch.Count;
    }
}
