// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Groups;

/// <summary>A card that is kept full: every packet is read once and in order, or the kernel counts it as dropped.</summary>
/// <remarks><c>TUNBRIDGE_SOAK=1</c> (tests/soak/run) makes it twenty times as many.</remarks>
public sealed class GroupFloodTests : GroupTest
{
    private static int Count => Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1" ? 1_000_000 : 50_000;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task OneReader_EverythingSentIsReadInOrderOrDroppedByTheKernel(bool virtio, bool isAsync)
    {
        using TunDevice tun = UpTun(Options with { VirtioHeader = virtio });
        using NumberedSender sender = Sender();
        Task sending = Task.Run(() => Flood(sender, 1400), Token);
        PacketBatch batch = new();
        uint next = 0;
        int read = 0;
        while (true)
        {
            batch.Clear();
            if (tun.TryRead(batch) == 0)
            {
                if (sending.IsCompleted && tun.TryRead(batch) == 0)
                    break;
                if (!sending.IsCompleted && batch.Count == 0)
                    await WaitForOne(tun, batch, isAsync, sending);
            }

            foreach (ref readonly Packet packet in batch)
            {
                uint number = NumberedSender.NumberOf(packet.Span, tun.Layer);
                Assert.True(number >= next, $"packet {number} came after {next - 1}");
                next = number + 1;
            }

            read += batch.Count;
        }

        await sending;
        Assert.Equal(sender.Sent, read + DroppedBy(tun));
        Assert.True(tun.Queues[0].ReadGroups > 0);
    }

    [Fact]
    public async Task SeveralReaders_OfAllSizes_ReadEverythingOnceAndNobodySleepsOverAPacket()
    {
        using TunDevice tun = UpTun(Options with { Mtu = 65_535 });
        using NumberedSender sender = Sender();
        List<uint> seen = [];
        using SemaphoreSlim more = new(0);
        BlockedThread[] readers = [.. Enumerable.Range(0, 3).Select(i => new BlockedThread(() => Read(tun, i, seen, more)))];
        // Bursts of small packets, some with large ones at their end, each read to its end before the next: what one reader
        // has no room for must not lie while the others sleep.
        for (int round = 0; round < Count / 500; round++)
        {
            sender.Send(200);
            if (round % 3 == 0)
                sender.Send(20, 60_000);
            while (true)
            {
                lock (seen)
                {
                    if (seen.Count + DroppedBy(tun) == sender.Sent)
                        break;
                }

                Assert.True(await more.WaitAsync(s_patience, Token), $"round {round}: {seen.Count} of {sender.Sent} were read");
            }
        }

        tun.Dispose();
        foreach (BlockedThread reader in readers)
            Assert.IsType<ObjectDisposedException>(reader.Join());
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task SeveralQueues_EachFlowStaysInOrder()
    {
        using TunDevice tun = UpTun(Options with { Queues = 4 });
        const int Flows = 8;
        Dictionary<(int Queue, ushort Port), uint> next = [];
        int read = 0;
        BlockedThread[] readers = [.. tun.Queues.Select((queue, number) => new BlockedThread(() =>
        {
            PacketBatch batch = new();
            while (true)
            {
                batch.Clear();
                queue.Read(batch, CancellationToken.None);
                lock (next)
                {
                    foreach (ref readonly Packet packet in batch)
                    {
                        (int, ushort) flow = (number, (ushort)((packet.Span[22] << 8) | packet.Span[23]));
                        uint sequence = NumberedSender.NumberOf(packet.Span, queue.Layer);
                        Assert.True(sequence >= next.GetValueOrDefault(flow), $"{flow}: {sequence} after {next.GetValueOrDefault(flow)}");
                        next[flow] = sequence + 1;
                    }

                    read += batch.Count;
                }
            }
        }))];
        NumberedSender[] senders = [.. Enumerable.Range(0, Flows).Select(i => Sender((ushort)(9000 + i)))];
        await Task.WhenAll(senders.Select(s => Task.Run(() => Flood(s, 200, Count / Flows), Token)));
        long dropped = DroppedBy(tun);
        await Until(() => read + dropped == senders.Sum(s => s.Sent));
        long groups = tun.Queues.Sum(q => q.ReadGroups);
        tun.Dispose();
        foreach (BlockedThread reader in readers)
            Assert.IsType<ObjectDisposedException>(reader.Join());
        Assert.True(groups > 0);

        async Task Until(Func<bool> holds)
        {
            using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
            patience.CancelAfter(s_patience);
            while (true)
            {
                lock (next)
                {
                    if (holds())
                        return;
                }

                await timer.WaitForNextTickAsync(patience.Token);
            }
        }
    }

    private static void Flood(NumberedSender sender, int largest, int? count = null)
    {
        Random random = new(3);
        for (int i = 0; i < (count ?? Count); i++)
            sender.SendOne(random.Next(NumberedSender.Smallest, largest));
    }

    // The last packet may have been dropped, so that none comes any more: who waits must learn that the sender has ended.
    private static async Task WaitForOne(TunDevice tun, PacketBatch batch, bool isAsync, Task sending)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task end = sending.ContinueWith(_ => source.Cancel(), TaskScheduler.Default);
        try
        {
            if (isAsync)
                await tun.ReadAsync(batch, source.Token);
            else
                tun.Read(batch, source.Token);
        }
        catch (OperationCanceledException)
        {
            await end;
        }
    }

    private static void Read(TunDevice tun, int way, List<uint> seen, SemaphoreSlim more)
    {
        PacketBatch batch = new();
        byte[] buffer = new byte[PacketBatch.MaximumPacketSize];
        while (true)
        {
            batch.Clear();
            int length = 0;
            switch (way)
            {
                case 0: tun.Read(batch, CancellationToken.None); break;
                case 1: tun.ReadAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult(); break;
                default: length = tun.Read(buffer, out _, CancellationToken.None); break;
            }

            lock (seen)
            {
                NumberedSender.AddNumbers(batch, tun.Layer, seen);
                if (length != 0)
                    seen.Add(NumberedSender.NumberOf(buffer.AsSpan(0, length), tun.Layer));
            }

            more.Release();
        }
    }
}
