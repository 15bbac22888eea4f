// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// A UDP datagram viewed in place (RFC 768). The view borrows the bytes it was parsed from.
/// </summary>
public readonly ref struct UdpView
{
    // 0             2                  4        6          8
    // | source port | destination port | length | checksum | payload…

    private const int DestinationPortOffset = 2;
    private const int LengthOffset = 4;
    private const int ChecksumOffset = 6;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Views a datagram; false when its length is impossible or bytes are missing.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out UdpView view)
    {
        view = default;
        if (bytes.Length < HeaderSize) return false;
        int length = ReadUInt16BigEndian(bytes[LengthOffset..]);
        if (length < HeaderSize || length > bytes.Length) return false;
        view = new UdpView(bytes[..length]);
        return true;
    }

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => ReadUInt16BigEndian(_bytes[DestinationPortOffset..]);

    /// <summary>Bytes of header and payload.</summary>
    public int Length => _bytes.Length;

    /// <summary>The checksum as sent; 0 means the sender made none, which only IPv4 allows.</summary>
    public ushort Checksum => ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>The bytes after the header.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderSize..];

    /// <summary>The checksum is right, or there is none, between these IPv4 addresses.</summary>
    public bool IsChecksumValid(uint source, uint destination) =>
        Checksum == 0
        || InternetChecksum.Compute(
            _bytes, TransportChecksum.PseudoHeader(source, destination, IpProtocol.Udp, _bytes.Length)) == 0;

    /// <summary>
    /// The checksum is right between these IPv6 addresses; it must be there (RFC 8200 section 8.1).
    /// </summary>
    public bool IsChecksumValid(UInt128 source, UInt128 destination) =>
        Checksum != 0
        && InternetChecksum.Compute(
            _bytes, TransportChecksum.PseudoHeader(source, destination, IpProtocol.Udp, _bytes.Length)) == 0;

    /// <summary>
    /// Writes a datagram between IPv4 addresses, checksum included, and returns its length. The payload
    /// may already lie at its place in <paramref name="destination"/>.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than 65,527 bytes.</exception>
    public static int Write(
        Span<byte> destination, uint from, ushort fromPort, uint to, ushort toPort, ReadOnlySpan<byte> payload)
    {
        Span<byte> datagram = WriteUnsummed(destination, fromPort, toPort, payload);
        return Finish(datagram, TransportChecksum.PseudoHeader(from, to, IpProtocol.Udp, datagram.Length));
    }

    /// <summary>
    /// Writes a datagram between IPv6 addresses, checksum included, and returns its length. The payload
    /// may already lie at its place in <paramref name="destination"/>.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than 65,527 bytes.</exception>
    public static int Write(
        Span<byte> destination, UInt128 from, ushort fromPort, UInt128 to, ushort toPort, ReadOnlySpan<byte> payload)
    {
        Span<byte> datagram = WriteUnsummed(destination, fromPort, toPort, payload);
        return Finish(datagram, TransportChecksum.PseudoHeader(from, to, IpProtocol.Udp, datagram.Length));
    }

    /// <summary>
    /// Swaps the ports in place. The checksum stays right: its sum does not depend on the order of words.
    /// </summary>
    internal static void SwapPorts(Span<byte> datagram)
    {
        ushort source = ReadUInt16BigEndian(datagram);
        datagram.Slice(DestinationPortOffset, 2).CopyTo(datagram);
        WriteUInt16BigEndian(datagram[DestinationPortOffset..], source);
    }

    private static Span<byte> WriteUnsummed(
        Span<byte> destination, ushort fromPort, ushort toPort, ReadOnlySpan<byte> payload)
    {
        int length = HeaderSize + payload.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ushort.MaxValue, nameof(payload));
        WireBuffer.Require(destination, length);
        payload.CopyTo(destination[HeaderSize..]); // first: the payload may overlap what the header overwrites
        WriteUInt16BigEndian(destination, fromPort);
        WriteUInt16BigEndian(destination[DestinationPortOffset..], toPort);
        WriteUInt16BigEndian(destination[LengthOffset..], (ushort)length);
        WriteUInt16BigEndian(destination[ChecksumOffset..], 0);
        return destination[..length];
    }

    private static int Finish(Span<byte> datagram, uint pseudoHeader)
    {
        // A sum of zero is sent as 0xFFFF, as zero means "no checksum" (RFC 768).
        WriteUInt16BigEndian(
            datagram[ChecksumOffset..], InternetChecksum.FinishUdp(InternetChecksum.Sum(datagram, pseudoHeader)));
        return datagram.Length;
    }

    internal void AppendTo(ref TextBuffer text)
    {
        text.Append("UDP, length ");
        text.Append(Payload.Length);
    }
}
