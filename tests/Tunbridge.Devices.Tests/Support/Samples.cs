// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;

namespace Tunbridge.Devices.Tests;

/// <summary>Literal packets; checksums are right where the kernel looks at them.</summary>
internal static class Samples
{
    /// <summary>An IPv4 packet of protocol 253 (for experiments, RFC 3692) from 10.9.0.2 to 10.9.0.1.</summary>
    internal static byte[] IPv4(int length = 28)
    {
        byte[] packet = new byte[length];
        WriteHeader(packet, 253, "10.9.0.2", "10.9.0.1");
        return packet;
    }

    /// <summary>A UDP datagram over IPv4, without a UDP checksum (which IPv4 allows).</summary>
    internal static byte[] Udp(string source, string destination, ushort port, ReadOnlySpan<byte> payload)
    {
        byte[] packet = new byte[28 + payload.Length];
        payload.CopyTo(packet.AsSpan(28));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(8 + payload.Length));
        WriteHeader(packet, 17, source, destination);
        return packet;
    }

    private static void WriteHeader(byte[] packet, byte protocol, string source, string destination)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)Math.Min(packet.Length, ushort.MaxValue));
        packet[8] = 64;
        packet[9] = protocol;
        IPAddress.Parse(source).GetAddressBytes().CopyTo(packet, 12);
        IPAddress.Parse(destination).GetAddressBytes().CopyTo(packet, 16);
        uint sum = 0;
        for (int i = 0; i < 20; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~sum);
    }

    /// <summary>A broadcast Ethernet frame of the local experimental type 0x88b5.</summary>
    internal static byte[] Frame(int length = 60)
    {
        byte[] frame = new byte[length];
        frame.AsSpan(0, Math.Min(6, length)).Fill(0xff);
        if (length > 6)
            frame[6] = 0x02;
        if (length >= 14)
            (frame[12], frame[13]) = (0x88, 0xb5);
        return frame;
    }
}
