// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests;

/// <summary>Nothing is left of devices that were closed and reads that were cancelled.</summary>
/// <remarks><c>TUNBRIDGE_SOAK=1</c> (tests/soak/run) makes it ten times as many.</remarks>
[Collection(AloneCollection.Name)]
public sealed class LeakTests : DeviceTest
{
    private static int Cycles => Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1" ? 10_000 : 1_000;

    [Fact]
    public void CreateAndClose_ManyTimes_LeavesNothing()
    {
        PacketBatch batch = new();
        AssertNothingLeft(() =>
        {
            using TapDevice tap = Tap();
            ValueTask<int> read = tap.ReadAsync(batch, Token);
            tap.Dispose();
            Assert.True(read.AsTask().ContinueWith(t => t.Exception is not null, TaskScheduler.Default).Result);
        });
        Assert.False(Exists("t0"));
    }

    [Fact]
    public void CreateRefused_ManyTimes_LeavesNothing()
    {
        using TapDevice tap = Tap();
        AssertNothingLeft(() => Assert.Throws<Linux.LinuxException>(() => Tun()));
    }

    [Fact]
    public async Task CancelledReads_ManyTimes_LeaveNothing()
    {
        using TunDevice tun = UpTun();
        PacketBatch batch = new();
        // An asynchronous read, and a synchronous one on a thread that stays.
        using Barrier barrier = new(2);
        CancellationTokenSource source = new();
        int cancelled = 0;
        BlockedThread reader = new(() =>
        {
            while (true)
            {
                barrier.SignalAndWait(Token);
                CancellationToken token = source.Token;
                barrier.SignalAndWait(Token);
                try
                {
                    tun.Read(new byte[100], out _, token);
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }

                barrier.SignalAndWait(Token);
            }
        });
        int rounds = 0;
        AssertNothingLeft(() =>
        {
            source = new CancellationTokenSource();
            barrier.SignalAndWait(Token);
            barrier.SignalAndWait(Token);
            ValueTask<int> read = tun.ReadAsync(batch, source.Token);
            source.Cancel();
            Assert.Throws<OperationCanceledException>(() => read.AsTask().GetAwaiter().GetResult());
            barrier.SignalAndWait(Token);
            rounds++;
        });
        Assert.Equal(rounds, cancelled);
        tun.Dispose();
        source = new CancellationTokenSource();
        barrier.SignalAndWait(Token);
        barrier.SignalAndWait(Token);
        await Task.Yield();
        Assert.IsType<ObjectDisposedException>(reader.Join());
    }

    private static void AssertNothingLeft(Action cycle)
    {
        // Pools, lazily made threads and the JIT settle first.
        for (int i = 0; i < 50; i++)
            cycle();
        (int descriptors, int threads, long memory) = Measure();
        for (int i = 0; i < Cycles; i++)
            cycle();
        (int descriptorsAfter, int threadsAfter, long memoryAfter) = Measure();
        Assert.InRange(descriptorsAfter, 0, descriptors + 3);
        // The pool may have added a thread or two of its own.
        Assert.InRange(threadsAfter, 0, threads + 4);
        // 256 bytes a cycle would be a leak; a megabyte in all is the heap's own noise.
        Assert.InRange(memoryAfter, 0, memory + 1_000_000);
    }

    private static (int Descriptors, int Threads, long Memory) Measure()
    {
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        GC.WaitForPendingFinalizers();
        return (Directory.GetFileSystemEntries("/proc/self/fd").Length,
            Directory.GetDirectories("/proc/self/task").Length, memory);
    }
}
