// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests;

public sealed class PacketBatchTests
{
    private const int SmallestSlab = PacketBatch.Headroom + PacketBatch.MaximumPacketSize;

    [Fact]
    public void Constructor_ArgumentsBelowTheMinimum_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketBatch(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketBatch(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketBatch(1, SmallestSlab - 1));
        Assert.Equal(1, new PacketBatch(1, SmallestSlab).Capacity);
    }

    [Fact]
    public void MaximumPacketSize_HoldsEverythingADeviceCanGive() =>
        // IP packet, Ethernet, two VLAN tags, packet information, the longest virtio-net header.
        Assert.True(PacketBatch.MaximumPacketSize >= 65_535 + 14 + (2 * 4) + 4 + VirtioNetHeader.MaximumSize);

    [Fact]
    public void GetSpan_EmptyBatchOfSmallestSlab_HoldsExactlyTheLargestPacket()
    {
        var batch = new PacketBatch(2, SmallestSlab);
        Assert.Equal(PacketBatch.MaximumPacketSize, batch.GetSpan().Length);

        batch.GetSpan().Fill(0x5A);
        batch.Commit(PacketBatch.MaximumPacketSize);

        Assert.True(batch.IsFull);
        Assert.Equal(1, batch.Count);
        Assert.True(batch.GetSpan().IsEmpty);
        Assert.True(batch.GetMemory().IsEmpty);
        Assert.False(batch.TryAdd([1]));
        Assert.False(batch.TryAdd([]));
        Assert.Equal(PacketBatch.MaximumPacketSize, batch[0].Length);
        Assert.False(batch[0].Span.ContainsAnyExcept((byte)0x5A));
    }

    [Fact]
    public void Commit_BeyondTheSpan_IsRefusedAndChangesNothing()
    {
        var batch = new PacketBatch(2, SmallestSlab);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Commit(PacketBatch.MaximumPacketSize + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Commit(PacketBatch.MaximumPacketSize, skip: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Commit(int.MaxValue, skip: int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Commit(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Commit(1, skip: -1));
        Assert.Equal(0, batch.Count);
        Assert.Equal(PacketBatch.MaximumPacketSize, batch.GetSpan().Length);
    }

    [Fact]
    public void Commit_AtCapacity_IsRefused()
    {
        var batch = new PacketBatch(1);
        batch.Commit(1);
        Assert.True(batch.IsFull);
        Assert.Throws<InvalidOperationException>(() => batch.Commit(1));
    }

    [Fact]
    public void Commit_WithSkippedHeader_MakesItHeadroom()
    {
        var batch = new PacketBatch();
        Span<byte> span = batch.GetSpan();
        span[..10].Fill(0xEE);
        span.Slice(10, 3).Fill(0x45);
        batch.Commit(3, new GsoInfo { SegmentSize = 7 }, packetInformationFlags: 1, etherType: 0x0800, skip: 10);

        ref readonly Packet packet = ref batch[0];
        Assert.Equal([0x45, 0x45, 0x45], packet.Span.ToArray());
        Assert.Equal([0x45, 0x45, 0x45], packet.Memory.ToArray());
        Assert.Equal(PacketBatch.Headroom + 10, packet.Headroom);
        Assert.Equal(7, packet.Gso.SegmentSize);
        Assert.Equal(1, packet.PacketInformationFlags);
        Assert.Equal(0x0800, packet.EtherType);
        Assert.Equal(0xEE, packet.SpanWithHeadroom(1)[0]);
    }

    [Fact]
    public void SpanWithHeadroom_AllOfIt_TouchesNoOtherPacket()
    {
        var random = new Random(64);
        var batch = new PacketBatch(32);
        var expected = new List<byte[]>();
        while (expected.Count < batch.Capacity)
        {
            byte[] bytes = new byte[random.Next(0, 1700)];
            random.NextBytes(bytes);
            Assert.True(batch.TryAdd(bytes));
            expected.Add(bytes);
        }

        foreach (ref readonly Packet packet in batch)
        {
            Assert.True(packet.Headroom >= PacketBatch.Headroom);
            Span<byte> all = packet.SpanWithHeadroom(packet.Headroom);
            Assert.Equal(packet.Headroom + packet.Length, all.Length);
            all[..packet.Headroom].Fill(0xA5);
        }

        for (int i = 0; i < expected.Count; i++)
            Assert.True(batch[i].Span.SequenceEqual(expected[i]), $"packet {i} was overwritten");
    }

    [Fact]
    public void SpanWithHeadroom_MoreThanThereIs_IsRefused()
    {
        var batch = new PacketBatch();
        batch.TryAdd([1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[0].SpanWithHeadroom(PacketBatch.Headroom + 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[0].SpanWithHeadroom(-1).Length);
    }

    [Fact]
    public void TryAdd_UntilTheSlabIsUsedUp_AddsWhatFitsToTheByte()
    {
        for (int length = 65_400; length <= PacketBatch.MaximumPacketSize; length++)
        {
            var batch = new PacketBatch(3, SmallestSlab + 256);
            Assert.True(batch.TryAdd(new byte[length]));
            int used = (PacketBatch.Headroom + length + 15) & ~15;
            int left = SmallestSlab + 256 - used - PacketBatch.Headroom;
            if (left < 0)
            {
                Assert.False(batch.TryAdd([]));
                continue;
            }

            Assert.False(batch.TryAdd(new byte[left + 1]));
            Assert.True(batch.TryAdd(new byte[left]));
            Assert.False(batch.TryAdd([1]));
            Assert.Equal(2, batch.Count);
        }
    }

    [Fact]
    public void IsFull_RoomOneByteShortOfTheLargestPacket_IsTrueThoughASmallOneFits()
    {
        var batch = new PacketBatch(3, SmallestSlab + 79);
        batch.TryAdd(new byte[16]); // takes 64 + 16
        Assert.True(batch.IsFull);
        Assert.True(batch.GetSpan().IsEmpty);
        Assert.True(batch.TryAdd(new byte[16]));

        batch = new PacketBatch(3, SmallestSlab + 80);
        batch.TryAdd(new byte[16]);
        Assert.False(batch.IsFull);
        Assert.Equal(PacketBatch.MaximumPacketSize, batch.GetSpan().Length);
    }

    [Fact]
    public void Clear_AfterFilling_GivesTheWholeRoomAgain()
    {
        var batch = new PacketBatch(2);
        int room = batch.GetSpan().Length;
        batch.TryAdd([1]);
        batch.TryAdd([2]);
        Assert.False(batch.TryAdd([3]));

        batch.Clear();

        Assert.Equal(0, batch.Count);
        Assert.False(batch.IsFull);
        Assert.Equal(room, batch.GetSpan().Length);
        Assert.Equal(room, batch.GetMemory().Length);
        foreach (ref readonly Packet packet in batch)
            Assert.Fail($"a packet of {packet.Length} bytes was left");
    }

    [Fact]
    public void Indexer_OutsideTheBatch_IsRefused()
    {
        var batch = new PacketBatch();
        batch.TryAdd([1]);
        Assert.Equal(1, batch[0].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[1].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[-1].Length);
    }

    [Fact]
    public void Default_Packet_IsEmpty()
    {
        Packet packet = default;
        Assert.True(packet.Span.IsEmpty);
        Assert.True(packet.Memory.IsEmpty);
        Assert.Equal(0, packet.Headroom);
    }
}
