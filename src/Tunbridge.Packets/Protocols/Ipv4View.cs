// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// An IPv4 packet viewed in place (RFC 791). Bytes after the header's total length (a frame's padding) are
/// cut off. The view borrows the bytes it was parsed from.
/// </summary>
public readonly ref struct Ipv4View
{
    // 0         1       2        4       6            8     9          10         12       16            20
    // | 4 | IHL | class | length | ident | 0DM offset | TTL | protocol | checksum | source | destination | options…
    //   IHL: header length in words of 4 bytes; D: don't fragment; M: more fragments; offset in units of 8
    // bytes

    private const int ClassOffset = 1;
    private const int LengthOffset = 2;
    private const int IdentificationOffset = 4;
    private const int FragmentOffsetOffset = 6;
    private const int TimeToLiveOffset = 8;
    private const int ProtocolOffset = 9;
    private const int ChecksumOffset = 10;
    private const int SourceOffset = 12;
    private const int DestinationOffset = 16;

    private const ushort DontFragmentBit = 0x4000;
    private const ushort MoreFragmentsBit = 0x2000;
    private const ushort FragmentOffsetMask = 0x1FFF;

    /// <summary>Bytes of a header without options.</summary>
    public const int MinimumHeaderSize = 20;

    /// <summary>Bytes of a header with all the options it can hold.</summary>
    public const int MaximumHeaderSize = 60;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv4View(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Views a packet; false when the version is not 4, a length is impossible, or bytes are missing.
    /// Checksums are not looked at.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv4View view) =>
        TryParseQuoted(bytes, out view) && !view.IsTruncated;

    /// <summary>
    /// As <see cref="TryParse"/>, but the end of the payload may be missing, as in the packet an ICMP
    /// error quotes or in a capture with a snap length; <see cref="IsTruncated"/> tells. The header must
    /// be whole.
    /// </summary>
    public static bool TryParseQuoted(ReadOnlySpan<byte> bytes, out Ipv4View view)
    {
        view = default;
        if (bytes.Length < MinimumHeaderSize || bytes[0] >> 4 != 4) return false;
        int headerLength = (bytes[0] & 0xF) * 4;
        int totalLength = ReadUInt16BigEndian(bytes[LengthOffset..]);
        if (headerLength < MinimumHeaderSize || headerLength > bytes.Length || totalLength < headerLength) return false;
        view = new Ipv4View(bytes[..Math.Min(totalLength, bytes.Length)]);
        return true;
    }

    /// <summary>Bytes of the header with its options, 20 to 60.</summary>
    public int HeaderLength => (_bytes[0] & 0xF) * 4;

    /// <summary>DSCP in the upper six bits, ECN in the lower two (RFC 2474, RFC 3168).</summary>
    public byte TrafficClass => _bytes[ClassOffset];

    /// <summary>Bytes of header and payload, as the header says.</summary>
    public int TotalLength => ReadUInt16BigEndian(_bytes[LengthOffset..]);

    /// <summary>
    /// Fewer bytes are there than <see cref="TotalLength"/> says; only after <see cref="TryParseQuoted"/>.
    /// </summary>
    public bool IsTruncated => _bytes.Length < TotalLength;

    /// <summary>Tells the fragments of one packet from those of another.</summary>
    public ushort Identification => ReadUInt16BigEndian(_bytes[IdentificationOffset..]);

    /// <summary>Routers must not fragment the packet (DF).</summary>
    public bool IsDontFragment => (FragmentWord & DontFragmentBit) != 0;

    /// <summary>More fragments follow this one (MF).</summary>
    public bool HasMoreFragments => (FragmentWord & MoreFragmentsBit) != 0;

    /// <summary>Bytes of the whole payload that lie before this fragment's.</summary>
    public int FragmentOffset => (FragmentWord & FragmentOffsetMask) * 8;

    /// <summary>
    /// The packet is one of several fragments; unless its offset is 0, its payload has no transport header.
    /// </summary>
    public bool IsFragment => (FragmentWord & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    /// <summary>Routers the packet may still pass, plus one.</summary>
    public byte TimeToLive => _bytes[TimeToLiveOffset];

    /// <summary>The protocol of the payload.</summary>
    public IpProtocol Protocol => (IpProtocol)_bytes[ProtocolOffset];

    /// <summary>The checksum of the header, as sent.</summary>
    public ushort HeaderChecksum => ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>The header's checksum is right.</summary>
    public bool IsHeaderChecksumValid => InternetChecksum.Compute(_bytes[..HeaderLength]) == 0;

    /// <summary>The sender; 192.168.0.1 is 0xC0A80001.</summary>
    public uint Source => ReadUInt32BigEndian(_bytes[SourceOffset..]);

    /// <summary>The receiver; 192.168.0.1 is 0xC0A80001.</summary>
    public uint Destination => ReadUInt32BigEndian(_bytes[DestinationOffset..]);

    /// <summary>The options one after the other.</summary>
    public HeaderOptions Options => new(_bytes[MinimumHeaderSize..HeaderLength]);

    /// <summary>The options as they are on the wire, padding included.</summary>
    public ReadOnlySpan<byte> OptionBytes => _bytes[MinimumHeaderSize..HeaderLength];

    /// <summary>The bytes after the header, without the frame's padding.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    private ushort FragmentWord => ReadUInt16BigEndian(_bytes[FragmentOffsetOffset..]);

    /// <summary>What the header says, for a builder.</summary>
    public Ipv4Header ToHeader() => new()
    {
        Source = Source,
        Destination = Destination,
        Protocol = Protocol,
        TimeToLive = TimeToLive,
        TrafficClass = TrafficClass,
        Identification = Identification,
        IsDontFragment = IsDontFragment,
        HasMoreFragments = HasMoreFragments,
        FragmentOffset = FragmentOffset,
    };

    /// <summary>
    /// Writes a header with its checksum in front of a payload of <paramref name="payloadLength"/> bytes
    /// and returns the header's length: 20, and the options padded to four bytes.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// <paramref name="destination"/> is too short for the header, or there are more than 40 bytes of
    /// options.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The packet would exceed 65,535 bytes, or the fragment offset is not a multiple of 8 up to 65,528.
    /// </exception>
    public static int Write(
        Span<byte> destination, in Ipv4Header header, int payloadLength, ReadOnlySpan<byte> options = default)
    {
        if (options.Length > MaximumHeaderSize - MinimumHeaderSize)
            throw new ArgumentException("An IPv4 header holds at most 40 bytes of options.", nameof(options));
        int headerLength = MinimumHeaderSize + ((options.Length + 3) & ~3);
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, ushort.MaxValue - headerLength);
        if ((header.FragmentOffset & ~(FragmentOffsetMask * 8)) != 0)
            throw new ArgumentOutOfRangeException(
                nameof(header), header.FragmentOffset, "A fragment offset is a multiple of 8 up to 65528.");
        WireBuffer.Require(destination, headerLength);

        destination[0] = (byte)(0x40 | (headerLength / 4));
        destination[ClassOffset] = header.TrafficClass;
        WriteUInt16BigEndian(destination[LengthOffset..], (ushort)(headerLength + payloadLength));
        WriteUInt16BigEndian(destination[IdentificationOffset..], header.Identification);
        int fragment = (header.IsDontFragment ? DontFragmentBit : 0)
            | (header.HasMoreFragments ? MoreFragmentsBit : 0)
            | (header.FragmentOffset / 8);
        WriteUInt16BigEndian(destination[FragmentOffsetOffset..], (ushort)fragment);
        destination[TimeToLiveOffset] = header.TimeToLive;
        destination[ProtocolOffset] = (byte)header.Protocol;
        WriteUInt32BigEndian(destination[SourceOffset..], header.Source);
        WriteUInt32BigEndian(destination[DestinationOffset..], header.Destination);
        options.CopyTo(destination[MinimumHeaderSize..]);
        destination[(MinimumHeaderSize + options.Length)..headerLength].Clear(); // end of option list
        FinishHeader(destination[..headerLength]);
        return headerLength;
    }

    /// <summary>Puts the header's checksum in.</summary>
    internal static void FinishHeader(Span<byte> header)
    {
        WriteUInt16BigEndian(header[ChecksumOffset..], 0);
        WriteUInt16BigEndian(header[ChecksumOffset..], InternetChecksum.Compute(header));
    }

    /// <summary>
    /// Turns the packet around in place: source and destination swapped, time to live 64, checksum renewed.
    /// </summary>
    internal static void TurnAround(Span<byte> header)
    {
        uint source = ReadUInt32BigEndian(header[SourceOffset..]);
        header.Slice(DestinationOffset, 4).CopyTo(header[SourceOffset..]);
        WriteUInt32BigEndian(header[DestinationOffset..], source);
        header[TimeToLiveOffset] = 64;
        FinishHeader(header);
    }
}
