// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

// What a group looks like on the wire.
public sealed partial class Coalescer
{
    internal ReadOnlySpan<Range> GetPackets(int first)
    {
        int count = 0;
        for (int i = first; i != None; i = _items[i].Next)
            _ranges[count++] = _items[i].Offset..(_items[i].Offset + _items[i].Length);
        return _ranges.AsSpan(0, count);
    }

    private CoalescedGroup Give(in Group group)
    {
        if (group.Count == 1)
        {
            return new CoalescedGroup(this, group.First)
            {
                Slab = _slab.Span,
                Slices = GetPackets(group.First),
                Gso = group.Gso,
                Length = _items[group.First].Length,
                PacketCount = 1,
            };
        }

        ref readonly Candidate head = ref group.Head;
        int count = 0;
        for (int i = group.First; i != None; i = _items[i].Next)
            _ranges[count++] = (_items[i].Offset + head.HeaderLength)..(_items[i].Offset + _items[i].Length);
        ReadOnlySpan<byte> slab = _slab.Span;
        return new CoalescedGroup(this, group.First)
        {
            Headers = WriteHeaders(slab, group),
            Slab = slab,
            Slices = _ranges.AsSpan(0, count),
            Gso = new GsoInfo
            {
                Kind = head.Kind,
                NeedsChecksum = true,
                HeaderLength = (ushort)head.HeaderLength,
                SegmentSize = (ushort)group.SegmentSize,
                ChecksumStart = (ushort)head.Transport,
                ChecksumOffset = (ushort)(head.IsTcp ? 16 : 6),
            },
            Length = head.HeaderLength + group.PayloadLength,
            PacketCount = group.Count,
        };
    }

    private ReadOnlySpan<byte> WriteHeaders(ReadOnlySpan<byte> slab, in Group group)
    {
        ref readonly Candidate head = ref group.Head;
        Span<byte> headers = _headers.AsSpan(0, head.HeaderLength);
        slab.Slice(_items[group.First].Offset, head.HeaderLength).CopyTo(headers);
        Span<byte> network = headers[head.Network..head.Transport];
        Span<byte> transport = headers[head.Transport..];
        int length = transport.Length + group.PayloadLength;
        if (head.IsVersion4)
        {
            WriteUInt16BigEndian(network[2..], (ushort)(network.Length + length));
            Ipv4View.FinishHeader(network);
        }
        else
        {
            WriteUInt16BigEndian(network[4..], (ushort)length);
        }

        // The field of an unfinished checksum holds the sum of the pseudo-header, not inverted.
        ushort pseudo = (ushort)InternetChecksum.Sum(AddressesOf(network, head), ProtocolOf(head) + (uint)length);
        if (head.IsTcp)
        {
            if (group.HasPush)
                transport[13] |= (byte)TcpFlags.Psh;
            WriteUInt16BigEndian(transport[16..], pseudo);
        }
        else
        {
            WriteUInt16BigEndian(transport[4..], (ushort)length);
            WriteUInt16BigEndian(transport[6..], pseudo);
        }

        return headers;
    }
}
