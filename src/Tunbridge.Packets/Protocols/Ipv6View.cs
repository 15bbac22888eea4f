// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// An IPv6 packet viewed in place (RFC 8200). Bytes after the header's payload length (a frame's padding)
/// are cut off. The view borrows the bytes it was parsed from.
/// </summary>
public readonly ref partial struct Ipv6View
{
    // 0                          4                6             7           8        24            40
    // | 6 | class (8) | flow (20) | payload length | next header | hop limit | source | destination | payload…

    private const int PayloadLengthOffset = 4;
    private const int NextHeaderOffset = 6;
    private const int HopLimitOffset = 7;
    private const int SourceOffset = 8;
    private const int DestinationOffset = 24;

    private const uint FlowLabelMask = 0x000F_FFFF;

    /// <summary>Bytes of the header without extension headers.</summary>
    public const int HeaderSize = 40;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6View(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Views a packet; false when the version is not 6 or bytes are missing. Extension headers are not
    /// looked at.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv6View view) =>
        TryParseQuoted(bytes, out view) && !view.IsTruncated;

    /// <summary>
    /// As <see cref="TryParse"/>, but the end of the payload may be missing, as in the packet an ICMPv6
    /// error quotes or in a capture with a snap length; <see cref="IsTruncated"/> tells. The 40 bytes of
    /// the header must be whole.
    /// </summary>
    public static bool TryParseQuoted(ReadOnlySpan<byte> bytes, out Ipv6View view)
    {
        view = default;
        if (bytes.Length < HeaderSize || bytes[0] >> 4 != 6) return false;
        int totalLength = HeaderSize + ReadUInt16BigEndian(bytes[PayloadLengthOffset..]);
        view = new Ipv6View(bytes[..Math.Min(totalLength, bytes.Length)]);
        return true;
    }

    /// <summary>DSCP in the upper six bits, ECN in the lower two (RFC 2474, RFC 3168).</summary>
    public byte TrafficClass => (byte)(FirstWord >> 20);

    /// <summary>The flow, 20 bits; 0 means none.</summary>
    public uint FlowLabel => FirstWord & FlowLabelMask;

    /// <summary>Bytes after the header, as it says, extension headers included.</summary>
    public int PayloadLength => ReadUInt16BigEndian(_bytes[PayloadLengthOffset..]);

    /// <summary>
    /// Fewer bytes are there than the header says; only after <see cref="TryParseQuoted"/>.
    /// </summary>
    public bool IsTruncated => _bytes.Length < HeaderSize + PayloadLength;

    /// <summary>
    /// What follows the header: an extension header or the upper layer; see <see cref="TryGetUpperLayer"/>.
    /// </summary>
    public IpProtocol NextHeader => (IpProtocol)_bytes[NextHeaderOffset];

    /// <summary>Routers the packet may still pass, plus one.</summary>
    public byte HopLimit => _bytes[HopLimitOffset];

    /// <summary>The sender, most significant byte first.</summary>
    public UInt128 Source => ReadUInt128BigEndian(_bytes[SourceOffset..]);

    /// <summary>The receiver, most significant byte first.</summary>
    public UInt128 Destination => ReadUInt128BigEndian(_bytes[DestinationOffset..]);

    /// <summary>
    /// The bytes after the header, extension headers included, without the frame's padding.
    /// </summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderSize..];

    private uint FirstWord => ReadUInt32BigEndian(_bytes);

    /// <summary>What the header says, for a builder.</summary>
    public Ipv6Header ToHeader() => new()
    {
        Source = Source,
        Destination = Destination,
        NextHeader = NextHeader,
        HopLimit = HopLimit,
        TrafficClass = TrafficClass,
        FlowLabel = FlowLabel,
    };

    /// <summary>
    /// Writes a header in front of a payload of <paramref name="payloadLength"/> bytes and returns its
    /// length, 40 bytes.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// <paramref name="destination"/> is too short for the header.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The payload exceeds 65,535 bytes or the flow label 20 bits.
    /// </exception>
    public static int Write(Span<byte> destination, in Ipv6Header header, int payloadLength)
    {
        WireBuffer.Require(destination, HeaderSize);
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.FlowLabel, FlowLabelMask, nameof(header));

        WriteUInt32BigEndian(destination, (6u << 28) | ((uint)header.TrafficClass << 20) | header.FlowLabel);
        WriteUInt16BigEndian(destination[PayloadLengthOffset..], (ushort)payloadLength);
        destination[NextHeaderOffset] = (byte)header.NextHeader;
        destination[HopLimitOffset] = header.HopLimit;
        WriteUInt128BigEndian(destination[SourceOffset..], header.Source);
        WriteUInt128BigEndian(destination[DestinationOffset..], header.Destination);
        return HeaderSize;
    }

    /// <summary>Turns the packet around in place: source and destination swapped, hop limit 64.</summary>
    internal static void TurnAround(Span<byte> header)
    {
        UInt128 source = ReadUInt128BigEndian(header[SourceOffset..]);
        header.Slice(DestinationOffset, 16).CopyTo(header[SourceOffset..]);
        WriteUInt128BigEndian(header[DestinationOffset..], source);
        header[HopLimitOffset] = 64;
    }
}
