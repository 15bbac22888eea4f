// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// Cuts one superpacket into the segments it stands for, one at a time, where it lies; an ordinary packet is
/// one segment, whose checksum is finished when that was left to us.
/// </summary>
/// <remarks>
/// <code>
/// | headroom | headers | payload 0 | payload 1 | payload 2 |
///            [ headers | payload 0 ]
///                     [ headers | payload 1 ]         over the end of payload 0
///                                 [ headers | payload 2 ]
/// </code>
/// A segment, and the headroom before it, is the caller's to overwrite until the next <see cref="TryNext"/>;
/// the bytes after it are not. Nothing is changed before the first <see cref="TryNext"/>. One owner at a
/// time; allocates nothing; bytes never throw. Theory of operation: docs/offload.md.
/// </remarks>
public ref partial struct Segmenter
{
    /// <summary>
    /// The most bytes of headers that are repeated: Ethernet with four VLAN tags, IPv4 and TCP with all their
    /// options take 150.
    /// </summary>
    public const int MaximumHeaderLength = 192;

    private const int TcpSequenceOffset = 4;
    private const int TcpFlagsOffset = 12;
    private const int TcpChecksumOffset = 16;
    private const int UdpLengthOffset = 4;
    private const int UdpChecksumOffset = 6;
    private const int Ipv4LengthOffset = 2;
    private const int Ipv4IdentificationOffset = 4;
    private const int Ipv4ChecksumOffset = 10;
    private const int Ipv6LengthOffset = 4;

    private const TcpFlags LastOnly = TcpFlags.Fin | TcpFlags.Psh;

    private readonly Span<byte> _buffer; // headroom and packet
    private readonly int _headroom;

    // An ordinary packet: whether its checksum is left to us, where the sum starts and where it goes, in _buffer.
    private bool _needsSum;
    private int _sumStart;
    private int _sumField;

    // A superpacket. Fields that differ from segment to segment are 0 in _template.
    private Template _template;
    private int _headerLength;  // 0: an ordinary packet
    private int _network;       // where the IP header starts in the template
    private int _transport;     // where the TCP or UDP header starts in the template
    private int _segmentSize;
    private bool _isVersion4;
    private bool _isTcp;
    private uint _headerSum;    // of the IPv4 header in the template
    private uint _transportSum; // of the pseudo-header without length, and the transport header in the template
    private uint _sequence;
    private ushort _identification;
    private TcpFlags _flags;    // those that not every segment has

    private int _position;      // where the next segment's payload starts in _buffer
    private int _count;
    private int _given;

    private Segmenter(Span<byte> buffer, int headroom)
    {
        _buffer = buffer;
        _headroom = headroom;
        _position = headroom;
        _count = 1;
    }

    /// <summary>How many segments there are in all.</summary>
    public readonly int Count => _count;

    /// <summary>Bytes of the headers that each segment starts with; 0 for an ordinary packet.</summary>
    public readonly int HeaderLength => _headerLength;

    /// <summary>Looks at a packet of a batch and makes ready to cut it.</summary>
    /// <param name="packet">The packet; its headroom is used.</param>
    /// <param name="layer">What the packet starts with: an IP header, or an Ethernet header.</param>
    /// <param name="segmenter">What gives the segments.</param>
    /// <param name="refusal">Why the packet cannot be cut.</param>
    /// <returns>False when it cannot; the packet is unchanged then.</returns>
    public static bool TryStart(
        scoped in Packet packet, DeviceLayer layer, out Segmenter segmenter, out SegmentRefusal refusal) =>
        TryStart(
            packet.SpanWithHeadroom(packet.Headroom), packet.Headroom, layer, packet.Gso, out segmenter, out refusal);

    /// <summary>Looks at a packet and makes ready to cut it.</summary>
    /// <param name="buffer">Headroom and packet; borrowed until the last segment is done with.</param>
    /// <param name="headroom">How many bytes at the start of the buffer are headroom; may be 0.</param>
    /// <param name="layer">What the packet starts with: an IP header, or an Ethernet header.</param>
    /// <param name="gso">How the packet is to be cut and its checksum finished.</param>
    /// <param name="segmenter">What gives the segments.</param>
    /// <param name="refusal">Why the packet cannot be cut.</param>
    /// <returns>False when it cannot; the packet is unchanged then.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is shorter than its headroom.</exception>
    public static bool TryStart(
        Span<byte> buffer,
        int headroom,
        DeviceLayer layer,
        scoped in GsoInfo gso,
        out Segmenter segmenter,
        out SegmentRefusal refusal)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)headroom, (uint)buffer.Length, nameof(headroom));
        segmenter = new Segmenter(buffer, headroom);
        if (gso.IsSuperpacket)
            refusal = segmenter.Describe(layer, gso);
        else
            refusal = gso.NeedsChecksum ? segmenter.LeaveChecksum(gso) : SegmentRefusal.None;
        if (refusal == SegmentRefusal.None)
            return true;
        segmenter = default;
        return false;
    }

    /// <summary>Gives the next segment, complete, in the packet's own buffer.</summary>
    /// <param name="segment">
    /// <paramref name="headroom"/> bytes of undefined content, then the segment; valid until the next call.
    /// </param>
    /// <param name="headroom">
    /// Bytes wanted before the segment, at most those there were before the packet.
    /// </param>
    /// <returns>False when there are no more.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is less headroom.</exception>
    public bool TryNext(out Span<byte> segment, int headroom = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)headroom, (uint)_headroom, nameof(headroom));
        if (_given == _count)
        {
            segment = default;
            return false;
        }

        if (_headerLength == 0)
        {
            if (_needsSum)
                FinishChecksum();
            _given = 1;
            segment = _buffer[(_headroom - headroom)..];
            return true;
        }

        int payloadLength = Math.Min(_segmentSize, _buffer.Length - _position);
        int start = _position - _headerLength;
        Span<byte> headers = _buffer.Slice(start, _headerLength);
        ((ReadOnlySpan<byte>)_template)[.._headerLength].CopyTo(headers);
        WriteNetwork(headers[_network..], _headerLength - _network + payloadLength);
        WriteTransport(headers[_transport..], _buffer.Slice(_position, payloadLength));
        _position += payloadLength;
        _given++;
        segment = _buffer.Slice(start - headroom, headroom + _headerLength + payloadLength);
        return true;
    }

    private readonly void WriteNetwork(Span<byte> header, int length)
    {
        if (!_isVersion4)
        {
            WriteUInt16BigEndian(header[Ipv6LengthOffset..], (ushort)(length - Ipv6View.HeaderSize));
            return;
        }

        ushort identification = (ushort)(_identification + _given);
        WriteUInt16BigEndian(header[Ipv4LengthOffset..], (ushort)length);
        WriteUInt16BigEndian(header[Ipv4IdentificationOffset..], identification);
        WriteUInt16BigEndian(
            header[Ipv4ChecksumOffset..], InternetChecksum.Finish(_headerSum + (uint)length + identification));
    }

    private readonly void WriteTransport(Span<byte> header, ReadOnlySpan<byte> payload)
    {
        int length = header.Length + payload.Length;
        if (!_isTcp)
        {
            // The length is summed twice: in the header and in the pseudo-header (RFC 768).
            WriteUInt16BigEndian(header[UdpLengthOffset..], (ushort)length);
            WriteUInt16BigEndian(
                header[UdpChecksumOffset..],
                InternetChecksum.FinishUdp(InternetChecksum.Sum(payload, _transportSum + (2 * (uint)length))));
            return;
        }

        // FIN and PSH speak of the end of the data; CWR is answered once (RFC 3168 section 6.1.2, RFC 9293).
        uint sequence = _sequence + (uint)(_given * _segmentSize);
        TcpFlags flags = (_given == 0 ? _flags & ~LastOnly : 0) | (_given == _count - 1 ? _flags & LastOnly : 0);
        WriteUInt32BigEndian(header[TcpSequenceOffset..], sequence);
        header[TcpFlagsOffset + 1] |= (byte)flags;
        uint sum = _transportSum + (sequence >> 16) + (sequence & 0xFFFF) + (uint)flags + (uint)length;
        WriteUInt16BigEndian(header[TcpChecksumOffset..], InternetChecksum.Compute(payload, sum));
    }

    // The field holds the sum of the pseudo-header, which the sum over everything takes in (virtio 1.2, 5.1.6.2).
    // A result of 0 is stored as its twin: it means "none" in UDP, and the same everywhere else.
    private readonly void FinishChecksum() => WriteUInt16BigEndian(
        _buffer[_sumField..], InternetChecksum.FinishUdp(InternetChecksum.Sum(_buffer[_sumStart..])));

    [InlineArray(MaximumHeaderLength)]
    private struct Template
    {
        private byte _first;
    }
}
