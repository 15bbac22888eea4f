// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>Cards with several queues.</summary>
public sealed class MultiQueueTests : DeviceTest
{
    [Fact]
    public void Queues_257th_IsRefusedAndDetachedOnesCount()
    {
        using TapDevice tap = Tap("t0", new() { Queues = 256 });
        Assert.Equal(256, tap.Queues.Count);
        tap.Queues[3].Detach();
        Expect.Refused(Errno.E2BIG, "TUNSETIFF", "t0", "256 queues", () => tap.AddQueue());
        Assert.Throws<ArgumentException>(() => Tap("t1", new() { Queues = 257 }));
    }

    [Fact]
    public void Detach_OfASingleQueueCard_IsInvalid()
    {
        using TapDevice tap = Tap();
        Expect.Refused(Errno.EINVAL, "TUNSETQUEUE detach", "t0", "single queue", tap.Queues[0].Detach);
        Expect.Refused(Errno.EINVAL, "TUNSETIFF", "t0", "TAP single-queue", () => Tap("t0", new() { Queues = 2 }));
    }

    [Fact]
    public void Detach_TwiceAndAttachWhenAttached_AreInvalid()
    {
        using TapDevice tap = Tap("t0", new() { Queues = 2 });
        DeviceQueue queue = tap.Queues[1];
        Expect.Refused(Errno.EINVAL, "TUNSETQUEUE attach", "t0", "not detached", queue.Attach);
        queue.Detach();
        Expect.Refused(Errno.EINVAL, "TUNSETQUEUE detach", "t0", "detached already", queue.Detach);
        Assert.True(queue.IsDetached);
        queue.Attach();
        Assert.False(queue.IsDetached);
    }

    [Fact]
    public void DetachedQueue_StillWritesAndReadsNothing()
    {
        using TunDevice tun = UpTun(new() { Queues = 2 });
        DeviceQueue queue = tun.Queues[1];
        queue.Detach();
        Assert.Equal(PacketWriteStatus.Written, queue.TryWrite(Samples.IPv4()));
        // It reached the kernel, which answers "protocol unreachable".
        Assert.Equal(1, tun.Queues[0].TryRead(new PacketBatch()));
        Send(1, 2, 3);
        Assert.Equal(0, queue.TryRead(new PacketBatch()));
        Assert.Equal(3, tun.Queues[0].TryRead(new PacketBatch()));
        Assert.Equal(TunFlags.DetachQueue, queue.GetInterface().Flags & TunFlags.DetachQueue);
    }

    [Fact]
    public void DetachedQueue_LosesWhatItHolds()
    {
        using TunDevice tun = UpTun(new() { Queues = 2 });
        tun.Queues[1].Detach();
        Send(1, 2, 3);
        tun.Queues[0].Detach();
        Assert.Equal(0, tun.Queues[0].TryRead(new PacketBatch()));
        tun.Queues[0].Attach();
        Assert.Equal(0, tun.Queues[0].TryRead(new PacketBatch()));
        Send(4);
        PacketBatch batch = new();
        tun.Queues[0].TryRead(batch);
        Assert.Equal([4], Marks(batch));
    }

    [Fact]
    public void AllDetached_CarrierStaysAndCannotBeChanged()
    {
        using TapDevice tap = UpTap(new() { Queues = 2 });
        foreach (DeviceQueue queue in tap.Queues)
            queue.Detach();
        Assert.True(tap.GetLink().HasCarrier);
        Expect.Refused(Errno.EPERM, "TUNSETCARRIER", "t0", "attach one first", () => tap.SetCarrier(true));
    }

    [Fact]
    public void Flows_AreSpreadOverQueuesAndNoPacketIsLost()
    {
        using TunDevice tun = UpTun(new() { Queues = 4 });
        const int Flows = 64;
        for (byte i = 0; i < Flows; i++)
            Send(i); // a socket each: a flow each
        PacketBatch batch = new(256);
        int used = 0;
        foreach (DeviceQueue queue in tun.Queues)
            used += queue.TryRead(batch) > 0 ? 1 : 0;
        Assert.Equal(Enumerable.Range(0, Flows).Select(i => (byte)i), Marks(batch).Order());
        Assert.True(used > 1, "every flow went to one queue");
    }

    [Fact]
    public void AddQueue_IsOneMoreOfTheSameCard()
    {
        using TunDevice tun = UpTun(new() { MultiQueue = true, VirtioHeader = true });
        DeviceQueue added = tun.AddQueue();
        Assert.Same(added, tun.Queues[1]);
        Assert.Equal(2, tun.GetLink().Tun!.QueueCount);
        tun.Queues[0].Detach();
        Send(5);
        PacketBatch batch = new();
        Assert.Equal(1, added.TryRead(batch));
        Assert.Equal([5], Marks(batch));
    }
}
