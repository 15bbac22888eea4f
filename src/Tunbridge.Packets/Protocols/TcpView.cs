// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// A TCP segment viewed in place (RFC 9293 section 3.1). The view borrows the bytes it was parsed from.
/// </summary>
public readonly ref partial struct TcpView
{
    // 0        2             4          8                12              14       16         18       20
    // | source | destination | sequence | acknowledgment | offset, flags | window | checksum | urgent | options…
    //   source, destination: ports
    //   offset (top 4 bits): header length in words of 4 bytes; flags: the lower 9 bits

    private const int DestinationPortOffset = 2;
    private const int SequenceOffset = 4;
    private const int AcknowledgmentOffset = 8;
    private const int FlagsOffset = 12;
    private const int WindowOffset = 14;
    private const int ChecksumOffset = 16;
    private const int UrgentOffset = 18;

    private const ushort FlagsMask = 0x01FF;

    /// <summary>Bytes of a header without options.</summary>
    public const int MinimumHeaderSize = 20;

    /// <summary>Bytes of a header with all the options it can hold.</summary>
    public const int MaximumHeaderSize = 60;

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Views a segment, which ends where <paramref name="bytes"/> end; false when its header is not whole.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out TcpView view)
    {
        view = default;
        if (bytes.Length < MinimumHeaderSize) return false;
        int headerLength = (bytes[FlagsOffset] >> 4) * 4;
        if (headerLength < MinimumHeaderSize || headerLength > bytes.Length) return false;
        view = new TcpView(bytes);
        return true;
    }

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => ReadUInt16BigEndian(_bytes[DestinationPortOffset..]);

    /// <summary>The number of the first byte of the payload, or of the SYN.</summary>
    public uint SequenceNumber => ReadUInt32BigEndian(_bytes[SequenceOffset..]);

    /// <summary>The next number the sender expects; meant when <see cref="TcpFlags.Ack"/> is set.</summary>
    public uint AcknowledgmentNumber => ReadUInt32BigEndian(_bytes[AcknowledgmentOffset..]);

    /// <summary>Bytes of the header with its options, 20 to 60.</summary>
    public int HeaderLength => (_bytes[FlagsOffset] >> 4) * 4;

    /// <summary>The control bits.</summary>
    public TcpFlags Flags => (TcpFlags)(ReadUInt16BigEndian(_bytes[FlagsOffset..]) & FlagsMask);

    /// <summary>The receive window, before scaling.</summary>
    public ushort WindowSize => ReadUInt16BigEndian(_bytes[WindowOffset..]);

    /// <summary>The checksum as sent.</summary>
    public ushort Checksum => ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>Where urgent data ends; meant when <see cref="TcpFlags.Urg"/> is set.</summary>
    public ushort UrgentPointer => ReadUInt16BigEndian(_bytes[UrgentOffset..]);

    /// <summary>The options one after the other; kinds are <see cref="TcpOptionKind"/>.</summary>
    public HeaderOptions Options => new(OptionBytes);

    /// <summary>The options as they are on the wire, padding included.</summary>
    public ReadOnlySpan<byte> OptionBytes => _bytes[MinimumHeaderSize..HeaderLength];

    /// <summary>The bytes after the header.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    /// <summary>The checksum is right between these IPv4 addresses.</summary>
    public bool IsChecksumValid(uint source, uint destination) =>
        InternetChecksum.Compute(
            _bytes, TransportChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, _bytes.Length)) == 0;

    /// <summary>The checksum is right between these IPv6 addresses.</summary>
    public bool IsChecksumValid(UInt128 source, UInt128 destination) =>
        InternetChecksum.Compute(
            _bytes, TransportChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, _bytes.Length)) == 0;

    /// <summary>What the header says apart from its options, for a builder.</summary>
    public TcpHeader ToHeader() => new()
    {
        SourcePort = SourcePort,
        DestinationPort = DestinationPort,
        SequenceNumber = SequenceNumber,
        AcknowledgmentNumber = AcknowledgmentNumber,
        Flags = Flags,
        WindowSize = WindowSize,
        UrgentPointer = UrgentPointer,
    };

    /// <summary>
    /// Writes a segment between IPv4 addresses, checksum included, and returns its length. The options are
    /// padded to four bytes; the payload may already lie at its place in <paramref name="destination"/>.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// <paramref name="destination"/> is too short, or there are more than 40 bytes of options.
    /// </exception>
    public static int Write(
        Span<byte> destination,
        uint from,
        uint to,
        in TcpHeader header,
        ReadOnlySpan<byte> options,
        ReadOnlySpan<byte> payload)
    {
        Span<byte> segment = WriteUnsummed(destination, header, options, payload);
        return Finish(segment, TransportChecksum.PseudoHeader(from, to, IpProtocol.Tcp, segment.Length));
    }

    /// <summary>
    /// Writes a segment between IPv6 addresses, checksum included, and returns its length. The options are
    /// padded to four bytes; the payload may already lie at its place in <paramref name="destination"/>.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// <paramref name="destination"/> is too short, or there are more than 40 bytes of options.
    /// </exception>
    public static int Write(
        Span<byte> destination,
        UInt128 from,
        UInt128 to,
        in TcpHeader header,
        ReadOnlySpan<byte> options,
        ReadOnlySpan<byte> payload)
    {
        Span<byte> segment = WriteUnsummed(destination, header, options, payload);
        return Finish(segment, TransportChecksum.PseudoHeader(from, to, IpProtocol.Tcp, segment.Length));
    }

    private static Span<byte> WriteUnsummed(
        Span<byte> destination, in TcpHeader header, ReadOnlySpan<byte> options, ReadOnlySpan<byte> payload)
    {
        if (options.Length > MaximumHeaderSize - MinimumHeaderSize)
            throw new ArgumentException("A TCP header holds at most 40 bytes of options.", nameof(options));
        int headerLength = MinimumHeaderSize + ((options.Length + 3) & ~3);
        WireBuffer.Require(destination, headerLength + payload.Length);

        payload.CopyTo(destination[headerLength..]); // first: the payload may overlap what the header overwrites
        WriteUInt16BigEndian(destination, header.SourcePort);
        WriteUInt16BigEndian(destination[DestinationPortOffset..], header.DestinationPort);
        WriteUInt32BigEndian(destination[SequenceOffset..], header.SequenceNumber);
        WriteUInt32BigEndian(destination[AcknowledgmentOffset..], header.AcknowledgmentNumber);
        int offsetAndFlags = ((headerLength / 4) << 12) | ((int)header.Flags & FlagsMask);
        WriteUInt16BigEndian(destination[FlagsOffset..], (ushort)offsetAndFlags);
        WriteUInt16BigEndian(destination[WindowOffset..], header.WindowSize);
        WriteUInt16BigEndian(destination[ChecksumOffset..], 0);
        WriteUInt16BigEndian(destination[UrgentOffset..], header.UrgentPointer);
        options.CopyTo(destination[MinimumHeaderSize..]);
        destination[(MinimumHeaderSize + options.Length)..headerLength].Clear(); // end of option list
        return destination[..(headerLength + payload.Length)];
    }

    private static int Finish(Span<byte> segment, uint pseudoHeader)
    {
        WriteUInt16BigEndian(segment[ChecksumOffset..], InternetChecksum.Compute(segment, pseudoHeader));
        return segment.Length;
    }
}
