// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests;

/// <summary>Superpackets that are right in themselves and unusual in every way that a sender may choose.</summary>
internal static class RandomSuperpacket
{
    private const int TcpLength = 20, UdpLength = 8;

    internal static byte[] Make(Random random, bool isFrame, out GsoInfo gso)
    {
        bool isTcp = random.Next(2) == 0, isV4 = random.Next(2) == 0;
        byte protocol = isTcp ? (byte)6 : (byte)17;
        List<byte> bytes = [];
        if (isFrame)
            AddEthernet(bytes, random.Next(3), isV4);
        int network = bytes.Count;
        // No-operation options, or a chain of destination options filled with PadN.
        int extra = random.Next(3) * (isV4 ? 4 : 8);
        bytes.AddRange(isV4 ? [(byte)(0x45 + (extra / 4)), .. new byte[19]] : [0x60, .. new byte[39]]);
        for (int left = extra; left > 0; left -= isV4 ? 4 : 8)
            bytes.AddRange(isV4 ? [1, 1, 1, 1] : [left == 8 ? protocol : (byte)60, 0, 1, 4, 0, 0, 0, 0]);
        int transport = bytes.Count;
        bytes.AddRange(new byte[isTcp ? TcpLength : UdpLength]);
        int headers = bytes.Count;
        int size = random.Next(1, 1500);
        bytes.AddRange(new byte[random.Next(0, Math.Min(size * 70, 65_000))]);
        byte[] packet = [.. bytes];
        int length = packet.Length - transport;
        if (isTcp)
            (packet[transport + 12], packet[transport + 13]) = (0x50, (byte)random.Next(256));
        else
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(transport + 4), (ushort)length);
        if (isV4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(network + 2), (ushort)(packet.Length - network));
            (packet[network + 8], packet[network + 9]) = (64, protocol);
            (packet[network + 12], packet[network + 16]) = (10, 10);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(network + 4), (ushort)(packet.Length - network - 40));
            (packet[network + 6], packet[network + 7]) = (extra == 0 ? protocol : (byte)60, 64);
            (packet[network + 8], packet[network + 24]) = (0xfd, 0xfd);
        }

        gso = new()
        {
            Kind = isTcp ? isV4 ? GsoKind.TcpV4 : GsoKind.TcpV6 : GsoKind.UdpL4,
            HasEcn = random.Next(4) == 0,
            NeedsChecksum = true,
            HeaderLength = (ushort)headers,
            SegmentSize = (ushort)size,
            ChecksumStart = (ushort)transport,
            ChecksumOffset = (ushort)(isTcp ? 16 : 6),
        };
        return packet;
    }

    private static void AddEthernet(List<byte> bytes, int tags, bool isV4)
    {
        bytes.AddRange([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
        for (int i = 0; i < tags; i++)
            bytes.AddRange([0x81, 0x00, 0, 1]);
        bytes.AddRange(isV4 ? [0x08, 0x00] : [0x86, 0xdd]);
    }
}
