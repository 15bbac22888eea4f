// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Groups;

/// <summary>Packets read in groups are those that single reads would have given, in their order.</summary>
public sealed class GroupReadTests : GroupTest
{
    private const int Large = 60_000;

    /// <summary>Packet information, virtio header (0: none), TAP.</summary>
    public static TheoryData<bool, int, bool> Formats => new()
    {
        { false, 0, false }, { true, 0, false }, { false, 10, false }, { false, 24, false }, { true, 12, false },
        { false, 0, true }, { true, 20, true },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void PacketsInARow_AreReadInOrderAndInGroups(bool information, int virtio, bool isTap)
    {
        DeviceOptions options = Options with
        {
            PacketInformation = information,
            VirtioHeader = virtio != 0,
            VirtioHeaderSize = virtio == 0 ? 10 : virtio,
        };
        using VirtualDevice card = isTap ? AddressedTap(options) : UpTun(options);
        using NumberedSender sender = Sender();
        Random random = new(1);
        for (int i = 0; i < Row; i++)
            sender.SendOne(random.Next(NumberedSender.Smallest, 1400));

        PacketBatch batch = new();
        List<uint> numbers = [];
        while (card.TryRead(batch) != 0)
        {
            foreach (ref readonly Packet packet in batch)
            {
                numbers.Add(NumberedSender.NumberOf(packet.Span, card.Layer));
                Assert.Equal(information ? 0x0800 : 0, packet.EtherType);
                Assert.True(packet.Headroom >= PacketBatch.Headroom + virtio);
            }

            batch.Clear();
        }

        Assert.Equal(Numbers(Row), numbers);
        Assert.True(card.Queues[0].ReadGroups > 0);
    }

    [Fact]
    public void FewPackets_AreReadSingly()
    {
        using TunDevice tun = UpTun();
        using NumberedSender sender = Sender();
        for (int round = 0; round < 50; round++)
        {
            sender.Send(150);
            Drain(tun);
        }

        Assert.Equal(0, tun.Queues[0].ReadGroups);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(500)]
    public void BatchOfAnyCapacity_IsFilledToItsEnd(int capacity)
    {
        using TunDevice tun = UpTun(Options);
        using NumberedSender sender = Sender();
        sender.Send(1500);
        PacketBatch batch = new(capacity);
        List<uint> numbers = [];
        while (numbers.Count < 1500)
        {
            batch.Clear();
            Assert.Equal(Math.Min(capacity, 1500 - numbers.Count), tun.TryRead(batch));
            NumberedSender.AddNumbers(batch, tun.Layer, numbers);
        }

        Assert.Equal(Numbers(1500), numbers);
        Assert.True(tun.Queues[0].ReadGroups > 0);
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("span")]
    [InlineData("async batch")]
    [InlineData("async memory")]
    public async Task LargePacketsAfterSmall_WhatHasNoRoomIsReadNextWhateverTheWay(string way)
    {
        using TunDevice tun = UpTun(Options with { Mtu = 65_535, Queues = 2 });
        DeviceQueue queue = tun.Queues[0];
        tun.Queues[1].Detach();
        using NumberedSender sender = Sender();
        sender.Send(Row);
        sender.Send(50, Large);
        sender.Send(Row);
        // Until a group gave more than the batch has room for.
        PacketBatch batch = new();
        List<uint> numbers = [];
        do
        {
            batch.Clear();
            queue.TryRead(batch);
            NumberedSender.AddNumbers(batch, queue.Layer, numbers);
        }
        while (batch.Count == batch.Capacity);
        long groups = queue.ReadGroups;
        int before = numbers.Count;
        // The kernel drops what it still holds of this queue, so that the rest can only be what was read already.
        tun.Queues[1].Attach();
        queue.Detach();
        while (await TryReadOne(queue, way, numbers))
        {
        }

        Assert.True(numbers.Count > before, "nothing was left over: the test does not test");
        Assert.Equal(Numbers(numbers.Count), numbers);
        Assert.Equal(groups, queue.ReadGroups);
    }

    [Fact]
    public void LargePackets_AreReadSinglyOnceTheyAreKnown()
    {
        using TunDevice tun = UpTun(Options with { Mtu = 65_535 });
        using NumberedSender sender = Sender();
        sender.Send(Row);
        sender.Send(100, Large);
        Assert.Equal(Numbers(Row + 100), Drain(tun));
        long groups = tun.Queues[0].ReadGroups;
        sender.Send(100, Large);
        Assert.Equal(100, Drain(tun).Count);
        Assert.Equal(groups, tun.Queues[0].ReadGroups);
    }

    [Fact]
    public void HeaderSizeChanged_WhatWasReadBeforeIsUnderstood()
    {
        using TunDevice tun = UpTun(Options with { Mtu = 65_535, VirtioHeader = true });
        using NumberedSender sender = Sender();
        sender.Send(Row);
        sender.Send(50, Large);
        PacketBatch batch = new();
        List<uint> numbers = [];
        do
        {
            batch.Clear();
            tun.TryRead(batch);
            NumberedSender.AddNumbers(batch, tun.Layer, numbers);
        }
        while (batch.Count == batch.Capacity);
        tun.SetVirtioHeaderSize(24);
        numbers.AddRange(Drain(tun));
        Assert.Equal(Numbers(Row + 50), numbers);
    }

    private static async Task<bool> TryReadOne(DeviceQueue queue, string way, List<uint> numbers)
    {
        byte[] buffer = new byte[PacketBatch.MaximumPacketSize];
        PacketBatch batch = new();
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        int length = 0;
        switch (way)
        {
            case "batch":
                queue.TryRead(batch);
                break;
            case "span":
                queue.TryRead(buffer, out length, out _);
                break;
            default:
                Task<int> read = way == "async batch"
                    ? queue.ReadAsync(batch, source.Token).AsTask()
                    : queue.ReadAsync(buffer, source.Token).AsTask();
                if (!read.IsCompleted)
                {
                    await source.CancelAsync();
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
                    return false;
                }

                length = way == "async batch" ? 0 : await read;
                break;
        }

        NumberedSender.AddNumbers(batch, queue.Layer, numbers);
        if (length != 0)
            numbers.Add(NumberedSender.NumberOf(buffer.AsSpan(0, length), queue.Layer));
        return length != 0 || batch.Count != 0;
    }
}
