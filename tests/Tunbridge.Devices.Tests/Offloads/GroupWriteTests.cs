// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Offloads;

/// <summary>Groups of a coalescer on cards of every format, and what happens when the kernel refuses one.</summary>
[Collection(AloneCollection.Name)]
public sealed class GroupWriteTests : DeviceTest
{
    private const int Port = 6000;
    private const int Size = 200;

    public static TheoryData<bool, bool> Formats => new() { { false, false }, { true, false }, { false, true }, { true, true } };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Write_OnEveryFormat_DeliversEveryDatagram(bool information, bool virtio)
    {
        using TunDevice tun = UpTun(new() { PacketInformation = information, VirtioHeader = virtio });
        using Socket server = UdpSocket();
        server.Bind(new IPEndPoint(IPAddress.Parse("10.9.0.1"), Port));
        Coalescer coalescer = new(DeviceLayer.Packet);
        coalescer.Start(Datagrams(10));

        Assert.Equal(1, coalescer.Count);
        Assert.Equal(10, tun.Write(coalescer));
        await AssertReceived(server, 10);
        Assert.True(coalescer.IsEnabled(GsoKind.UdpL4));
        Assert.Equal(0, tun.Refusals.Total);
    }

    [Fact]
    public void Write_GroupTheKernelRefusesAndPacketsItTakes_TurnsTheKindOff()
    {
        // Behind the queue's back the kernel is told that descriptions have two bytes more, so that it sees the third byte
        // of a packet as the first, the length: 0x40.. passes for IPv4, twice as much does not.
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        Coalescer coalescer = new(DeviceLayer.Packet);
        PacketBatch batch = Datagrams(2, 0x4000);
        coalescer.Start(batch);
        Assert.Equal(1, coalescer.Count);
        Assert.Equal(Errno.None, TunControl.TrySetVirtioHeaderSize(tun.Queues[0].Descriptor, 12));

        Assert.Equal(2, tun.Write(coalescer));
        Assert.False(coalescer.IsEnabled(GsoKind.UdpL4));
        Assert.True(coalescer.IsEnabled(GsoKind.TcpV4));
        coalescer.Start(batch);
        Assert.Equal(2, coalescer.Count);
        Assert.Equal(2, tun.Write(coalescer));
        Assert.Equal(0, tun.Refusals.Total);
    }

    [Fact]
    public void Write_CoalescerOfTheOtherLayer_IsTheCallersMistake()
    {
        using TunDevice tun = Tun();

        Assert.Throws<ArgumentException>(() => tun.Write(new Coalescer(DeviceLayer.Frame)));
        Assert.Equal(0, tun.Write(new Coalescer(DeviceLayer.Packet)));
    }

    [Fact]
    public void Write_CardDown_CountsEveryPacketOnce()
    {
        using TunDevice tun = Tun("t0", new() { VirtioHeader = true });
        Coalescer coalescer = new(DeviceLayer.Packet);
        coalescer.Start(Datagrams(5));

        Assert.Equal(0, tun.Write(coalescer));
        Assert.Equal(5, tun.Refusals[PacketWriteStatus.LinkDown]);
        Assert.True(coalescer.IsEnabled(GsoKind.UdpL4));
    }

    [Fact]
    public void Write_SuperpacketsTheKernelRefuses_AreCounted()
    {
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        PacketBatch batch = Datagrams(2);
        PacketBatch hostile = new(8);
        hostile.TryAdd(batch[0].Span, new() { Kind = GsoKind.TcpV4 });
        hostile.TryAdd(batch[0].Span, new() { Kind = (GsoKind)9, SegmentSize = 10 });
        hostile.TryAdd(batch[0].Span, new() { Kind = GsoKind.TcpV6, SegmentSize = 100, NeedsChecksum = true, ChecksumStart = 20, ChecksumOffset = 6 });
        hostile.TryAdd(batch[0].Span, new() { NeedsChecksum = true, ChecksumStart = 2000, ChecksumOffset = 6 });
        Coalescer coalescer = new(DeviceLayer.Packet);
        coalescer.Start(hostile);

        Assert.Equal(4, coalescer.Count);
        Assert.Equal(0, tun.Write(coalescer));
        Assert.Equal(4, tun.Refusals[PacketWriteStatus.Malformed]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Write_AllocatesNothing(bool information, bool virtio)
    {
        using TunDevice tun = UpTun(new() { PacketInformation = information, VirtioHeader = virtio });
        PacketBatch batch = Datagrams(10);
        Coalescer coalescer = new(DeviceLayer.Packet);
        long allocated = 0;
        for (int round = 0; round < 200; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            coalescer.Start(batch);
            tun.Write(coalescer);
            if (round >= 100)
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static PacketBatch Datagrams(int count, int size = Size)
    {
        PacketBatch batch = new();
        byte[] packet = new byte[28 + size];
        for (int i = 0; i < count; i++)
        {
            UdpView.Write(packet.AsSpan(20), 0x0A09_0002, 7, 0x0A09_0001, Port, Payload(i, size));
            Ipv4Header header = new()
            {
                Source = 0x0A09_0002,
                Destination = 0x0A09_0001,
                Protocol = IpProtocol.Udp,
                TimeToLive = 64,
                Identification = (ushort)i,
            };
            Ipv4View.Write(packet, header, 8 + size);
            batch.TryAdd(packet);
        }

        return batch;
    }

    private static byte[] Payload(int i, int size = Size) => [.. Enumerable.Range(i, size).Select(b => (byte)b)];

    private static async Task AssertReceived(Socket server, int count)
    {
        byte[] buffer = new byte[2000];
        for (int i = 0; i < count; i++)
        {
            int length = await server.ReceiveAsync(buffer, Token).AsTask().WaitAsync(Generous.Patience, Token);
            Assert.Equal(Payload(i), buffer[..length]);
        }
    }
}
