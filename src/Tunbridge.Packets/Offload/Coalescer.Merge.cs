// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

// Whether and where a packet joins the newest group of its flow.
public sealed partial class Coalescer
{
    private const int MaximumLength = ushort.MaxValue; // of IP header, transport header and payloads

    private void Place(ReadOnlySpan<byte> slab, ReadOnlySpan<byte> packet, ref Candidate c)
    {
        int slot = FindSlot(slab, packet, c);
        ref Slot found = ref _slots[slot];
        _lastSlot = slot;
        bool isSound = true;
        if (found.Generation == _generation)
        {
            ref Group group = ref _groups[found.Group];
            Entry first = _items[group.First];
            ReadOnlySpan<byte> head = slab.Slice(first.Offset, first.Length);
            Fit fit = FitOf(group, c);
            // What costs most comes last, and only when all else agrees.
            if (fit != Fit.No && HaveEqualHeaders(head, packet, c) && IsSound(ref group, head))
            {
                isSound = HasValidChecksums(packet, c);
                if (isSound)
                {
                    Join(ref group, c, fit);
                    return;
                }
            }
        }

        found = new Slot { Generation = _generation, Group = _groupCount };
        AddGroup(c, default);
        ref Group added = ref _groups[_groupCount - 1];
        added.CanAppend = isSound && !c.HasPush;
        added.CanPrepend = isSound && c.IsTcp;
    }

    private enum Fit
    {
        No,
        After,
        Before,
    }

    private static Fit FitOf(in Group group, in Candidate c)
    {
        // The number of packets, and the length field of IPv4 and, for a superpacket, of IPv6 (no jumbograms).
        int length = group.Head.HeaderLength - group.Head.Network + group.PayloadLength + c.PayloadLength;
        if (group.Count == MaximumSegments || length > MaximumLength || group.Head.HeaderLength != c.HeaderLength)
            return Fit.No;

        // Each segment of the cut superpacket gets the identification after the one before.
        bool isAfter = !c.IsVersion4 || c.IsDontFragment || c.Identification == (ushort)(group.LastIdentification + 1);
        isAfter &= c.PayloadLength <= group.SegmentSize && (!c.IsTcp || c.Sequence == group.NextSequence);
        if (group.CanAppend && isAfter)
            return Fit.After;

        bool isBefore =
            !c.IsVersion4 || c.IsDontFragment || (ushort)(c.Identification + 1) == group.Head.Identification;
        // A longer one makes the single packet it precedes the short last one.
        bool hasLength =
            c.PayloadLength == group.SegmentSize || (group.Count == 1 && c.PayloadLength > group.SegmentSize);
        return group.CanPrepend && isBefore && hasLength && !c.HasPush
            && c.Sequence + (uint)c.PayloadLength == group.Head.Sequence ? Fit.Before : Fit.No;
    }

    private void Join(ref Group group, in Candidate c, Fit fit)
    {
        if (fit == Fit.After)
        {
            _items[group.Last].Next = _itemCount;
            group.Last = _itemCount;
            group.NextSequence = c.Sequence + (uint)c.PayloadLength;
            group.LastIdentification = c.Identification;
            group.HasPush |= c.HasPush;
            group.CanAppend = !c.HasPush && c.PayloadLength == group.SegmentSize;
        }
        else
        {
            _items[_itemCount].Next = group.First;
            group.First = _itemCount;
            group.Head = c;
            group.CanAppend &= c.PayloadLength == group.SegmentSize;
            group.SegmentSize = c.PayloadLength;
        }

        group.Count++;
        group.PayloadLength += c.PayloadLength;
    }

    private void AddGroup(in Candidate c, in GsoInfo gso) => _groups[_groupCount++] = new Group
    {
        First = _itemCount,
        Last = _itemCount,
        Count = 1,
        Head = c,
        PayloadLength = c.PayloadLength,
        SegmentSize = c.PayloadLength,
        NextSequence = c.Sequence + (uint)c.PayloadLength,
        LastIdentification = c.Identification,
        HasPush = c.HasPush,
        Gso = gso,
    };

    private void CloseFlow(ReadOnlySpan<byte> slab, ReadOnlySpan<byte> packet, in Candidate c)
    {
        Slot found = _slots[FindSlot(slab, packet, c)];
        if (found.Generation != _generation)
            return;
        ref Group group = ref _groups[found.Group];
        group.CanAppend = false;
        group.CanPrepend = false;
    }

    // The slot of the packet's flow, or the empty one where it belongs.
    private int FindSlot(ReadOnlySpan<byte> slab, ReadOnlySpan<byte> packet, in Candidate c)
    {
        if (_lastSlot >= 0 && IsSameFlow(slab, _slots[_lastSlot].Group, packet, c))
            return _lastSlot;
        int mask = _slots.Length - 1;
        int at = (int)Hash(packet, c) & mask;
        while (_slots[at].Generation == _generation && !IsSameFlow(slab, _slots[at].Group, packet, c))
            at = (at + 1) & mask;
        return at;
    }

    private static uint Hash(ReadOnlySpan<byte> packet, in Candidate c)
    {
        ulong hash = ReadUInt32LittleEndian(packet[c.Transport..]);
        ReadOnlySpan<byte> network = packet[c.Network..];
        if (c.IsVersion4)
        {
            hash = (hash << 32) ^ ReadUInt64LittleEndian(network[12..]);
        }
        else
        {
            hash ^= ReadUInt64LittleEndian(network[8..]) ^ (ReadUInt64LittleEndian(network[16..]) * 3);
            hash ^= (ReadUInt64LittleEndian(network[24..]) * 5) ^ (ReadUInt64LittleEndian(network[32..]) * 7);
        }

        return (uint)((hash * 0x9E37_79B9_7F4A_7C15) >> 40);
    }

    private bool IsSameFlow(ReadOnlySpan<byte> slab, int index, ReadOnlySpan<byte> packet, in Candidate c)
    {
        ref readonly Group group = ref _groups[index];
        ref readonly Candidate head = ref group.Head;
        if (head.IsVersion4 != c.IsVersion4 || head.IsTcp != c.IsTcp || head.Network != c.Network)
            return false;
        Entry first = _items[group.First];
        ReadOnlySpan<byte> other = slab.Slice(first.Offset, first.Length);
        if (c.Network != 0 && !other[..c.Network].SequenceEqual(packet[..c.Network]))
            return false;
        // Addresses and ports lie side by side, as neither header has options here.
        int addresses = c.Network + (c.IsVersion4 ? 12 : 8);
        ReadOnlySpan<byte> a = other[addresses..(c.Transport + 4)];
        ReadOnlySpan<byte> b = packet[addresses..(c.Transport + 4)];
        return c.IsVersion4
            ? ReadUInt64LittleEndian(a) == ReadUInt64LittleEndian(b)
                && ReadUInt32LittleEndian(a[8..]) == ReadUInt32LittleEndian(b[8..])
            : a.SequenceEqual(b);
    }

    // Addresses, ports and what is before the IP header are equal already.
    private static bool HaveEqualHeaders(ReadOnlySpan<byte> head, ReadOnlySpan<byte> packet, in Candidate c)
    {
        ReadOnlySpan<byte> a = head[c.Network..c.HeaderLength];
        ReadOnlySpan<byte> b = packet[c.Network..c.HeaderLength];
        if (c.IsVersion4)
        {
            // | version, length, class | … | flags, offset (0), time to live, protocol |
            if (ReadUInt16LittleEndian(a) != ReadUInt16LittleEndian(b)
                || ReadUInt32LittleEndian(a[6..]) != ReadUInt32LittleEndian(b[6..]))
                return false;
        }
        else if (ReadUInt32LittleEndian(a) != ReadUInt32LittleEndian(b) || a[7] != b[7])
        {
            return false; // version, class, flow label; hop limit
        }

        if (!c.IsTcp)
            return true;
        a = a[(c.Transport - c.Network)..];
        b = b[(c.Transport - c.Network)..];
        // Acknowledgment; header length and flags but PSH; window; urgent pointer; options.
        const uint Differing = (uint)TcpFlags.Psh << 16;
        return ReadUInt32LittleEndian(a[8..]) == ReadUInt32LittleEndian(b[8..])
            && ((ReadUInt32BigEndian(a[12..]) ^ ReadUInt32BigEndian(b[12..])) & ~Differing) == 0
            && ReadUInt16LittleEndian(a[18..]) == ReadUInt16LittleEndian(b[18..])
            && a[20..].SequenceEqual(b[20..]);
    }

    // The first packet of a group is looked at when a second one comes.
    private static bool IsSound(ref Group group, ReadOnlySpan<byte> head)
    {
        if (group.IsVerified)
            return true;
        group.IsVerified = HasValidChecksums(head, group.Head);
        if (!group.IsVerified)
        {
            group.CanAppend = false;
            group.CanPrepend = false;
        }

        return group.IsVerified;
    }

    private static bool HasValidChecksums(ReadOnlySpan<byte> packet, in Candidate c)
    {
        ReadOnlySpan<byte> network = packet[c.Network..c.Transport];
        ReadOnlySpan<byte> transport = packet[c.Transport..];
        return (!c.IsVersion4 || InternetChecksum.IsValid(network))
            && InternetChecksum.IsValid(transport, AddressesOf(network, c), ProtocolOf(c) + (uint)transport.Length);
    }

    // The addresses of either version end the header.
    private static ReadOnlySpan<byte> AddressesOf(ReadOnlySpan<byte> network, in Candidate c) =>
        c.IsVersion4 ? network[12..20] : network[8..40];

    private static uint ProtocolOf(in Candidate c) => (uint)(c.IsTcp ? IpProtocol.Tcp : IpProtocol.Udp);
}
