// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests;

/// <summary>The packet path allocates nothing.</summary>
[Collection(AloneCollection.Name)]
public sealed class AllocationTests : DeviceTest
{
    /// <summary>Formats of a card: packet information, virtio header.</summary>
    public static TheoryData<bool, bool> Formats => new() { { false, false }, { false, true }, { true, true } };

    [Theory]
    [MemberData(nameof(Formats))]
    public void BatchRead_AllocatesNothing(bool information, bool virtio)
    {
        using TunDevice tun = UpTun(new() { PacketInformation = information, VirtioHeader = virtio });
        PacketBatch batch = new();
        long allocated = 0;
        for (int round = 0; round < 200; round++)
        {
            Send(1, 2, 3);
            batch.Clear();
            long before = GC.GetAllocatedBytesForCurrentThread();
            int count = tun.Read(batch, CancellationToken.None);
            long after = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(3, count);
            if (round >= 100)
                allocated += after - before;
        }

        Assert.Equal(0, allocated);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void BatchRead_InGroups_AllocatesNothing(bool information, bool virtio)
    {
        using TunDevice tun = UpTun(new() { PacketInformation = information, VirtioHeader = virtio });
        byte[] marks = new byte[450];
        PacketBatch batch = new();
        long allocated = 0;
        for (int round = 0; round < 40; round++)
        {
            Send(marks);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int count = 0;
            do
            {
                batch.Clear();
                count += tun.Read(batch, CancellationToken.None);
            }
            while (count < marks.Length);
            long after = GC.GetAllocatedBytesForCurrentThread();
            if (round >= 20)
                allocated += after - before;
        }

        Assert.Equal(0, allocated);
        Assert.SkipUnless(tun.Queues[0].ReadGroupRefusal == Errno.None, "io_uring is refused here");
        Assert.True(tun.Queues[0].ReadGroups > 0);
    }

    [Fact]
    public void SingleRead_WithACancellableToken_AllocatesNothing()
    {
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        using CancellationTokenSource source = new();
        byte[] buffer = new byte[2000];
        long allocated = 0;
        for (int round = 0; round < 200; round++)
        {
            Send(1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            tun.Read(buffer, out _, source.Token);
            tun.TryRead(buffer, out _, out _);
            long after = GC.GetAllocatedBytesForCurrentThread();
            if (round >= 100)
                allocated += after - before;
        }

        Assert.Equal(0, allocated);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Write_AllocatesNothing(bool information, bool virtio)
    {
        using TunDevice tun = UpTun(new() { PacketInformation = information, VirtioHeader = virtio });
        byte[] packet = Samples.IPv4(1400);
        PacketBatch batch = new();
        for (int i = 0; i < 10; i++)
            Assert.True(batch.TryAdd(packet));
        long allocated = 0;
        for (int round = 0; round < 200; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            int written = tun.Write(batch);
            tun.Write(packet);
            PacketWriteStatus refused = tun.TryWrite([]);
            long after = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(10, written);
            Assert.Equal(information ? PacketWriteStatus.Written : PacketWriteStatus.Malformed, refused);
            if (round >= 100)
                allocated += after - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task ReadAsync_ThatWaits_AllocatesNothing()
    {
        using TunDevice tun = UpTun();
        using Socket socket = UdpSocket();
        SocketAddress target = new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9).Serialize();
        byte[] payload = [1];
        PacketBatch batch = new();
        const int Rounds = 2000;
        await Exchange(Rounds);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await Exchange(Rounds);
        long perRead = (GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds;
        // The smallest object has 24 bytes; what the test framework does beside is spread over all rounds.
        Assert.InRange(perRead, 0, 23);

        async Task Exchange(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                batch.Clear();
                ValueTask<int> read = tun.ReadAsync(batch, CancellationToken.None);
                Assert.False(read.IsCompleted);
                socket.SendTo(payload, SocketFlags.None, target);
                await read.ConfigureAwait(false);
            }
        }
    }
}
