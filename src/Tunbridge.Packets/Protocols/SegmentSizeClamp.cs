// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>Lowers the segment size that a TCP connection announces at its start, so that its packets fit a tunnel.</summary>
/// <remarks>
/// Pure, in place, allocates nothing. Looked at are SYN segments in the first fragment of IPv4, and in IPv6 whose first header is TCP's;
/// the checksum is updated, so a damaged segment stays damaged.
/// </remarks>
public static class SegmentSizeClamp
{
    /// <summary>By how much less fits over IPv6, whose header is longer.</summary>
    public const int Ipv6Difference = 20;

    private const int Ipv6HeaderSize = 40;
    private const int Ipv6NextHeaderOffset = 6;
    private const int FragmentOffsetMask = 0x1fff;
    private const int TcpFlagsOffset = 13;
    private const int TcpChecksumOffset = 16;
    private const byte Tcp = 6;
    private const byte Syn = 0x02;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte MaximumSegmentSize = 2;
    private const int MaximumSegmentSizeLength = 4;

    /// <summary>Lowers what a SYN announces; leaves everything else as it is.</summary>
    /// <param name="packet">A packet of IPv4 or IPv6, changed in place; any bytes.</param>
    /// <param name="maximum">The largest segment over IPv4, in bytes; at most 65,535. IPv6 gets 20 less.</param>
    /// <returns>Whether it was lowered.</returns>
    public static bool Apply(Span<byte> packet, int maximum)
    {
        if (packet.Length < 1)
            return false;
        // Most packets are no SYN: told by three bytes.
        return (packet[0] >> 4) switch
        {
            4 => ApplyV4(packet, maximum),
            6 => ApplyV6(packet, maximum - Ipv6Difference),
            _ => false,
        };
    }

    /// <summary>Lowers what a SYN in an Ethernet frame announces, behind up to two VLAN tags.</summary>
    /// <param name="frame">The frame, changed in place; any bytes.</param>
    /// <param name="maximum">The largest segment over IPv4, in bytes; at most 65,535. IPv6 gets 20 less.</param>
    /// <returns>Whether it was lowered.</returns>
    public static bool ApplyToFrame(Span<byte> frame, int maximum)
    {
        const int TypeOffset = 12, TagSize = 4, MaximumTags = 2;
        int type = TypeOffset;
        for (int tags = 0; ; tags++)
        {
            if (frame.Length < type + sizeof(ushort))
                return false;
            switch ((EtherType)ReadUInt16BigEndian(frame[type..]))
            {
                case EtherType.Ipv4:
                    return ApplyV4(frame[(type + sizeof(ushort))..], maximum);
                case EtherType.Ipv6:
                    return ApplyV6(frame[(type + sizeof(ushort))..], maximum - Ipv6Difference);
                case EtherType.Vlan or EtherType.ServiceVlan when tags < MaximumTags:
                    type += TagSize;
                    break;
                default:
                    return false;
            }
        }
    }

    private static bool ApplyV4(Span<byte> packet, int maximum)
    {
        const int MinimumHeaderSize = 20, ProtocolOffset = 9, FragmentOffset = 6;
        if (packet.Length < MinimumHeaderSize || packet[ProtocolOffset] != Tcp || packet[0] >> 4 != 4)
            return false;
        int header = (packet[0] & 15) * 4;
        if (header < MinimumHeaderSize || packet.Length <= header + TcpFlagsOffset || (packet[header + TcpFlagsOffset] & Syn) == 0 ||
            (ReadUInt16BigEndian(packet[FragmentOffset..]) & FragmentOffsetMask) != 0)
            return false;
        // What lies behind the packet's own length is padding of a link.
        int length = ReadUInt16BigEndian(packet[2..]);
        return length >= header && length <= packet.Length && ApplyTcp(packet[header..length], maximum);
    }

    private static bool ApplyV6(Span<byte> packet, int maximum)
    {
        if (packet.Length <= Ipv6HeaderSize + TcpFlagsOffset || packet[Ipv6NextHeaderOffset] != Tcp || packet[0] >> 4 != 6 ||
            (packet[Ipv6HeaderSize + TcpFlagsOffset] & Syn) == 0)
            return false;
        int length = ReadUInt16BigEndian(packet[4..]);
        return length <= packet.Length - Ipv6HeaderSize && ApplyTcp(packet.Slice(Ipv6HeaderSize, length), maximum);
    }

    private static bool ApplyTcp(Span<byte> segment, int maximum)
    {
        if (segment.Length < TcpView.MinimumHeaderSize || maximum <= 0)
            return false;
        int header = (segment[TcpFlagsOffset - 1] >> 4) * 4;
        if (header < TcpView.MinimumHeaderSize || header > segment.Length)
            return false;
        bool lowered = false;
        for (int i = TcpView.MinimumHeaderSize; i < header;)
        {
            byte kind = segment[i];
            if (kind == EndOfOptions)
                break;
            if (kind == NoOperation)
            {
                i++;
                continue;
            }

            int length = i + 1 < header ? segment[i + 1] : 0;
            if (length < 2 || i + length > header)
                break;
            // Each of several: which one a receiver believes is its affair.
            if (kind == MaximumSegmentSize && length == MaximumSegmentSizeLength)
                lowered |= Lower(segment, i + 2, maximum);
            i += length;
        }

        return lowered;
    }

    private static bool Lower(Span<byte> segment, int at, int maximum)
    {
        ushort announced = ReadUInt16BigEndian(segment[at..]);
        if (announced <= maximum)
            return false;
        ushort lowered = (ushort)maximum;
        ushort checksum = ReadUInt16BigEndian(segment[TcpChecksumOffset..]);
        // At an odd place the two bytes belong to two words of the sum, high byte and low byte exchanged.
        checksum = (at & 1) == 0
            ? InternetChecksum.Update(checksum, announced, lowered)
            : InternetChecksum.Update(checksum, ReverseEndianness(announced), ReverseEndianness(lowered));
        WriteUInt16BigEndian(segment[TcpChecksumOffset..], checksum);
        WriteUInt16BigEndian(segment[at..], lowered);
        return true;
    }
}
