// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// A reusable list of packets in one pinned slab, filled front to back, with headroom before each packet.
/// </summary>
/// <remarks>
/// <code>
/// slab:  | headroom 64 | skipped header | packet 0 | pad | headroom 64 | packet 1 | … free room |
/// </code>
/// The caller owns the batch and reuses it: a reader appends, the caller consumes and calls
/// <see cref="Clear"/>. Nothing is allocated after construction. Not thread-safe: one owner at a time. The
/// slab is pinned, so the address of a packet stays the same for the life of the batch.
/// </remarks>
public sealed class PacketBatch
{
    /// <summary>Bytes kept free before every packet, for headers a sender puts there.</summary>
    public const int Headroom = 64;

    /// <summary>
    /// Room in bytes a reader must find before it reads once more: 65,535 of an IP packet, 14 of Ethernet, 8
    /// of two VLAN tags, 4 of packet information and 24 of a virtio-net header, rounded up to a multiple of
    /// 64.
    /// </summary>
    public const int MaximumPacketSize = 65_600;

    private const int Alignment = 16; // where a packet's headroom may start: keeps headers aligned for vector loads
    private const int TypicalPacketSize = 2048;

    private readonly byte[] _slab;
    private readonly Packet[] _packets;
    private int _count;
    private int _end; // first byte of the slab that is not used, a multiple of Alignment

    /// <summary>Makes an empty batch.</summary>
    /// <param name="capacity">The most packets it holds, at least 1.</param>
    /// <param name="slabSize">
    /// Bytes for packets and their headroom, at least <see cref="Headroom"/> +
    /// <see cref="MaximumPacketSize"/>; 0 means 2,048 for each packet and room for one of the largest.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// An argument is below its minimum, or the slab would pass 2 GiB.
    /// </exception>
    public PacketBatch(int capacity = 64, int slabSize = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 19);
        if (slabSize == 0)
            slabSize = (capacity * TypicalPacketSize) + Headroom + MaximumPacketSize;
        ArgumentOutOfRangeException.ThrowIfLessThan(slabSize, Headroom + MaximumPacketSize);

        _slab = GC.AllocateUninitializedArray<byte>(slabSize, pinned: true);
        _packets = new Packet[capacity];
        _packets.AsSpan().Fill(new Packet(_slab));
    }

    /// <summary>How many packets the batch holds.</summary>
    public int Count => _count;

    /// <summary>The most packets the batch can hold.</summary>
    public int Capacity => _packets.Length;

    /// <summary>The buffer all packets lie in, at their <see cref="Packet.Offset"/>; pinned.</summary>
    public Memory<byte> Slab => _slab;

    /// <summary>
    /// Whether a reader has to stop: the capacity is reached, or a packet of the largest size might not fit.
    /// </summary>
    public bool IsFull => _count == _packets.Length || FreeBytes < MaximumPacketSize;

    /// <summary>The packet at <paramref name="index"/>, counted from 0.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="index"/> is outside the batch.
    /// </exception>
    public ref readonly Packet this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
            return ref _packets[index];
        }
    }

    // Room for the next packet, after its headroom; negative when not even the headroom fits.
    private int FreeBytes => _slab.Length - _end - Headroom;

    /// <summary>
    /// Forgets every packet, so that the batch can be filled again; the bytes stay as they are.
    /// </summary>
    public void Clear()
    {
        _count = 0;
        _end = 0;
    }

    /// <summary>
    /// Gives the free room for the next packet, after its headroom, to be filled and then committed.
    /// </summary>
    /// <returns>
    /// At least <see cref="MaximumPacketSize"/> bytes with undefined content, or an empty span when
    /// <see cref="IsFull"/>. Valid until the next call that changes the batch.
    /// </returns>
    public Span<byte> GetSpan() => IsFull ? default : _slab.AsSpan(_end + Headroom);

    /// <summary>
    /// Gives the same room as <see cref="GetSpan"/>, for code that keeps it across an await.
    /// </summary>
    /// <returns>The free room, empty when <see cref="IsFull"/>.</returns>
    public Memory<byte> GetMemory() => IsFull ? default : _slab.AsMemory(_end + Headroom);

    /// <summary>Adds the packet that was written into the span of <see cref="GetSpan"/>.</summary>
    /// <param name="length">Bytes of the packet, without the skipped ones.</param>
    /// <param name="gso">How it is to be cut.</param>
    /// <param name="packetInformationFlags">Flags of the packet information, 0 without it.</param>
    /// <param name="etherType">Protocol of the packet information in host order, 0 without it.</param>
    /// <param name="skip">
    /// Bytes at the start of the span that belong to headers read together with the packet (virtio-net
    /// header, packet information); they become headroom.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A length is negative, or both together pass the span.
    /// </exception>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public void Commit(
        int length, in GsoInfo gso = default, ushort packetInformationFlags = 0, ushort etherType = 0, int skip = 0)
    {
        if (_count == _packets.Length)
            throw new InvalidOperationException($"The batch already holds its {_packets.Length} packets.");
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)length + skip, FreeBytes, nameof(length));

        int headroom = Headroom + skip;
        int offset = _end + headroom;
        ref Packet packet = ref _packets[_count++];
        packet.Place(offset, length, headroom);
        packet.Describe(gso, packetInformationFlags, etherType);
        _end = (int)Math.Min((offset + (long)length + Alignment - 1) & -Alignment, _slab.Length);
    }

    /// <summary>Copies a packet to the end of the batch.</summary>
    /// <param name="packet">The packet; not kept.</param>
    /// <param name="gso">How it is to be cut.</param>
    /// <returns>
    /// False, with nothing changed, when the capacity is reached or the packet does not fit in the slab.
    /// </returns>
    public bool TryAdd(ReadOnlySpan<byte> packet, in GsoInfo gso = default)
    {
        if (_count == _packets.Length || FreeBytes < packet.Length)
            return false;
        packet.CopyTo(_slab.AsSpan(_end + Headroom));
        Commit(packet.Length, gso);
        return true;
    }

    /// <summary>Enumerates the packets in order, by reference and without allocation.</summary>
    /// <returns>
    /// An enumerator; adding or clearing while it runs gives what the batch holds at each step.
    /// </returns>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>
    /// Walks over the packets of a batch: <c>foreach (ref readonly var packet in batch)</c>.
    /// </summary>
    public struct Enumerator
    {
        private readonly PacketBatch _batch;
        private int _index;

        internal Enumerator(PacketBatch batch)
        {
            _batch = batch;
            _index = -1;
        }

        /// <summary>The packet the walk has come to.</summary>
        public readonly ref readonly Packet Current => ref _batch[_index];

        /// <summary>Goes on to the next packet.</summary>
        /// <returns>False when there is none.</returns>
        public bool MoveNext() => ++_index < _batch._count;
    }
}
