// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>Packets through a card in a namespace of its own.</summary>
public sealed class ReadWriteTests : DeviceTest
{
    [Fact]
    public void Tun_PacketsSentThroughIt_AreReadInOrder()
    {
        using TunDevice tun = UpTun();
        using Socket socket = UdpSocket();
        for (byte i = 0; i < 5; i++)
            socket.SendTo([i], new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9));
        PacketBatch batch = new();
        List<byte> seen = [];
        while (seen.Count < 5)
        {
            batch.Clear();
            int count = tun.Read(batch, Token);
            Assert.Equal(batch.Count, count);
            foreach (ref readonly Packet packet in batch)
            {
                if (packet.Span[0] >> 4 == 4)
                    seen.Add(packet.Span[28]);
            }
        }

        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public void Tun_PacketWritten_ReachesTheKernel()
    {
        using TunDevice tun = UpTun();
        using Socket socket = UdpSocket();
        socket.Bind(new IPEndPoint(IPAddress.Any, 9));
        byte[] packet = Samples.Udp("10.9.0.2", "10.9.0.1", 9, "hello"u8);
        tun.Write(packet);
        byte[] received = new byte[100];
        socket.ReceiveTimeout = 10_000;
        Assert.Equal(5, socket.Receive(received));
        Assert.Equal("hello"u8.ToArray(), received[..5]);
    }

    [Fact]
    public async Task ReadAsync_NothingWaits_CompletesWithThePacketThatComes()
    {
        using TunDevice tun = UpTun();
        PacketBatch batch = new();
        Drain(tun, batch);
        ValueTask<int> read = tun.ReadAsync(batch, Token);
        using Socket socket = UdpSocket();
        socket.SendTo([42], new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9));
        Assert.Equal(1, await read);
        Assert.Equal(42, batch[0].Span[28]);
    }

    [Fact]
    public async Task ReadAsync_SecondAtOnce_IsRefusedAndTheFirstGoesOn()
    {
        using TunDevice tun = UpTun();
        byte[] buffer = new byte[2000];
        PacketBatch batch = new();
        Drain(tun, batch);
        ValueTask<int> first = tun.ReadAsync(batch, Token);
        InvalidOperationException error =
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await tun.ReadAsync(buffer, Token));
        Assert.Contains("under way", error.Message, StringComparison.Ordinal);
        using Socket socket = UdpSocket();
        socket.SendTo([1], new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9));
        Assert.Equal(1, await first);
        Assert.False(tun.TryRead(buffer, out _, out _));
    }

    private static void Drain(TunDevice tun, PacketBatch batch)
    {
        while (tun.TryRead(batch) != 0)
            batch.Clear();
        batch.Clear();
    }
}
