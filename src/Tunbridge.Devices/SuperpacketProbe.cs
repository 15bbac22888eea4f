// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>Finds out by use which superpackets the kernel takes.</summary>
/// <remarks>
/// A card that was just made is down: the kernel judges the description of what is written, EINVAL, before it finds
/// out that, EIO. So nothing is delivered, though the card's counter of dropped packets shows the attempts, which are
/// made for the first card of its layer and header in a process only: one kernel has one answer. Were the card up,
/// the packets are from loopback addresses and no host takes them.
/// </remarks>
internal static class SuperpacketProbe
{
    private const int EthernetHeader = 14, IPv4Header = 20, IPv6Header = 40, TcpHeader = 20, UdpHeader = 8;
    private const int SegmentSize = 100, Payload = 2 * SegmentSize;
    private const byte Tcp = 6, Udp = 17;

    // By layer and header size (10 to 24): the kinds refused, and one bit more once they are known.
    private const uint Known = 1u << 31;
    private static readonly uint[] s_refused = new uint[2 * (VirtioNetHeader.MaximumSize + 1)];

    /// <summary>The kinds this kernel refuses, as bits.</summary>
    /// <param name="card">A card that is down.</param>
    /// <param name="format">What stands before its packets; with a virtio header.</param>
    internal static uint Refused(FileDescriptor card, PacketFormat format)
    {
        ref uint known = ref s_refused[((int)format.Layer * (VirtioNetHeader.MaximumSize + 1)) + format.VirtioSize];
        uint refused = Volatile.Read(ref known);
        if ((refused & Known) == 0)
        {
            refused = Known | Try(card, format, GsoKind.TcpV4, 4) | Try(card, format, GsoKind.TcpV6, 6) |
                Try(card, format, GsoKind.UdpL4, 4) | Try(card, format, GsoKind.UdpL4, 6);
            Volatile.Write(ref known, refused);
        }

        return refused & ~Known;
    }

    private static uint Try(FileDescriptor card, PacketFormat format, GsoKind kind, int version)
    {
        int ip = format.Layer == DeviceLayer.Frame ? EthernetHeader : 0;
        int transport = ip + (version == 4 ? IPv4Header : IPv6Header);
        bool isTcp = kind != GsoKind.UdpL4;
        int headers = transport + (isTcp ? TcpHeader : UdpHeader);
        Span<byte> whole = stackalloc byte[PacketFormat.MaximumPrefix + EthernetHeader + IPv6Header + TcpHeader + Payload];
        whole = whole[..(format.Prefix + headers + Payload)];
        whole.Clear();
        Span<byte> packet = whole[format.Prefix..];
        if (ip != 0)
            BinaryPrimitives.WriteUInt16BigEndian(packet[(ip - 2)..], version == 4 ? (ushort)0x0800 : (ushort)0x86dd);
        WriteNetwork(packet[ip..], version, isTcp ? Tcp : Udp);
        if (isTcp)
            (packet[transport + 12], packet[transport + 13]) = (0x50, 0x10); // five words, ACK
        else
            BinaryPrimitives.WriteUInt16BigEndian(packet[(transport + 4)..], UdpHeader + Payload);
        format.Write(
            whole[..format.Prefix],
            packet,
            new()
            {
                Kind = kind,
                NeedsChecksum = true,
                HeaderLength = (ushort)headers,
                SegmentSize = SegmentSize,
                ChecksumStart = (ushort)transport,
                ChecksumOffset = (ushort)(isTcp ? 16 : 6),
            },
            etherType: 0);
        return card.Write(whole, out _) == Errno.EINVAL ? SuperpacketKinds.Bit(kind) : 0;
    }

    private static void WriteNetwork(Span<byte> packet, int version, byte protocol)
    {
        if (version == 4)
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
            (packet[8], packet[9]) = (1, protocol); // hops, protocol
            (packet[12], packet[15], packet[16], packet[19]) = (127, 1, 127, 2);
            return;
        }

        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(packet.Length - IPv6Header));
        (packet[6], packet[7]) = (protocol, 1);
        (packet[23], packet[39]) = (1, 1); // ::1 to ::1
    }
}
