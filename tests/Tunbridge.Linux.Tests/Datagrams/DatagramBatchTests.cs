// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Tunbridge.Linux.Tests.Datagrams;

/// <summary>What the batches make of datagrams, against the kernel.</summary>
public sealed class DatagramBatchTests : DatagramTest
{
    /// <summary>Segment size and number of datagrams; whether the kernel may cut and join.</summary>
    public static TheoryData<string, int, int, bool> Runs => new()
    {
        { "127.0.0.1", 1400, 46, true },
        { "127.0.0.1", 1400, 500, true },
        { "127.0.0.1", 1, 200, true },
        { "127.0.0.1", 65_507, 3, true },
        { "[::1]", 1400, 500, true },
        { "[::1]", 9000, 100, true },
        { "127.0.0.1", 1400, 500, false },
        { "[::1]", 1400, 500, false },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void Run_OfEqualSegments_ArrivesAsTheSameDatagrams(string host, int size, int count, bool whole)
    {
        using DatagramSocket to = Open($"{host}:0", new() { Coalescing = whole });
        using DatagramSocket from = Open($"{host}:0", new() { Segmentation = whole });
        using DatagramSendBatch batch = new((size * count) + 1);
        byte[] sent = RandomNumberGenerator.GetBytes((size * count) - (size / 2));
        sent.CopyTo(batch.Slab);
        Assert.True(batch.TryAddRun(new(to.LocalAddress), batch.Slab.Span[..sent.Length], size));
        from.Send(batch, Token);
        Assert.True(batch.IsDone);

        DatagramReceiveBatch received = new(8);
        List<byte> bytes = [];
        int datagrams = 0, largestRun = 0;
        while (datagrams < count)
        {
            to.Receive(received, Token);
            foreach (ref readonly DatagramRun run in received)
            {
                for (int i = 0; i < run.Count; i++, datagrams++)
                {
                    Assert.Equal(datagrams == count - 1 ? sent.Length - (size * (count - 1)) : size, run[i].Length);
                    bytes.AddRange(run[i]);
                }

                Assert.Equal(from.LocalAddress, run.Path.Remote);
                Assert.Equal(to.LocalAddress.WithPort(0), run.Path.Local);
                Assert.Equal(1, run.Path.InterfaceIndex);
                Assert.False(run.IsTruncated);
                Assert.Equal(run.Length, run.Memory.Length);
                largestRun = Math.Max(largestRun, run.Count);
            }
        }

        Assert.Equal(sent, bytes);
        Assert.Equal(whole && size < 30_000, largestRun > 1);
        Assert.Equal((count, (long)sent.Length), ((int)from.Counters.Sent, from.Counters.SentBytes));
        Assert.Equal((count, (long)sent.Length), ((int)to.Counters.Received, to.Counters.ReceivedBytes));
        Assert.Equal(0, from.Counters.SegmentationFallbacks);
        Assert.NotEqual(whole, from.IsSegmentationOff);
        Assert.Equal(whole, to.IsCoalescing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Datagrams_OfAnyLengthAnywhereInTheSlab_ArriveInOrder(bool whole)
    {
        using DatagramSocket to = Open("127.0.0.1:0"), other = Open("127.0.0.1:0");
        using DatagramSocket from = Open("127.0.0.1:0", new() { Segmentation = whole });
        DatagramPath path = new(to.LocalAddress);
        // Equal ones join, a shorter one ends the run, an empty one and a longer one start anew.
        string[] texts = ["aaaa", "bbbb", "cc", "dddd", "", "", "eeeeee", "ff", "ff", "f"];
        using DatagramSendBatch batch = Fill(path, texts);
        Assert.Equal(6, batch.MessageCount);
        Assert.True(batch.TryAdd(new(other.LocalAddress), batch.Slab.Span[..4]));
        from.Send(batch, Token);
        Assert.Equal(texts, Receive(to, texts.Length));
        Assert.Equal(["aaaa"], Receive(other, 1));

        batch.Clear();
        Assert.True(batch.IsDone);
        Assert.Equal(0, batch.MessageCount);
        from.Send(batch, Token);
        Assert.Equal(11, from.Counters.Sent);
    }

    [Fact]
    public void Datagrams_MoreThanOneCallTakes_AllGo()
    {
        using DatagramSocket to = Open("127.0.0.1:0");
        using DatagramSocket from = Open("127.0.0.1:0");
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => new string((char)('a' + (i % 26)), 1 + i))];
        using DatagramSendBatch batch = Fill(new(to.LocalAddress), texts);
        Assert.Equal(300, batch.MessageCount);
        from.Send(batch, Token);
        Assert.Equal(texts, Receive(to, 300));
    }

    [Theory]
    [InlineData(1400, 46)]
    [InlineData(1000, 64)]
    [InlineData(40_000, 1)]
    public void Message_Full_TakesAShorterDatagramWhereThereIsRoom(int size, int perMessage)
    {
        using DatagramSocket to = Open("127.0.0.1:0");
        using DatagramSocket from = Open("127.0.0.1:0");
        using DatagramSendBatch batch = new(100_000);
        batch.Slab.Span.Fill((byte)'x');
        DatagramPath path = new(to.LocalAddress);
        for (int i = 0; i < perMessage; i++)
            Assert.True(batch.TryAdd(path, batch.Slab.Span.Slice(i % 2, size)));
        Assert.Equal(1, batch.MessageCount);
        // The 65,507 bytes of a message have room left, its 64 datagrams have not.
        int shorter = perMessage == DatagramSendBatch.MaximumSegments ? 0 : 500;
        Assert.True(batch.TryAdd(path, batch.Slab.Span[..500]));
        Assert.Equal(shorter == 0 ? 2 : 1, batch.MessageCount);
        Assert.True(batch.TryAdd(path, batch.Slab.Span[1..501]));
        Assert.Equal(2, batch.MessageCount);
        from.Send(batch, Token);
        List<string> received = Receive(to, perMessage + 2);
        Assert.Equal([.. Enumerable.Repeat(size, perMessage), 500, 500], received.Select(t => t.Length));
    }

    [Fact]
    public void Paths_ThatDifferInOnePartOnly_DoNotShareAMessage()
    {
        using DatagramSendBatch batch = new(1000);
        DatagramAddress remote = At("127.0.0.1:9"), local = new(System.Net.IPAddress.Loopback);
        DatagramAddress linkLocal = At("[fe80::1%1]:9");
        DatagramPath[] paths =
        [
            default,
            new(remote),
            new(At("127.0.0.2:9")),
            new(remote.WithPort(10)),
            new(remote) { Local = local },
            new(remote) { Local = local.WithPort(9) },
            new(remote) { InterfaceIndex = 1 },
            new(linkLocal),
            new(At("[fe80::1%2]:9")),
            new(At("[fe80::2%1]:9")),
            new(At("[7f00:1::]:9")), // the bytes of 127.0.0.1 in the other family
        ];
        for (int i = 0; i < paths.Length; i++)
        {
            Assert.True(batch.TryAdd(paths[i], batch.Slab.Span[..10]));
            Assert.True(batch.TryAdd(paths[i], batch.Slab.Span.Slice(20, 10)));
            Assert.Equal(i + 1, batch.MessageCount);
        }

        Assert.Equal(paths.Length, paths.Distinct().Count());
    }

    [Fact]
    public void Memory_OfBatches_BeginsOnACacheLine()
    {
        using DatagramSocket to = Open("127.0.0.1:0", new() { Coalescing = false });
        using DatagramSocket from = Open("127.0.0.1:0");
        using DatagramSendBatch batch = new(1001);
        Assert.Equal((1001, 0), (batch.Slab.Length, Misalignment(batch.Slab)));
        DatagramReceiveBatch received = new(3, 11);
        while (to.Counters.Received < 3)
        {
            from.TrySend(new DatagramPath(to.LocalAddress), "0123456789a"u8);
            to.Receive(received, Token);
            foreach (ref readonly DatagramRun run in received)
                Assert.Equal(0, Misalignment(run.Memory));
        }

        static int Misalignment(Memory<byte> memory)
        {
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(memory, out ArraySegment<byte> part);
            return (int)(System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(part.Array!, part.Offset) % 64);
        }
    }

    [Fact]
    public void Batch_Full_RefusesAndKeepsWhatItHas()
    {
        using DatagramSendBatch batch = new(1000, capacity: 2);
        DatagramPath path = new(At("127.0.0.1:9"));
        Span<byte> slab = batch.Slab.Span;
        Assert.True(batch.TryAdd(path, slab[..10]));
        Assert.True(batch.TryAdd(path, slab[10..20])); // beside: no more room needed
        Assert.True(batch.TryAdd(path, slab[30..40]));
        Assert.False(batch.TryAdd(path, slab[50..60]));
        Assert.False(batch.TryAddRun(path, slab[50..60], 5));
        Assert.Equal((1, 2), (batch.MessageCount, batch.Capacity));
    }

    [Fact]
    public void Add_BytesElsewhere_Throws()
    {
        using DatagramSendBatch batch = new(1000), other = new(100_000);
        DatagramPath path = new(At("127.0.0.1:9"));
        Assert.Throws<ArgumentException>(() => batch.TryAdd(path, new byte[10]));
        Assert.Throws<ArgumentException>(() => batch.TryAddRun(path, other.Slab.Span, 100));
        Assert.Throws<ArgumentException>(() => other.TryAdd(path, other.Slab.Span[..65_508]));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.TryAddRun(path, batch.Slab.Span, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DatagramReceiveBatch(129));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DatagramReceiveBatch(1, 65_537));
    }

    [Fact]
    public void SlotTooShort_CutsAndCounts()
    {
        using DatagramSocket to = Open("127.0.0.1:0", new() { Coalescing = false });
        using DatagramSocket from = Open("127.0.0.1:0");
        Assert.Equal(DatagramOutcome.Sent, from.TrySend(new DatagramPath(to.LocalAddress), "0123456789"u8));
        DatagramReceiveBatch batch = new(1, 4);
        Assert.Equal(1, to.Receive(batch, Token));
        Assert.True(batch[0].IsTruncated);
        Assert.Equal("0123"u8, batch[0].Span);
        Assert.Equal(1, to.Counters.Truncated);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[1]);
        Assert.Equal(0, to.TryReceive(batch));
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Headroom_BeforeEveryRun_MayBeWritten()
    {
        using DatagramSocket to = Open("127.0.0.1:0", new() { Coalescing = false });
        using DatagramSocket from = Open("127.0.0.1:0");
        DatagramPath path = new(to.LocalAddress);
        from.TrySend(path, "first"u8);
        from.TrySend(path, "second"u8);
        DatagramReceiveBatch batch = new(2, 6);
        while (to.Counters.Received < 2)
            to.Receive(batch, Token);
        Assert.SkipUnless(batch.Count == 2, "the two came in two calls");
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(batch[1].Memory, out ArraySegment<byte> second);
        second.Array.AsSpan(second.Offset - DatagramReceiveBatch.Headroom, DatagramReceiveBatch.Headroom).Fill(0xa5);
        Assert.Equal("first"u8, batch[0].Span);
        Assert.Equal("second"u8, batch[1].Span);
    }
}
