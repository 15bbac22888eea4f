// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// One packet (or frame) of a <see cref="PacketBatch"/>: where it lies in the batch's slab, and how it is to
/// be cut.
/// </summary>
/// <remarks>
/// A view that owns nothing: the bytes belong to the batch and are valid until it is cleared and filled again.
/// They may be changed in place, and so may the <see cref="Headroom"/> before them.
/// </remarks>
public struct Packet
{
    private readonly byte[]? _slab;
    private int _offset;
    private int _headroom;
    private int _length;
    private GsoInfo _gso;
    private ushort _informationFlags;
    private ushort _etherType;

    /// <summary>A place for packets of a slab, without one yet.</summary>
    internal Packet(byte[] slab) => _slab = slab;

    /// <summary>Bytes of the packet.</summary>
    public readonly int Length => _length;

    /// <summary>Where the packet starts in the batch's <see cref="PacketBatch.Slab"/>.</summary>
    public readonly int Offset => _offset;

    /// <summary>
    /// How the packet is to be cut and its checksum finished; the default for an ordinary packet.
    /// </summary>
    public readonly GsoInfo Gso => _gso;

    /// <summary>
    /// Flags of the packet information (TUN_PKT_STRIP = 1: cut short); 0 when the device runs without it.
    /// </summary>
    public readonly ushort PacketInformationFlags => _informationFlags;

    /// <summary>
    /// Protocol of the packet information, in host order; 0 when the device runs without it.
    /// </summary>
    public readonly ushort EtherType => _etherType;

    /// <summary>
    /// Bytes right before the packet that may be overwritten: at least <see cref="PacketBatch.Headroom"/>.
    /// </summary>
    public readonly int Headroom => _headroom;

    /// <summary>The packet's bytes.</summary>
    public readonly Span<byte> Span => new(_slab, _offset, Length);

    /// <summary>The packet's bytes, for code that keeps them across an await.</summary>
    public readonly Memory<byte> Memory => new(_slab, _offset, Length);

    /// <summary>
    /// Gives the packet together with bytes of its headroom, so that a header can be put before it without a
    /// copy.
    /// </summary>
    /// <param name="headroom">
    /// How many bytes before the packet, 0 to <see cref="Headroom"/>; what they hold is undefined.
    /// </param>
    /// <returns>
    /// <paramref name="headroom"/> + <see cref="Length"/> bytes that end where the packet ends.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="headroom"/> is negative or more than there is.
    /// </exception>
    public readonly Span<byte> SpanWithHeadroom(int headroom)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(headroom);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(headroom, _headroom);
        return new Span<byte>(_slab, _offset - headroom, headroom + Length);
    }

    // The slab is written once, when the batch is made: storing a reference for each packet would cost a write barrier.
    internal void Place(int offset, int length, int headroom)
    {
        _offset = offset;
        _length = length;
        _headroom = headroom;
    }

    internal void Describe(in GsoInfo gso, ushort informationFlags, ushort etherType)
    {
        _gso = gso;
        _informationFlags = informationFlags;
        _etherType = etherType;
    }
}
