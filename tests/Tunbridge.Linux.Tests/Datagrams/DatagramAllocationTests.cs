// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux.Tests.Datagrams;

/// <summary>Sending and receiving allocate nothing.</summary>
public sealed class DatagramAllocationTests : DatagramTest
{
    [Theory]
    [InlineData("127.0.0.1:0", true)]
    [InlineData("127.0.0.1:0", false)]
    [InlineData("[::1]:0", true)]
    public void SendAndReceive_AllocateNothing(string local, bool whole)
    {
        using DatagramSocket to = Open(local, new() { Coalescing = whole });
        using DatagramSocket from = Open(local, new() { Segmentation = whole });
        DatagramPath path = new(to.LocalAddress), nowhere = new(At(local[0] == '[' ? "[2001:db8::1]:9" : "192.0.2.1:9"));
        using DatagramSendBatch sends = new(100_000);
        DatagramReceiveBatch receives = new(16);
        Dictionary<DatagramAddress, int> peers = new() { [from.LocalAddress] = 1 };
        // The runtime compiles a loop anew whenever it likes, on this thread, and allocates for that; what the code itself
        // allocates is there in every stretch.
        long[] allocated = new long[5];
        for (int round = 0; round < 50 * allocated.Length; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Span<byte> slab = sends.Slab.Span;
            sends.Clear();
            sends.TryAddRun(path, slab[..30_000], 1400);
            for (int i = 0; i < 10; i++)
                sends.TryAdd(path, slab.Slice(40_000 + (i * 1500), 1200));
            sends.TryAdd(nowhere, slab[..10]);
            from.Send(sends, CancellationToken.None);
            from.TrySend(path, slab[..10]);
            int known = 0;
            for (int bytes = 0; bytes < 30_000 + 12_000 + 10;)
            {
                to.Receive(receives, CancellationToken.None);
                foreach (ref readonly DatagramRun run in receives)
                {
                    bytes += run.Length;
                    known += peers[run.Path.Remote];
                }
            }

            to.TryReceive(receives);
            long after = GC.GetAllocatedBytesForCurrentThread();
            Assert.NotEqual(0, known);
            allocated[round / 50] += after - before;
        }

        Assert.Contains(0, allocated);
    }

    [Fact]
    public void WaitingReceive_AllocatesNothing()
    {
        using DatagramSocket to = Open("127.0.0.1:0"), from = Open("127.0.0.1:0");
        DatagramPath path = new(to.LocalAddress);
        using SemaphoreSlim next = new(0);
        Thread sender = new(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                next.Wait(Token);
                from.TrySend(path, "x"u8);
            }
        });
        sender.Start();
        DatagramReceiveBatch batch = new(1);
        using CancellationTokenSource source = new();
        long allocated = 0;
        for (int round = 0; round < 200; round++)
        {
            next.Release();
            long before = GC.GetAllocatedBytesForCurrentThread();
            to.Receive(batch, source.Token);
            long after = GC.GetAllocatedBytesForCurrentThread();
            if (round >= 100)
                allocated += after - before;
        }

        sender.Join();
        Assert.Equal(0, allocated);
    }
}
