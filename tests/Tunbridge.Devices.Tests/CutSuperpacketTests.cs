// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests;

/// <summary>Superpackets cut here, because the process was told so, arrive as what they stand for.</summary>
[Collection(AloneCollection.Name)]
public sealed class CutSuperpacketTests : DeviceTest
{
    private const int Headers = 28, Segment = 400, Segments = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UdpSuperpacket_SwitchedOff_ArrivesAsItsDatagrams(bool information)
    {
        Environment.SetEnvironmentVariable(GsoSwitch.Variable, "1");
        try
        {
            using TunDevice tun = UpTun(new() { Offload = Offload.All, PacketInformation = information });
            Assert.Equal(Offload.None, tun.Offload);
            Assert.Equal(10, tun.VirtioHeaderSize);
            using Socket socket = UdpSocket();
            socket.Bind(new IPEndPoint(IPAddress.Parse("10.9.0.1"), 77));
            socket.ReceiveTimeout = 60_000;
            byte[] payload = new byte[(Segment * Segments) - 100];
            new Random(1).NextBytes(payload);
            byte[] packet = Samples.Udp("10.9.0.2", "10.9.0.1", 77, payload);
            GsoInfo gso = new()
            {
                Kind = GsoKind.UdpL4,
                NeedsChecksum = true,
                HeaderLength = Headers,
                SegmentSize = Segment,
                ChecksumStart = 20,
                ChecksumOffset = 6,
            };
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), PseudoHeaderSum(packet));
            byte[] before = [.. packet];
            tun.Write(packet, gso);
            Assert.Equal(before, packet);
            PacketBatch batch = new();
            Assert.True(batch.TryAdd(packet, gso));
            Assert.Equal(1, tun.Write(batch));
            Assert.Equal(2, tun.Superpackets.CutCount);
            byte[] buffer = new byte[2000];
            for (int round = 0; round < 2; round++)
            {
                for (int i = 0; i < Segments; i++)
                {
                    int length = socket.Receive(buffer);
                    Assert.Equal(payload.Skip(i * Segment).Take(Segment), buffer[..length]);
                }
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable(GsoSwitch.Variable, null);
        }
    }

    private static ushort PseudoHeaderSum(ReadOnlySpan<byte> packet)
    {
        uint sum = 17 + (uint)(packet.Length - 20);
        for (int i = 12; i < 20; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }
}
