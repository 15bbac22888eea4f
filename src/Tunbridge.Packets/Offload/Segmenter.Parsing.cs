// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

// What the segmenter finds out before it changes anything: where the headers are, and whether all agrees.
public ref partial struct Segmenter
{
    private SegmentRefusal LeaveChecksum(in GsoInfo gso)
    {
        _needsSum = true;
        _sumStart = _headroom + gso.ChecksumStart;
        _sumField = _sumStart + gso.ChecksumOffset;
        return _sumField + sizeof(ushort) <= _buffer.Length ? SegmentRefusal.None : SegmentRefusal.ChecksumOutOfRange;
    }

    private SegmentRefusal Describe(DeviceLayer layer, in GsoInfo gso)
    {
        if (gso.Kind is not (GsoKind.TcpV4 or GsoKind.TcpV6 or GsoKind.UdpL4))
            return SegmentRefusal.KindNotSupported;
        if (gso.SegmentSize == 0)
            return SegmentRefusal.SegmentSizeZero;

        ReadOnlySpan<byte> packet = _buffer[_headroom..];
        _isTcp = gso.Kind != GsoKind.UdpL4;
        bool isRouted = false;
        SegmentRefusal refusal = FindNetwork(packet, layer, gso.Kind);
        if (refusal == SegmentRefusal.None)
            refusal = _isVersion4 ? PassIpv4(packet) : PassIpv6(packet, out isRouted);
        if (refusal == SegmentRefusal.None)
            refusal = PassTransport(packet);
        if (refusal == SegmentRefusal.None)
            refusal = CheckChecksum(gso, isRouted);
        if (refusal != SegmentRefusal.None)
            return refusal;

        _segmentSize = gso.SegmentSize;
        _position = _headroom + _headerLength;
        int payload = packet.Length - _headerLength;
        _count = Math.Max(1, (payload + _segmentSize - 1) / _segmentSize);
        MakeTemplate(packet, isRouted);
        return SegmentRefusal.None;
    }

    private SegmentRefusal FindNetwork(ReadOnlySpan<byte> packet, DeviceLayer layer, GsoKind kind)
    {
        EtherType carried = default;
        if (layer == DeviceLayer.Frame &&
            !(EthernetView.TryParse(packet, out EthernetView frame) && frame.TrySkipTags(out carried, out _network)))
            return SegmentRefusal.HeaderTruncated;
        if (_network == packet.Length)
            return SegmentRefusal.HeaderTruncated;

        int version = packet[_network] >> 4;
        _isVersion4 = version == 4;
        bool agrees = kind switch
        {
            GsoKind.TcpV4 => version == 4,
            GsoKind.TcpV6 => version == 6,
            _ => version is 4 or 6,
        };
        if (layer == DeviceLayer.Frame)
            agrees &= carried == (_isVersion4 ? EtherType.Ipv4 : EtherType.Ipv6);
        return agrees ? SegmentRefusal.None : SegmentRefusal.KindMismatch;
    }

    private SegmentRefusal PassIpv4(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> header = packet[_network..];
        if (header.Length < Ipv4View.MinimumHeaderSize)
            return SegmentRefusal.HeaderTruncated;
        if (ReadUInt16BigEndian(header[Ipv4LengthOffset..]) != header.Length)
            return SegmentRefusal.LengthMismatch;
        if (!Ipv4View.TryParse(header, out Ipv4View ip))
            return SegmentRefusal.HeaderTruncated;
        if (ip.IsFragment)
            return SegmentRefusal.Fragment;
        _transport = _network + ip.HeaderLength;
        return ip.Protocol == Transport ? SegmentRefusal.None : SegmentRefusal.KindMismatch;
    }

    private SegmentRefusal PassIpv6(ReadOnlySpan<byte> packet, out bool isRouted)
    {
        isRouted = false;
        ReadOnlySpan<byte> header = packet[_network..];
        if (!Ipv6View.TryParseQuoted(header, out Ipv6View ip))
            return SegmentRefusal.HeaderTruncated;
        if (Ipv6View.HeaderSize + ip.PayloadLength != header.Length)
            return SegmentRefusal.LengthMismatch;

        IpProtocol next = ip.NextHeader;
        _transport = _network + Ipv6View.HeaderSize;
        while (next is IpProtocol.HopByHopOptions or IpProtocol.Routing or IpProtocol.DestinationOptions)
        {
            if (packet.Length - _transport < 2)
                return SegmentRefusal.HeaderTruncated;
            isRouted |= next == IpProtocol.Routing;
            next = (IpProtocol)packet[_transport];
            _transport += (packet[_transport + 1] + 1) * 8;
            if (_transport > packet.Length)
                return SegmentRefusal.HeaderTruncated;
            if (_transport > MaximumHeaderLength)
                return SegmentRefusal.HeaderTooLong;
        }

        if (next == IpProtocol.Fragment)
            return SegmentRefusal.Fragment;
        return next == Transport ? SegmentRefusal.None : SegmentRefusal.KindMismatch;
    }

    private SegmentRefusal PassTransport(ReadOnlySpan<byte> packet)
    {
        int length = UdpView.HeaderSize;
        if (_isTcp)
        {
            if (!TcpView.TryParse(packet[_transport..], out TcpView tcp))
                return SegmentRefusal.HeaderTruncated;
            length = tcp.HeaderLength;
        }

        _headerLength = _transport + length;
        if (_headerLength > packet.Length)
            return SegmentRefusal.HeaderTruncated;
        return _headerLength > MaximumHeaderLength ? SegmentRefusal.HeaderTooLong : SegmentRefusal.None;
    }

    // UDP without an unfinished checksum may mean "none", which a segment with one would not be. With a routing header
    // the pseudo-header names the last destination (RFC 8200 section 8.1): only the sum in the field knows it.
    private readonly SegmentRefusal CheckChecksum(in GsoInfo gso, bool isRouted)
    {
        if (!gso.NeedsChecksum)
            return _isTcp && !isRouted ? SegmentRefusal.None : SegmentRefusal.ChecksumMissing;
        return gso.ChecksumStart == _transport && gso.ChecksumOffset == FieldOffset
            ? SegmentRefusal.None
            : SegmentRefusal.ChecksumMisplaced;
    }

    private void MakeTemplate(ReadOnlySpan<byte> packet, bool isRouted)
    {
        Span<byte> template = _template;
        template = template[.._headerLength];
        packet[.._headerLength].CopyTo(template);
        Span<byte> network = template[_network..];
        Span<byte> transport = template[_transport..];
        ushort field = ReadUInt16BigEndian(transport[FieldOffset..]);
        WriteUInt16BigEndian(transport[FieldOffset..], 0);
        if (_isTcp)
        {
            _sequence = ReadUInt32BigEndian(transport[TcpSequenceOffset..]);
            WriteUInt32BigEndian(transport[TcpSequenceOffset..], 0);
            _flags = (TcpFlags)transport[TcpFlagsOffset + 1] & (LastOnly | TcpFlags.Cwr);
            transport[TcpFlagsOffset + 1] &= (byte)~_flags;
        }
        else
        {
            WriteUInt16BigEndian(transport[UdpLengthOffset..], 0);
        }

        if (_isVersion4)
        {
            _identification = ReadUInt16BigEndian(network[Ipv4IdentificationOffset..]);
            WriteUInt16BigEndian(network[Ipv4LengthOffset..], 0);
            WriteUInt16BigEndian(network[Ipv4IdentificationOffset..], 0);
            WriteUInt16BigEndian(network[Ipv4ChecksumOffset..], 0);
            _headerSum = InternetChecksum.Sum(network[..(_transport - _network)]);
        }

        _transportSum = InternetChecksum.Sum(
            transport, PseudoHeader(network, packet.Length - _transport, field, isRouted));
    }

    // Without the length, which differs from segment to segment.
    private readonly uint PseudoHeader(ReadOnlySpan<byte> network, int length, ushort field, bool isRouted)
    {
        if (isRouted)
            return (uint)field + (ushort)~length;
        return _isVersion4
            ? InternetChecksum.PseudoHeaderV4(network.Slice(12, 4), network.Slice(16, 4), (byte)Transport, 0)
            : InternetChecksum.PseudoHeaderV6(network.Slice(8, 16), network.Slice(24, 16), (byte)Transport, 0);
    }

    private readonly IpProtocol Transport => _isTcp ? IpProtocol.Tcp : IpProtocol.Udp;

    private readonly int FieldOffset => _isTcp ? TcpChecksumOffset : UdpChecksumOffset;
}
