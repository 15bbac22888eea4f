// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Groups;

/// <summary>Cancelling, closing, deleting and downing a card that is read in groups.</summary>
[Collection(AloneCollection.Name)]
public sealed class GroupEndTests : GroupTest
{
    private static int Cycles => Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1" ? 1_000 : 100;

    [Fact]
    public void Cancel_AfterGroups_WakesTheReaderAndLosesNothing()
    {
        using TunDevice tun = UpTun(Options);
        using NumberedSender sender = Sender();
        List<uint> numbers = [];
        for (int round = 0; round < 20; round++)
        {
            sender.Send(Row);
            numbers.AddRange(Drain(tun));
            using CancellationTokenSource source = new();
            BlockedThread reader = new(() => tun.Read(new PacketBatch(), source.Token));
            reader.WaitUntilBlocked();
            source.Cancel();
            Assert.IsType<OperationCanceledException>(reader.Join());
        }

        Assert.Equal(Numbers(20 * Row), numbers);
        Assert.True(tun.Queues[0].ReadGroups >= 20);
    }

    [Fact]
    public void Dispose_AfterGroups_WakesTheReaderAndTheCardGoesAtOnce()
    {
        TunDevice tun = UpTun(Options);
        using NumberedSender sender = Sender();
        sender.Send(Row);
        Drain(tun);
        BlockedThread reader = new(() => tun.Read(new PacketBatch(), CancellationToken.None));
        reader.WaitUntilBlocked();
        tun.Dispose();
        Assert.IsType<ObjectDisposedException>(reader.Join());
        Assert.False(Exists("t0"));
    }

    [Fact]
    public void Dispose_WhilePacketsAreRead_ManyTimes_LeavesNothingAndTheQueueIsFreeAtOnce()
    {
        UpTun(Options with { Persistent = true }).Dispose();
        using NumberedSender sender = Sender();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Thread flood = new(() =>
        {
            while (!end.IsCancellationRequested)
                sender.Send(100);
        });
        flood.Start();
        long groups = 0;
        int descriptors = 0;
        try
        {
            for (int cycle = 0; cycle < Cycles; cycle++)
            {
                // EBUSY while anything still has the last one open.
                TunDevice tun = TunDevice.Attach("t0", new() { Namespace = Ns.Namespace });
                using SemaphoreSlim read = new(0);
                BlockedThread reader = new(() =>
                {
                    PacketBatch batch = new();
                    while (true)
                    {
                        batch.Clear();
                        tun.Read(batch, CancellationToken.None);
                        read.Release();
                    }
                });
                // From the 5th batch on in groups, when nothing was waited for.
                for (int i = 0; i < 10 + (cycle % 7); i++)
                    Assert.True(read.Wait(s_patience, Token));
                tun.Dispose();
                Assert.IsType<ObjectDisposedException>(reader.Join());
                groups += tun.Queues[0].ReadGroups;
                if (cycle == Cycles / 2)
                    descriptors = Descriptors();
            }
        }
        finally
        {
            end.Cancel();
            flood.Join();
        }

        Assert.True(groups > 0);
        Assert.InRange(Descriptors(), 0, descriptors + 3);
    }

    [Fact]
    public void DroppedWithoutDispose_TheCardGoesWithTheCollector()
    {
        ReadAndForget();
        for (int i = 0; i < 100 && Exists("t0"); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(Exists("t0"));

        void ReadAndForget()
        {
            TunDevice tun = UpTun(Options);
            using NumberedSender sender = Sender();
            sender.Send(Row);
            Assert.Equal(Row, Drain(tun).Count);
            Assert.True(tun.Queues[0].ReadGroups > 0);
        }
    }

    [Fact]
    public void Delete_WhilePacketsAreRead_SaysThatTheCardWasDeleted()
    {
        using TunDevice tun = UpTun(Options);
        using NumberedSender sender = Sender();
        using CountdownEvent enough = new(50);
        BlockedThread reader = new(() =>
        {
            PacketBatch batch = new();
            while (true)
            {
                batch.Clear();
                tun.Read(batch, CancellationToken.None);
                if (!enough.IsSet)
                    enough.Signal();
            }
        });
        while (!enough.IsSet)
            sender.Send(Row);
        Ns.Ip("link delete t0");
        LinuxException error = Assert.IsType<LinuxException>(reader.Join());
        Expect.Refused(Errno.EBADFD, "read", "t0", "deleted", () => throw error);
        Expect.Refused(Errno.EBADFD, "read", "t0", "deleted", () => tun.TryRead(new PacketBatch()));
    }

    [Fact]
    public void Delete_WithAGroupDue_SaysThatTheCardWasDeleted()
    {
        using TunDevice tun = UpTun(Options);
        using NumberedSender sender = Sender();
        sender.Send(Row);
        PacketBatch batch = new();
        while (tun.Queues[0].ReadGroups == 0)
        {
            batch.Clear();
            Assert.Equal(batch.Capacity, tun.TryRead(batch));
        }

        Ns.Ip("link delete t0");
        batch.Clear();
        Expect.Refused(Errno.EBADFD, "read", "t0", "deleted", () => tun.TryRead(batch));
        Expect.Refused(Errno.EBADFD, "read", "t0", "deleted", () => tun.TryRead(new byte[100], out _, out _));
    }

    [Fact]
    public async Task SomebodyWaits_NoGroupIsReadThatCouldLeaveAPacketBesideHim()
    {
        using TunDevice tun = UpTun(Options with { Mtu = 65_535 });
        using NumberedSender sender = Sender();
        // The thread that would wake the asynchronous reader is kept busy.
        using EventFd busy = new();
        using ManualResetEventSlim entered = new(), leave = new();
        CancellationToken token = Token; // that thread knows nothing of tests
        using ReadinessLoop.Registration registration = ReadinessLoop.Shared.Register(busy.Descriptor, () =>
        {
            entered.Set();
            leave.Wait(s_patience, token);
        });
        PacketBatch batch = new(), waiting = new();
        Task<int> read;
        try
        {
            registration.Arm();
            busy.Set();
            Assert.True(entered.Wait(s_patience, Token));
            read = tun.ReadAsync(waiting, Token).AsTask();
            Assert.False(read.IsCompleted);
            sender.Send(Row);
            sender.Send(50, 60_000);
            do
            {
                batch.Clear();
                tun.TryRead(batch);
            }
            while (batch.Count == batch.Capacity);
            Assert.Equal(0, tun.Queues[0].ReadGroups);
        }
        finally
        {
            leave.Set();
        }

        await read.WaitAsync(s_patience, Token);
        Assert.InRange(waiting[0].Length, 60_000, int.MaxValue);
        waiting.Clear();
        Drain(tun);
        sender.Send(Row);
        Assert.Equal(Row, Drain(tun).Count);
        Assert.True(tun.Queues[0].ReadGroups > 0);
    }

    [Fact]
    public void DownAndUp_ReadingGoesOn()
    {
        using TunDevice tun = UpTun(Options);
        for (int round = 0; round < 5; round++)
        {
            using NumberedSender sender = Sender();
            sender.Send(Row);
            Assert.Equal(Numbers(Row), Drain(tun));
            long groups = tun.Queues[0].ReadGroups;
            Assert.True(groups > round);
            BlockedThread reader = new(() => tun.Read(new PacketBatch(), CancellationToken.None));
            reader.WaitUntilBlocked();
            Ns.Ip("link set t0 down");
            Ns.Ip("link set t0 up");
            sender.Send(1);
            Assert.Null(reader.Join());
        }
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
