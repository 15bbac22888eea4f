// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Devices;
using Tunbridge.Packets;

/// <summary>Writes the same TCP superpacket three times, alone and in a batch, and tells what became of it.</summary>
internal static class Superpackets
{
    private const int IpHeader = 20, TcpHeader = 20, Segment = 500, Segments = 3;

    internal static void Write(VirtualDevice card)
    {
        int events = 0;
        card.Superpackets.TurnedOff += (_, _) => events++;
        GsoInfo gso = new()
        {
            Kind = GsoKind.TcpV4,
            NeedsChecksum = true,
            HeaderLength = IpHeader + TcpHeader,
            SegmentSize = Segment,
            ChecksumStart = IpHeader,
            ChecksumOffset = 16,
        };
        Console.WriteLine($"takes {card.Superpackets.Takes(GsoKind.TcpV4)} {card.Superpackets.Takes(GsoKind.UdpL4)}");
        Console.WriteLine(card.TryWrite(Packet(), gso));
        PacketBatch batch = new();
        batch.TryAdd(Packet(), gso);
        batch.TryAdd(Packet(), gso);
        Console.WriteLine(card.Write(batch));
        Console.WriteLine($"takes {card.Superpackets.Takes(GsoKind.TcpV4)} {card.Superpackets.Takes(GsoKind.UdpL4)}");
        Console.WriteLine($"cut {card.Superpackets.CutCount}, refused {card.Refusals.Total}, events {events}");
    }

    private static byte[] Packet()
    {
        byte[] packet = new byte[IpHeader + TcpHeader + (Segment * Segments)];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        (packet[8], packet[9]) = (64, 6);
        (packet[12], packet[15], packet[16], packet[19]) = (10, 2, 10, 1);
        (packet[IpHeader + 12], packet[IpHeader + 13]) = (0x50, 0x10);
        return packet;
    }
}
