// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// An ICMP message viewed in place (RFC 792). The view borrows the bytes it was parsed from.
/// </summary>
public readonly ref struct IcmpView
{
    // 0      1      2          4            6                  8
    // | type | code | checksum | identifier | sequence number  | data…            echo
    // | type | code | checksum | 0          | next hop's MTU   | packet quoted…   unreachable, code 4 (RFC 1191)
    // | type | code | checksum | 0          | 0                | packet quoted…   time exceeded

    private const int CodeOffset = 1;
    private const int ChecksumOffset = 2;
    private const int IdentifierOffset = 4;
    private const int SequenceOffset = 6;

    /// <summary>Bytes of the header, the four that depend on the type included.</summary>
    public const int HeaderSize = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private IcmpView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Views a message, which ends where <paramref name="bytes"/> end; false when it is shorter than a
    /// header.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out IcmpView view)
    {
        view = default;
        if (bytes.Length < HeaderSize) return false;
        view = new IcmpView(bytes);
        return true;
    }

    /// <summary>The kind of message.</summary>
    public IcmpType Type => (IcmpType)_bytes[0];

    /// <summary>What the kind leaves open; see <see cref="IcmpUnreachableCode"/>.</summary>
    public byte Code => _bytes[CodeOffset];

    /// <summary>The checksum as sent.</summary>
    public ushort Checksum => ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>The checksum is right.</summary>
    public bool IsChecksumValid => InternetChecksum.Compute(_bytes) == 0;

    /// <summary>Tells one sender of echo requests from another.</summary>
    public ushort Identifier => ReadUInt16BigEndian(_bytes[IdentifierOffset..]);

    /// <summary>Tells one echo request from another.</summary>
    public ushort SequenceNumber => ReadUInt16BigEndian(_bytes[SequenceOffset..]);

    /// <summary>
    /// The MTU of the link a packet did not fit, of <see cref="IcmpUnreachableCode.FragmentationNeeded"/>;
    /// 0 from routers older than RFC 1191. The same two bytes as <see cref="SequenceNumber"/>.
    /// </summary>
    public ushort NextHopMtu => ReadUInt16BigEndian(_bytes[SequenceOffset..]);

    /// <summary>The bytes after the header: an echo's data, or the packet an error quotes.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderSize..];

    /// <summary>
    /// Writes an echo request or reply with its checksum and returns its length. The data may already lie
    /// at its place in <paramref name="destination"/>.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteEcho(
        Span<byte> destination, IcmpType type, ushort identifier, ushort sequenceNumber, ReadOnlySpan<byte> data) =>
        Write(destination, type, code: 0, identifier, sequenceNumber, data);

    /// <summary>
    /// Writes "destination unreachable" about the packet quoted, with its checksum, and returns its length.
    /// </summary>
    /// <param name="destination">Takes the message.</param>
    /// <param name="code">Why.</param>
    /// <param name="quoted">
    /// The packet's IP header and at least 8 bytes of what follows; the whole message should not make its
    /// packet exceed 576 bytes (RFC 1812 section 4.3.2.3), so at most 548 bytes are taken.
    /// </param>
    /// <param name="nextHopMtu">
    /// The MTU the packet did not fit, for <see cref="IcmpUnreachableCode.FragmentationNeeded"/>.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteDestinationUnreachable(
        Span<byte> destination, IcmpUnreachableCode code, ReadOnlySpan<byte> quoted, ushort nextHopMtu = 0) =>
        Write(destination, IcmpType.DestinationUnreachable, (byte)code, 0, nextHopMtu, Quote(quoted));

    /// <summary>
    /// Writes "time exceeded" about the packet quoted, with its checksum, and returns its length.
    /// </summary>
    /// <param name="destination">Takes the message.</param>
    /// <param name="quoted">As in <see cref="WriteDestinationUnreachable"/>.</param>
    /// <param name="isReassembly">
    /// Reassembly took too long, rather than that the time to live ran out.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteTimeExceeded(Span<byte> destination, ReadOnlySpan<byte> quoted, bool isReassembly = false) =>
        Write(destination, IcmpType.TimeExceeded, isReassembly ? (byte)1 : (byte)0, 0, 0, Quote(quoted));

    private static int Write(
        Span<byte> destination, IcmpType type, byte code, ushort first, ushort second, ReadOnlySpan<byte> payload)
    {
        int length = HeaderSize + payload.Length;
        WireBuffer.Require(destination, length);
        payload.CopyTo(destination[HeaderSize..]); // first: the payload may overlap what the header overwrites
        destination[0] = (byte)type;
        destination[CodeOffset] = code;
        WriteUInt16BigEndian(destination[ChecksumOffset..], 0);
        WriteUInt16BigEndian(destination[IdentifierOffset..], first);
        WriteUInt16BigEndian(destination[SequenceOffset..], second);
        WriteUInt16BigEndian(destination[ChecksumOffset..], InternetChecksum.Compute(destination[..length]));
        return length;
    }

    private static ReadOnlySpan<byte> Quote(ReadOnlySpan<byte> packet)
    {
        const int Limit = 576 - Ipv4View.MinimumHeaderSize - HeaderSize;
        return packet[..Math.Min(packet.Length, Limit)];
    }

    /// <summary>Makes an echo request its reply, in place; the whole message is summed up anew.</summary>
    internal static void TurnIntoReply(Span<byte> message)
    {
        message[0] = (byte)IcmpType.EchoReply;
        WriteUInt16BigEndian(message[ChecksumOffset..], 0);
        WriteUInt16BigEndian(message[ChecksumOffset..], InternetChecksum.Compute(message));
    }

    internal void AppendTo(ref TextBuffer text)
    {
        text.Append("ICMP ");
        switch (Type)
        {
            case IcmpType.EchoRequest or IcmpType.EchoReply:
                text.Append(Type == IcmpType.EchoRequest ? "echo request, id " : "echo reply, id ");
                text.Append((uint)Identifier);
                text.Append(", seq ");
                text.Append((uint)SequenceNumber);
                break;
            case IcmpType.DestinationUnreachable:
                AppendUnreachable(ref text);
                break;
            case IcmpType.TimeExceeded:
                text.Append(Code switch
                {
                    0 => "time exceeded in transit",
                    1 => "reassembly time exceeded",
                    _ => "time exceeded, unknown code ",
                });
                if (Code > 1) text.Append((uint)Code);
                QuotedText.AppendTo(ref text, Payload);
                break;
            default:
                text.Append(Name(Type));
                text.Append(", type ");
                text.Append((uint)Type);
                text.Append(", code ");
                text.Append((uint)Code);
                break;
        }

        text.Append(", length ");
        text.Append(_bytes.Length);
    }

    private void AppendUnreachable(ref TextBuffer text)
    {
        string? words = (IcmpUnreachableCode)Code switch
        {
            IcmpUnreachableCode.Network => "network unreachable",
            IcmpUnreachableCode.Host => "host unreachable",
            IcmpUnreachableCode.Protocol => "protocol unreachable",
            IcmpUnreachableCode.Port => "port unreachable",
            IcmpUnreachableCode.FragmentationNeeded => "unreachable, fragmentation needed, mtu ",
            IcmpUnreachableCode.SourceRouteFailed => "unreachable, source route failed",
            IcmpUnreachableCode.NetworkUnknown => "unreachable, network unknown",
            IcmpUnreachableCode.HostUnknown => "unreachable, host unknown",
            IcmpUnreachableCode.NetworkProhibited => "unreachable, network prohibited",
            IcmpUnreachableCode.HostProhibited => "unreachable, host prohibited",
            IcmpUnreachableCode.AdministrativelyProhibited => "unreachable, administratively prohibited",
            _ => null,
        };
        text.Append(words ?? "unreachable, unknown code ");
        if (words is null) text.Append((uint)Code);
        if (Code == (byte)IcmpUnreachableCode.FragmentationNeeded) text.Append((uint)NextHopMtu);
        QuotedText.AppendTo(ref text, Payload);
    }

    private static string Name(IcmpType type) => type switch
    {
        IcmpType.SourceQuench => "source quench",
        IcmpType.Redirect => "redirect",
        IcmpType.RouterAdvertisement => "router advertisement",
        IcmpType.RouterSolicitation => "router solicitation",
        IcmpType.ParameterProblem => "parameter problem",
        IcmpType.TimestampRequest => "timestamp request",
        IcmpType.TimestampReply => "timestamp reply",
        _ => "unknown",
    };
}
