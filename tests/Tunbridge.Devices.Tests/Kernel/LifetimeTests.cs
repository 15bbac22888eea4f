// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>Cards that go, stay and come back.</summary>
public sealed class LifetimeTests : DeviceTest
{
    [Fact]
    public void Delete_UnderAReaderBlockedInTheKernel_GivesFault()
    {
        using TunDevice tun = UpTun();
        FileDescriptor fd = tun.Queues[0].Descriptor;
        fd.SetNonBlocking(false);
        Errno errno = Errno.None;
        BlockedThread reader = new(() => errno = fd.Read(new byte[100], out _));
        reader.WaitUntilBlocked();
        Ns.Ip("link delete t0");
        Assert.Null(reader.Join());
        Assert.Equal(Errno.EFAULT, errno);
    }

    [Fact]
    public void Delete_UnderASynchronousReader_SaysThatTheCardWasDeleted()
    {
        using TunDevice tun = UpTun();
        BlockedThread reader = new(() => tun.Read(new PacketBatch(), CancellationToken.None));
        reader.WaitUntilBlocked();
        Ns.Ip("link delete t0");
        LinuxException error = Assert.IsType<LinuxException>(reader.Join());
        Expect.Refused(Errno.EBADFD, "read", "t0", "deleted", () => throw error);
    }

    [Fact]
    public async Task Delete_UnderAnAsynchronousReader_SaysThatTheCardWasDeleted()
    {
        using TunDevice tun = UpTun();
        ValueTask<int> read = tun.ReadAsync(new PacketBatch(), Token);
        Ns.Ip("link delete t0");
        LinuxException error = await Assert.ThrowsAsync<LinuxException>(async () => await read);
        Expect.Refused(Errno.EBADFD, "read", "t0", "deleted", () => throw error);
    }

    [Fact]
    public void Delete_LaterCalls_AreInBadStateAndTheDescriptorCanBeReused()
    {
        using TunDevice tun = UpTun();
        using EventFd wake = new();
        FileDescriptor fd = tun.Queues[0].Descriptor;
        Ns.Ip("link delete t0");
        Expect.Refused(Errno.EBADFD, "read", "t0", "create it again", () => tun.TryRead(new PacketBatch()));
        Expect.Refused(Errno.EBADFD, "write", "t0", "create it again", () => tun.Write(Samples.IPv4()));
        Assert.Equal(PacketWriteStatus.Gone, tun.TryWrite(Samples.IPv4()));
        Expect.Refused(Errno.EBADFD, "TUNSETPERSIST", "t0", "create it again", () => tun.SetPersistent(true));
        Expect.Refused(Errno.EBADFD, "TUNGETIFF", "t0", "create it again", () => tun.GetInterface());
        Assert.Equal(WaitOutcome.Ready, Readiness.WaitReadable(fd, wake, null, 0));
        Assert.Equal(Errno.None, TunControl.TrySetInterface(fd, "again", TunFlags.Tun, out _));
        Assert.True(Exists("again"));
    }

    [Fact]
    public void Persistent_WithoutDescriptor_StaysWithoutCarrier()
    {
        using (TapDevice tap = UpTap(new() { Persistent = true }))
            Assert.True(tap.GetLink().HasCarrier);
        Assert.Contains("NO-CARRIER", Ns.Ip("link show t0"), StringComparison.Ordinal);
        using (TapDevice tap = Tap("t0", new() { Persistent = false }))
        {
            Assert.False(tap.WasCreated);
            Assert.True(tap.GetLink().HasCarrier);
        }

        Assert.False(Exists("t0"));
    }

    [Fact]
    public void NotPersistent_LastDescriptorCloses_CardGoes()
    {
        using (TapDevice tap = Tap("t0", new() { Queues = 2 }))
        {
            tap.Queues[0].Dispose();
            Assert.True(Exists("t0"));
            Assert.Equal("t0", tap.GetInterface().Name);
        }

        Assert.False(Exists("t0"));
    }

    [Fact]
    public void PersistentFlag_GivenToAttach_IsIgnored()
    {
        using (FileDescriptor fd = OpenNode())
            Assert.Equal(Errno.None, TunControl.TrySetInterface(fd, "t0", TunFlags.Tun | TunFlags.Persistent, out _));
        Assert.False(Exists("t0"));
    }

    [Fact]
    public void Reattach_HeaderSizeAndMaskSurvive_AndTheLibraryResetsThem()
    {
        RealTool.Require("ethtool");
        using (TapDevice tap = Tap("t0", new() { Persistent = true, Offload = Offload.All, VirtioHeaderSize = 12 }))
            Assert.Equal(12, tap.VirtioHeaderSize);
        using (FileDescriptor fd = OpenNode())
        {
            const TunFlags Flags = TunFlags.Tap | TunFlags.NoPacketInformation | TunFlags.VirtioHeader;
            Assert.Equal(Errno.None, TunControl.TrySetInterface(fd, "t0", Flags, out _));
            Assert.Equal(Errno.None, TunControl.TryGetVirtioHeaderSize(fd, out int size));
            Assert.Equal(12, size);
            Assert.Contains("tcp-segmentation-offload: on", Features(), StringComparison.Ordinal);
        }

        using (TapDevice tap = Tap("t0", new() { VirtioHeader = true }))
        {
            Assert.Equal(10, tap.VirtioHeaderSize);
            _ = TunControl.TryGetVirtioHeaderSize(tap.Queues[0].Descriptor, out int size);
            Assert.Equal(10, size);
            _ = TunControl.TryGetVirtioLittleEndian(tap.Queues[0].Descriptor, out bool little);
            Assert.True(little);
        }

        Assert.Contains("tcp-segmentation-offload: off", Features(), StringComparison.Ordinal);
        // Flags of a persistent card may change from one attach to the next.
        using (TapDevice tap = Tap("t0", new() { PacketInformation = true }))
            Assert.Equal((true, false), (tap.GetLink().Tun!.HasPacketInformation, tap.GetLink().Tun!.HasVirtioHeader));
    }

    [Theory]
    [InlineData("delete detach close")]
    [InlineData("detach delete close")]
    [InlineData("detach close delete")]
    [InlineData("detach attach delete close")]
    [InlineData("detach attach close delete")]
    public void SecondQueue_EveryOrderOfDetachCloseAndDelete_IsSurvived(string steps)
    {
        using TapDevice tap = Tap("t0", new() { Queues = 2, Napi = true });
        DeviceQueue queue = tap.Queues[1];
        bool deleted = false;
        foreach (string step in steps.Split(' '))
        {
            switch (step)
            {
                case "delete":
                    Ns.Ip("link delete t0");
                    deleted = true;
                    break;
                case "close": queue.Dispose(); break;
                case "attach": queue.Attach(); break;
                // A detach after the deletion must fail with EINVAL.
                case "detach" when deleted:
                    Expect.Refused(Errno.EINVAL, "TUNSETQUEUE detach", "t0", "detached already", queue.Detach);
                    break;
                case "detach": queue.Detach(); break;
            }
        }

        Assert.False(Exists("t0"));
    }

    private string Features() => Ns.Exec("ethtool", "-k", "t0").Output;
}
