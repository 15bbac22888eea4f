// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests;

public sealed class MemoryPacketQueueTests
{
    private static readonly byte[] s_ipv4 = [0x45, 1, 2, 3];
    private static readonly GsoInfo s_gso = new()
    {
        Kind = GsoKind.TcpV6,
        SegmentSize = 2,
        HeaderLength = 1,
        NeedsChecksum = true,
        ChecksumOffset = 2,
    };

    [Fact]
    public void TryRead_WrittenBothWays_EachEndGetsTheOthersPackets()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        using (first)
        using (second)
        {
            first.Write([0x45, 1]);
            second.Write([0x60, 2]);

            byte[] buffer = new byte[10];
            Assert.True(second.TryRead(buffer, out int length, out GsoInfo gso));
            Assert.Equal([0x45, 1], buffer[..length]);
            Assert.Equal(default, gso);
            Assert.True(first.TryRead(buffer, out length, out _));
            Assert.Equal([0x60, 2], buffer[..length]);
            Assert.False(first.TryRead(buffer, out length, out _));
            Assert.Equal(0, length);
            Assert.False(second.TryRead(buffer, out _, out _));
        }
    }

    [Fact]
    public void Write_Superpacket_CarriesItsDescriptionToEveryKindOfRead()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        var batch = new PacketBatch();
        for (int i = 0; i < 3; i++)
            first.Write(s_ipv4, s_gso);

        Assert.True(second.TryRead(new byte[10], out _, out GsoInfo gso));
        Assert.Equal(s_gso, gso);
        Assert.Equal(4, second.Read(new byte[10], out gso, TestContext.Current.CancellationToken));
        Assert.Equal(s_gso, gso);
        Assert.Equal(1, second.TryRead(batch));
        Assert.Equal(s_gso, batch[0].Gso);

        Assert.Equal(1, second.Write(batch)); // and a batch carries it on
        Assert.True(first.TryRead(new byte[10], out _, out gso));
        Assert.Equal(s_gso, gso);
    }

    [Fact]
    public void TryWrite_AtCapacity_DropsAndCounts()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet, capacity: 3);
        for (byte i = 0; i < 3; i++)
            Assert.Equal(PacketWriteStatus.Written, first.TryWrite([0x45, i]));
        Assert.Equal(PacketWriteStatus.QueueFull, first.TryWrite([0x45, 3]));
        var refusal = Assert.Throws<PacketRefusedException>(() => first.Write([0x45, 4]));
        Assert.Equal(PacketWriteStatus.QueueFull, refusal.Status);
        Assert.IsAssignableFrom<IOException>(refusal);

        Assert.Equal(2, first.Refusals[PacketWriteStatus.QueueFull]);
        Assert.Equal(0, second.Refusals.Total);
        var batch = new PacketBatch();
        Assert.Equal(3, second.TryRead(batch));
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(i => (int)batch[i].Span[1]));
        Assert.Equal(PacketWriteStatus.Written, first.TryWrite([0x45, 5])); // room again
    }

    public static TheoryData<DeviceLayer, byte[]> Malformed => new()
    {
        { DeviceLayer.Packet, [] },
        { DeviceLayer.Packet, [0x00] },
        { DeviceLayer.Packet, [0x54, 4, 6] },
        { DeviceLayer.Packet, [0xF0, 0] },
        { DeviceLayer.Frame, [] },
        { DeviceLayer.Frame, new byte[13] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void TryWrite_WhatTheKernelRefusesWithEinval_IsMalformed(DeviceLayer layer, byte[] packet)
    {
        var (first, second) = MemoryPacketQueue.CreatePair(layer);

        Assert.Equal(PacketWriteStatus.Malformed, first.TryWrite(packet));
        Assert.Equal(1, first.Refusals[PacketWriteStatus.Malformed]);
        Assert.False(second.TryRead(new byte[20], out _, out _));
    }

    [Theory]
    [InlineData(DeviceLayer.Packet, 0x40, 1)]
    [InlineData(DeviceLayer.Packet, 0x6F, 1)]
    [InlineData(DeviceLayer.Frame, 0x00, 14)]
    [InlineData(DeviceLayer.Packet, 0x45, PacketBatch.MaximumPacketSize)]
    public void TryWrite_ShortestAndLongestTheKernelTakes_AreWritten(DeviceLayer layer, byte firstByte, int length)
    {
        var (first, second) = MemoryPacketQueue.CreatePair(layer);
        byte[] packet = new byte[length];
        packet[0] = firstByte;

        Assert.Equal(layer, first.Layer);
        Assert.Equal(PacketWriteStatus.Written, first.TryWrite(packet));
        var batch = new PacketBatch(1, PacketBatch.Headroom + PacketBatch.MaximumPacketSize);
        Assert.Equal(1, second.TryRead(batch));
        Assert.Equal(packet, batch[0].Span.ToArray());
        Assert.Equal(PacketWriteStatus.Malformed, first.TryWrite(new byte[PacketBatch.MaximumPacketSize + 1]));
    }

    public static TheoryData<GsoInfo, PacketWriteStatus> Descriptions => new()
    {
        { new GsoInfo { Kind = GsoKind.TcpV4 }, PacketWriteStatus.Malformed },
        { new GsoInfo { Kind = GsoKind.TcpV4, SegmentSize = 1 }, PacketWriteStatus.Written },
        { new GsoInfo { HeaderLength = 5 }, PacketWriteStatus.Malformed },
        { new GsoInfo { HeaderLength = 4 }, PacketWriteStatus.Written },
        { new GsoInfo { NeedsChecksum = true, ChecksumStart = 3 }, PacketWriteStatus.Malformed },
        { new GsoInfo { NeedsChecksum = true, ChecksumOffset = 3 }, PacketWriteStatus.Malformed },
        { new GsoInfo { NeedsChecksum = true, ChecksumStart = 65_535, ChecksumOffset = 3 }, PacketWriteStatus.Malformed },
        { new GsoInfo { NeedsChecksum = true, ChecksumStart = 1, ChecksumOffset = 1 }, PacketWriteStatus.Written },
        { new GsoInfo { ChecksumStart = 9 }, PacketWriteStatus.Written },
    };

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void TryWrite_DescriptionOfFourBytes_MustFitThem(GsoInfo gso, PacketWriteStatus expected)
    {
        var (first, _) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        Assert.Equal(expected, first.TryWrite(s_ipv4, gso));
    }

    [Fact]
    public void WriteBatch_OneMalformedInTheMiddle_WritesTheOthers()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        var batch = new PacketBatch();
        batch.TryAdd([0x45, 0]);
        batch.TryAdd([0x15, 1]);
        batch.TryAdd([0x65, 2]);

        Assert.Equal(2, first.Write(batch));
        Assert.Equal(1, first.Refusals[PacketWriteStatus.Malformed]);
        batch.Clear();
        Assert.Equal(2, second.TryRead(batch));
        Assert.Equal(2, batch[1].Span[1]);
    }

    [Fact]
    public void Read_BufferShorterThanThePacket_CutsAndGoesOnToTheNext()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        first.Write([0x45, 1, 2, 3]);
        first.Write([0x46, 9]);

        byte[] buffer = new byte[2];
        Assert.Equal(2, second.Read(buffer, out _, TestContext.Current.CancellationToken));
        Assert.Equal([0x45, 1], buffer);
        Assert.True(second.TryRead(buffer, out int length, out _));
        Assert.Equal([0x46, 9], buffer[..length]);
    }

    [Fact]
    public void TryRead_MoreThanTheBatchHolds_LeavesTheRest()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        for (byte i = 0; i < 5; i++)
            first.Write([0x45, i]);

        var batch = new PacketBatch(3);
        Assert.Equal(3, second.TryRead(batch));
        Assert.Throws<ArgumentException>(() => second.TryRead(batch));
        batch.Clear();
        Assert.Equal(2, second.TryRead(batch));
        Assert.Equal(3, batch[0].Span[1]);
        Assert.Equal(0, second.TryRead(batch)); // room is left, nothing waits
    }

    [Fact]
    public void TryRead_RandomSizesThroughASmallRing_KeepsOrderAndBytes()
    {
        var random = new Random(5);
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet, capacity: 7);
        var expected = new Queue<byte[]>();
        var batch = new PacketBatch(4);
        for (int step = 0; step < 5000; step++)
        {
            if (random.Next(2) == 0)
            {
                byte[] packet = new byte[random.Next(20) == 0 ? 60_000 : random.Next(1, 4000)];
                random.NextBytes(packet);
                packet[0] = 0x45;
                bool isWritten = first.TryWrite(packet) == PacketWriteStatus.Written;
                Assert.Equal(expected.Count < 7, isWritten);
                if (isWritten)
                    expected.Enqueue(packet);
            }
            else
            {
                batch.Clear();
                second.TryRead(batch);
                foreach (ref readonly Packet packet in batch)
                    Assert.True(packet.Span.SequenceEqual(expected.Dequeue()), $"step {step}");
            }
        }

        Assert.True(first.Refusals[PacketWriteStatus.QueueFull] > 0);
    }

    [Fact]
    public async Task Dispose_ThisEnd_EveryCallThrows()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        second.Write(s_ipv4);
        first.Dispose();
        first.Dispose();

        var batch = new PacketBatch();
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Throws<ObjectDisposedException>(() => first.Read(batch, token));
        Assert.Throws<ObjectDisposedException>(() => first.TryRead(batch));
        Assert.Throws<ObjectDisposedException>(() => first.Read(new byte[1], out _, token));
        Assert.Throws<ObjectDisposedException>(() => first.TryRead(new byte[1], out _, out _));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await first.ReadAsync(batch, token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await first.ReadAsync(new byte[1], token));
        Assert.Throws<ObjectDisposedException>(() => first.Write(s_ipv4));
        Assert.Throws<ObjectDisposedException>(() => first.Write(batch));
        Assert.Throws<ObjectDisposedException>(() => first.TryWrite(s_ipv4));
    }

    [Fact]
    public async Task Dispose_OtherEnd_WhatWaitsIsReadThenTheEnd()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        first.Write(s_ipv4);
        await first.DisposeAsync();

        var batch = new PacketBatch();
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Equal(1, await second.ReadAsync(batch, token));
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await second.ReadAsync(batch, token));
        Assert.Throws<EndOfStreamException>(() => second.Read(batch, token));
        Assert.Throws<EndOfStreamException>(() => second.TryRead(batch));
        Assert.Equal(PacketWriteStatus.Gone, second.TryWrite(s_ipv4));
        Assert.Equal(PacketWriteStatus.Gone, Assert.Throws<PacketRefusedException>(() => second.Write(s_ipv4)).Status);
        Assert.Equal(0, second.Write(batch));
        Assert.Equal(3, second.Refusals[PacketWriteStatus.Gone]);
    }

    [Fact]
    public void CreatePair_CapacityOutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryPacketQueue.CreatePair(DeviceLayer.Packet, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryPacketQueue.CreatePair(DeviceLayer.Packet, int.MaxValue));
    }
}
