// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests;

/// <summary>The virtual host under garbage, and what a packet costs it.</summary>
public sealed class VirtualHostStressTests
{
    private static readonly byte[][] s_requests =
    [
        .. new[]
        {
            Requests.Arp, Requests.Solicitation, Requests.Ping4, Requests.Ping6, Requests.Udp4, Requests.Udp6,
            Requests.BroadcastPing, Requests.MulticastPing, Requests.MulticastReport,
        }.Select(Requests.Bytes),
    ];

    private static readonly VirtualHostOptions s_options = new()
    {
        Ipv4Address = IPAddress.Parse("192.168.0.2"),
        Ipv6Address = IPAddress.Parse("fd00::2"),
    };

    [Theory]
    [InlineData(DeviceLayer.Frame, 1)]
    [InlineData(DeviceLayer.Packet, 2)]
    public void Handle_Garbage_NeverThrowsAndAnswersOnlyInItsOwnName(DeviceLayer layer, int seed)
    {
        const int Rounds = 300_000;
        Random random = new(seed);
        (MemoryPacketQueue inside, MemoryPacketQueue outside) = MemoryPacketQueue.CreatePair(layer, 4);
        using (inside)
        using (outside)
        {
            VirtualHost host = new(inside, s_options);
            byte[] packet = new byte[2048];
            byte[] answer = new byte[2048];
            for (int round = 0; round < Rounds; round++)
            {
                int length = Fill(random, packet, layer);
                bool isAnswered = host.Handle(packet.AsSpan(0, length));
                Assert.Equal(isAnswered, outside.TryRead(answer, out int answerLength, out _));
                if (isAnswered)
                    Assert.True(IsFromHost(answer.AsSpan(0, answerLength), layer), Convert.ToHexString(answer.AsSpan(0, answerLength)));
            }

            Assert.Equal(Rounds, host.Received);
            Assert.Equal(Rounds, host.Sent + host.Ignored + host.Refused);
            Assert.InRange(host.Sent, 1, Rounds / 2); // changes that do no harm are among them
        }
    }

    [Theory]
    [InlineData(DeviceLayer.Frame)]
    [InlineData(DeviceLayer.Packet)]
    public void Handle_AnyRequest_AllocatesNothing(DeviceLayer layer)
    {
        (MemoryPacketQueue inside, MemoryPacketQueue outside) = MemoryPacketQueue.CreatePair(layer, 4);
        using (inside)
        using (outside)
        {
            VirtualHost host = new(inside, s_options);
            byte[] packet = new byte[2048];
            byte[] answer = new byte[2048];
            Serve(1000); // the queue makes its buffers, the compiler its code
            long before = GC.GetAllocatedBytesForCurrentThread();
            Serve(1000);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(host.Sent > 0);

            void Serve(int rounds)
            {
                for (int round = 0; round < rounds; round++)
                {
                    foreach (byte[] request in s_requests)
                    {
                        ReadOnlySpan<byte> bytes = request.AsSpan(layer == DeviceLayer.Frame ? 0 : Requests.LinkSize);
                        bytes.CopyTo(packet);
                        host.Handle(packet.AsSpan(0, bytes.Length));
                        outside.TryRead(answer, out _, out _);
                    }
                }
            }
        }
    }

    // Either nothing but noise, or a request with a few bytes changed and some cut off or added.
    private static int Fill(Random random, byte[] packet, DeviceLayer layer)
    {
        if (random.Next(10) == 0)
        {
            int noise = random.Next(200);
            random.NextBytes(packet.AsSpan(0, noise));
            return noise;
        }

        byte[] request = s_requests[random.Next(s_requests.Length)];
        int start = layer == DeviceLayer.Frame ? 0 : Requests.LinkSize;
        int length = request.Length - start;
        request.AsSpan(start).CopyTo(packet);
        for (int changes = random.Next(4); changes > 0; changes--)
            packet[random.Next(length)] ^= (byte)(1 << random.Next(8));
        return random.Next(4) switch
        {
            0 => random.Next(length + 1),
            1 => length + random.Next(packet.Length - length),
            _ => length,
        };
    }

    private static bool IsFromHost(ReadOnlySpan<byte> answer, DeviceLayer layer)
    {
        int offset = 0;
        if (layer == DeviceLayer.Frame)
        {
            if (!EthernetView.TryParse(answer, out EthernetView frame) || frame.Source != s_options.MacAddress)
                return false;
            if (!frame.TrySkipTags(out EtherType type, out offset))
                return false;
            if (type == EtherType.Arp)
            {
                return ArpView.TryParse(answer[offset..], out ArpView arp) && arp.Operation == ArpOperation.Reply &&
                    arp.SenderMac == s_options.MacAddress && arp.SenderAddress == s_options.Ipv4Address!.ToUInt32();
            }
        }

        return Ipv4View.TryParse(answer[offset..], out Ipv4View v4)
            ? v4.Source == s_options.Ipv4Address!.ToUInt32() && v4.IsHeaderChecksumValid
            : Ipv6View.TryParse(answer[offset..], out Ipv6View v6) && v6.Source == s_options.Ipv6Address!.ToUInt128();
    }
}
