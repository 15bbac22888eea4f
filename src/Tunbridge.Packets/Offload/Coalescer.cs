// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// Joins single packets that follow one another in their flow into superpackets, without moving a payload.
/// </summary>
/// <remarks>
/// <para>Use: <see cref="Start(ReadOnlyMemory{byte})"/> with the slab the packets lie in,
/// <see cref="Add(int, int, in GsoInfo)"/> for each in the order they came, then write each group in turn. Two packets merge only if
/// <see cref="Segmenter"/> would give back both as they were (but for the identification of IPv4 packets with
/// DF, which then means nothing: RFC 6864 section 4.1). Everything else is a group of its own, unchanged. The
/// packets of a flow keep their order, but for a TCP packet that is put right before its successor.</para>
/// <para>The slab is only read. Allocates nothing after construction; bytes never throw. Not thread-safe: one
/// owner at a time. The rules, and why: docs/offload.md.</para>
/// </remarks>
public sealed partial class Coalescer
{
    /// <summary>The most packets of one group; older kernels take no more of UDP.</summary>
    public const int MaximumSegments = 64;

    private const int None = -1;

    private readonly DeviceLayer _layer;
    private readonly Entry[] _items;   // the packets, in the order they came
    private readonly Group[] _groups;  // in the order of their first packets
    private readonly Slot[] _slots;    // flow → its newest group: open addressing, a power of two, at most half full
    private readonly byte[] _headers = new byte[Segmenter.MaximumHeaderLength]; // of the group that is looked at
    private readonly Range[] _ranges = new Range[MaximumSegments];              // of the group that is looked at
    private ReadOnlyMemory<byte> _slab;
    private int _itemCount;
    private int _groupCount;
    private uint _generation = 1;      // a slot of another generation is empty: all flows are forgotten at once
    private int _lastSlot = None;      // where the packet before found its flow
    private uint _disabled;            // bit n: GsoKind n

    /// <summary>Makes an empty coalescer.</summary>
    /// <param name="layer">What packets start with: an IP header, or an Ethernet header.</param>
    /// <param name="capacity">The most packets between two starts, 1 to 65,536.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is out of range.</exception>
    public Coalescer(DeviceLayer layer, int capacity = 128)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 16);
        _layer = layer;
        _items = new Entry[capacity];
        _groups = new Group[capacity];
        _slots = new Slot[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];
    }

    /// <summary>What packets start with.</summary>
    public DeviceLayer Layer => _layer;

    /// <summary>How many packets were added since the start.</summary>
    public int PacketCount => _itemCount;

    /// <summary>Whether no more packets can be added before the next start.</summary>
    public bool IsFull => _itemCount == _items.Length;

    /// <summary>How many groups there are.</summary>
    public int Count => _groupCount;

    /// <summary>A group, in the order of their first packets; those before it are as they were.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is outside.</exception>
    public CoalescedGroup this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_groupCount, nameof(index));
            return Give(_groups[index]);
        }
    }

    /// <summary>Forgets all packets and begins anew.</summary>
    /// <param name="slab">
    /// What the packets to come lie in; borrowed until the next start, and not to be changed where packets
    /// lie until their groups are written.
    /// </param>
    public void Start(ReadOnlyMemory<byte> slab)
    {
        _slab = slab;
        _itemCount = 0;
        _groupCount = 0;
        CloseAll();
    }

    /// <summary>Forgets all packets and takes those of a batch, as many as fit.</summary>
    /// <param name="batch">The batch; borrowed until the next start.</param>
    /// <param name="first">The first packet to take.</param>
    /// <returns>How many were taken.</returns>
    public int Start(PacketBatch batch, int first = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Start(batch.Slab);
        int end = (int)Math.Min(batch.Count, (long)first + _items.Length);
        for (int i = first; i < end; i++)
        {
            ref readonly Packet packet = ref batch[i];
            Add(packet.Offset, packet.Length, packet.Gso);
        }

        return _itemCount;
    }

    /// <summary>Takes the next packet.</summary>
    /// <param name="offset">Where it starts in the slab.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="gso">
    /// How it is to be cut; a superpacket or an unfinished checksum is passed on as it is.
    /// </param>
    /// <exception cref="InvalidOperationException">The coalescer is full.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The packet is not inside the slab.</exception>
    public void Add(int offset, int length, in GsoInfo gso = default)
    {
        if (IsFull)
            throw new InvalidOperationException($"The coalescer already holds its {_items.Length} packets.");
        ReadOnlySpan<byte> slab = _slab.Span;
        ReadOnlySpan<byte> packet = slab.Slice(offset, length);
        _items[_itemCount] = new Entry { Offset = offset, Length = length, Next = None };

        Candidate candidate = default;
        FlowKnowledge flow = gso.IsSuperpacket || gso.NeedsChecksum
            ? FlowKnowledge.Unknown
            : Classify(packet, ref candidate);
        switch (flow)
        {
            case FlowKnowledge.Candidate:
                Place(slab, packet, ref candidate);
                break;
            case FlowKnowledge.Known:
                CloseFlow(slab, packet, candidate);
                AddGroup(candidate, gso);
                break;
            case FlowKnowledge.Unknown:
                CloseAll();
                AddGroup(candidate, gso);
                break;
            default:
                AddGroup(candidate, gso);
                break;
        }

        _itemCount++;
    }

    /// <summary>Merges no more packets of a kind, from the next one added on.</summary>
    /// <param name="kind">A kind the card turned out not to take.</param>
    public void Disable(GsoKind kind) => _disabled |= Bit(kind);

    /// <summary>Whether packets of a kind are merged.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>False when it was disabled, or is one that is never made.</returns>
    public bool IsEnabled(GsoKind kind) =>
        kind is GsoKind.TcpV4 or GsoKind.TcpV6 or GsoKind.UdpL4 && (_disabled & Bit(kind)) == 0;

    /// <summary>Enumerates the groups in order, without allocation.</summary>
    /// <returns>An enumerator.</returns>
    public Enumerator GetEnumerator() => new(this);

    private static uint Bit(GsoKind kind) => 1u << ((int)kind & 31);

    private void CloseAll()
    {
        _lastSlot = None;
        if (++_generation != 0)
            return;
        Array.Clear(_slots); // after 2^32 starts: slots of the first generation must not come back
        _generation = 1;
    }

    /// <summary>Walks over the groups of a coalescer.</summary>
    public struct Enumerator
    {
        private readonly Coalescer _coalescer;
        private int _index;

        internal Enumerator(Coalescer coalescer)
        {
            _coalescer = coalescer;
            _index = -1;
        }

        /// <summary>The group the walk has come to.</summary>
        public readonly CoalescedGroup Current => _coalescer[_index];

        /// <summary>Goes on to the next group.</summary>
        /// <returns>False when there is none.</returns>
        public bool MoveNext() => ++_index < _coalescer._groupCount;
    }

    // One packet.
    private struct Entry
    {
        internal int Offset;
        internal int Length;
        internal int Next; // the packet that follows in the group, or None
    }

    // One packet, or several that are merged.
    private struct Group
    {
        internal int First;
        internal int Last;
        internal int Count;
        internal Candidate Head;     // the first packet's headers
        internal int PayloadLength;  // of all
        internal int SegmentSize;
        internal uint NextSequence;  // TCP: what the next packet must start with
        internal ushort LastIdentification;
        internal bool HasPush;
        internal bool CanAppend;
        internal bool CanPrepend;
        internal bool IsVerified;    // the checksums of the first packet are right
        internal GsoInfo Gso;        // of a single packet
    }

    private struct Slot
    {
        internal uint Generation;
        internal int Group;
    }
}
