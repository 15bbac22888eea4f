// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// An ICMPv6 message viewed in place (RFC 4443). Neighbour discovery's messages are seen more closely
/// through <see cref="NeighborView"/> and <see cref="RouterView"/>. The view borrows the bytes it was
/// parsed from.
/// </summary>
public readonly ref partial struct Icmpv6View
{
    // 0      1      2          4            6                 8
    // | type | code | checksum | identifier | sequence number | data…             echo
    // | type | code | checksum | MTU of the next link         | packet quoted…    packet too big
    // | type | code | checksum | 0                            | packet quoted…    unreachable, time exceeded

    private const int CodeOffset = 1;
    private const int ChecksumOffset = 2;
    private const int BodyOffset = 4;
    private const int SequenceOffset = 6;

    // RFC 4443 section 2.4 (c): an error must not make its packet exceed the minimum MTU of IPv6.
    private const int QuoteLimit = 1280 - Ipv6View.HeaderSize - HeaderSize;

    /// <summary>
    /// Bytes of the header, the four that depend on the type included; every message defined has them.
    /// </summary>
    public const int HeaderSize = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private Icmpv6View(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Views a message, which ends where <paramref name="bytes"/> end; false when it is shorter than a
    /// header.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Icmpv6View view)
    {
        view = default;
        if (bytes.Length < HeaderSize) return false;
        view = new Icmpv6View(bytes);
        return true;
    }

    /// <summary>The kind of message.</summary>
    public Icmpv6Type Type => (Icmpv6Type)_bytes[0];

    /// <summary>What the kind leaves open; see <see cref="Icmpv6UnreachableCode"/>.</summary>
    public byte Code => _bytes[CodeOffset];

    /// <summary>The message reports an error; the others inform (RFC 4443 section 2.1).</summary>
    public bool IsError => (byte)Type < 128;

    /// <summary>The checksum as sent.</summary>
    public ushort Checksum => ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>Tells one sender of echo requests from another.</summary>
    public ushort Identifier => ReadUInt16BigEndian(_bytes[BodyOffset..]);

    /// <summary>Tells one echo request from another.</summary>
    public ushort SequenceNumber => ReadUInt16BigEndian(_bytes[SequenceOffset..]);

    /// <summary>
    /// The MTU of the link a packet did not fit, of <see cref="Icmpv6Type.PacketTooBig"/>; the same bytes
    /// as <see cref="Identifier"/> and <see cref="SequenceNumber"/>.
    /// </summary>
    public uint Mtu => ReadUInt32BigEndian(_bytes[BodyOffset..]);

    /// <summary>The bytes after the header: an echo's data, or the packet an error quotes.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderSize..];

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Message => _bytes;

    /// <summary>The checksum is right between these addresses.</summary>
    public bool IsChecksumValid(UInt128 source, UInt128 destination) =>
        InternetChecksum.Compute(
            _bytes, TransportChecksum.PseudoHeader(source, destination, IpProtocol.Icmpv6, _bytes.Length)) == 0;

    /// <summary>
    /// Writes an echo request or reply with its checksum and returns its length. The data may already lie
    /// at its place in <paramref name="destination"/>.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteEcho(
        Span<byte> destination,
        UInt128 from,
        UInt128 to,
        Icmpv6Type type,
        ushort identifier,
        ushort sequenceNumber,
        ReadOnlySpan<byte> data) =>
        Write(destination, from, to, type, code: 0, ((uint)identifier << 16) | sequenceNumber, data);

    /// <summary>
    /// Writes "destination unreachable" about the packet quoted, with its checksum, and returns its length.
    /// </summary>
    /// <param name="destination">Takes the message.</param>
    /// <param name="from">The address the message is sent from.</param>
    /// <param name="to">The address the message is sent to: the source of the packet quoted.</param>
    /// <param name="code">Why.</param>
    /// <param name="quoted">
    /// The packet from its IPv6 header on; as much as fits the minimum MTU, 1,232 bytes, is taken.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteDestinationUnreachable(
        Span<byte> destination, UInt128 from, UInt128 to, Icmpv6UnreachableCode code, ReadOnlySpan<byte> quoted) =>
        Write(destination, from, to, Icmpv6Type.DestinationUnreachable, (byte)code, 0, Quote(quoted));

    /// <summary>
    /// Writes "packet too big" about the packet quoted, with its checksum, and returns its length.
    /// </summary>
    /// <inheritdoc cref="WriteDestinationUnreachable"/>
    /// <param name="destination">Takes the message.</param>
    /// <param name="from">The address the message is sent from.</param>
    /// <param name="to">The address the message is sent to: the source of the packet quoted.</param>
    /// <param name="mtu">The MTU the packet did not fit, in bytes.</param>
    /// <param name="quoted">
    /// The packet from its IPv6 header on; as much as fits the minimum MTU, 1,232 bytes, is taken.
    /// </param>
    public static int WritePacketTooBig(
        Span<byte> destination, UInt128 from, UInt128 to, uint mtu, ReadOnlySpan<byte> quoted) =>
        Write(destination, from, to, Icmpv6Type.PacketTooBig, 0, mtu, Quote(quoted));

    /// <summary>
    /// Writes "time exceeded" about the packet quoted, with its checksum, and returns its length.
    /// </summary>
    /// <param name="destination">Takes the message.</param>
    /// <param name="from">The address the message is sent from.</param>
    /// <param name="to">The address the message is sent to: the source of the packet quoted.</param>
    /// <param name="quoted">
    /// The packet from its IPv6 header on; as much as fits the minimum MTU, 1,232 bytes, is taken.
    /// </param>
    /// <param name="isReassembly">Reassembly took too long, rather than that the hop limit ran out.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteTimeExceeded(
        Span<byte> destination, UInt128 from, UInt128 to, ReadOnlySpan<byte> quoted, bool isReassembly = false) =>
        Write(destination, from, to, Icmpv6Type.TimeExceeded, isReassembly ? (byte)1 : (byte)0, 0, Quote(quoted));

    /// <summary>
    /// Writes a message of any type; <paramref name="body"/> is the four bytes before the payload.
    /// </summary>
    internal static int Write(
        Span<byte> destination,
        UInt128 from,
        UInt128 to,
        Icmpv6Type type,
        byte code,
        uint body,
        ReadOnlySpan<byte> payload)
    {
        int length = HeaderSize + payload.Length;
        WireBuffer.Require(destination, length);
        payload.CopyTo(destination[HeaderSize..]); // first: the payload may overlap what the header overwrites
        destination[0] = (byte)type;
        destination[CodeOffset] = code;
        WriteUInt32BigEndian(destination[BodyOffset..], body);
        Finish(destination[..length], from, to);
        return length;
    }

    /// <summary>Makes an echo request its reply, in place; the whole message is summed up anew.</summary>
    internal static void TurnIntoReply(Span<byte> message, UInt128 from, UInt128 to)
    {
        message[0] = (byte)Icmpv6Type.EchoReply;
        Finish(message, from, to);
    }

    private static void Finish(Span<byte> message, UInt128 from, UInt128 to)
    {
        WriteUInt16BigEndian(message[ChecksumOffset..], 0);
        uint pseudoHeader = TransportChecksum.PseudoHeader(from, to, IpProtocol.Icmpv6, message.Length);
        WriteUInt16BigEndian(message[ChecksumOffset..], InternetChecksum.Compute(message, pseudoHeader));
    }

    private static ReadOnlySpan<byte> Quote(ReadOnlySpan<byte> packet) => packet[..Math.Min(packet.Length, QuoteLimit)];
}
