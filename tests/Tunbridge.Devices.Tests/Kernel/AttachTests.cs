// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>Opening the node and attaching to cards.</summary>
public sealed class AttachTests : DeviceTest
{
    private const TunFlags PlainTap = TunFlags.Tap | TunFlags.NoPacketInformation;

    [Fact]
    public void Descriptor_BeforeAttach_IsInBadState()
    {
        using FileDescriptor fd = OpenNode();
        using EventFd wake = new();
        Assert.Equal(Errno.EBADFD, fd.Read(new byte[100], out _));
        Assert.Equal(Errno.EBADFD, fd.Write(Samples.IPv4(), out _));
        _ = TunControl.TryGetInterface(fd, out Errno errno);
        Assert.Equal(Errno.EBADFD, errno);
        Assert.Equal(Errno.EBADFD, TunControl.TrySetPersistent(fd, true));
        // POLLERR counts as ready: the next read tells the error.
        Assert.Equal(WaitOutcome.Ready, Readiness.WaitReadable(fd, wake, null, 0));
        Expect.Refused(Errno.EBADFD, "TUNGETIFF", $"descriptor {fd.Number}", "attach it with TUNSETIFF",
            () => VirtualDevice.FromDescriptor(fd));
    }

    [Fact]
    public void Features_OfThisKernel_HaveEveryFlagTheOptionsUse()
    {
        using FileDescriptor fd = OpenNode();
        const TunFlags Used = TunFlags.Tun | TunFlags.Tap | TunFlags.Napi | TunFlags.NapiFragments |
            TunFlags.MultiQueue | TunFlags.NoPacketInformation | TunFlags.VirtioHeader;
        Assert.Equal(Used, TunControl.GetFeatures(fd) & Used);
    }

    [Fact]
    public void Attach_WithoutKind_IsInvalid()
    {
        using FileDescriptor fd = OpenNode();
        Assert.Equal(Errno.EINVAL, TunControl.TrySetInterface(fd, "t0", TunFlags.NoPacketInformation, out _));
    }

    [Theory]
    [InlineData("a/b", "'/'")]
    [InlineData("a b", "blank")]
    [InlineData("a:b", "':'")]
    [InlineData("..", "not allowed")]
    [InlineData("all", "not allowed")]
    [InlineData("default", "not allowed")]
    public void Attach_NameTheKernelRefuses_IsRefusedBeforeItWithOneSentence(string name, string why)
    {
        using FileDescriptor fd = OpenNode();
        Assert.Equal(Errno.EINVAL, TunControl.TrySetInterface(fd, name, PlainTap, out _));
        ArgumentException error = Assert.Throws<ArgumentException>(() => Tap(name));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attach_NameOfAnotherDriversInterface_IsNamedAsSuch()
    {
        Expect.Refused(Errno.EINVAL, "TUNSETIFF", "lo", "lo is a loopback interface", () => Tap("lo"));
        Ns.Ip("link add d0 type bridge");
        Expect.Refused(Errno.EINVAL, "TUNSETIFF", "d0", "an interface of kind bridge", () => Tap("d0"));
    }

    [Fact]
    public void Attach_BothKinds_BecomesTun()
    {
        using FileDescriptor fd = OpenNode();
        Assert.Equal(Errno.None, TunControl.TrySetInterface(fd, "t0", TunFlags.Tun | PlainTap, out _));
        Assert.Equal(TunFlags.Tun, TunControl.GetInterface(fd).Flags & (TunFlags.Tun | TunFlags.Tap));
    }

    [Fact]
    public void Attach_SixteenByteName_KernelCutsAndTheLibraryRefuses()
    {
        const string Long = "abcdefghijklmnop";
        using FileDescriptor fd = OpenNode();
        Assert.Equal(Errno.None, TunControl.TrySetInterface(fd, Long, PlainTap, out string attached));
        Assert.Equal(Long[..15], attached);
        Assert.Contains("at most 15", Assert.Throws<ArgumentException>(() => Tap(Long)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TemplateOrNoName_GetsTheNextNumber()
    {
        using TapDevice a = Tap("foo%d"), b = Tap("foo%d");
        using TapDevice c = TapDevice.Create(new() { Namespace = Ns.Namespace });
        using TunDevice d = TunDevice.Create(new() { Namespace = Ns.Namespace });
        Assert.Equal(["foo0", "foo1", "tap0", "tun0"], [a.Name, b.Name, c.Name, d.Name]);
        Assert.True(a.WasCreated);
    }

    [Fact]
    public void Attach_DescriptorThatIsAttached_Exists()
    {
        using TapDevice tap = Tap("t0", new() { MultiQueue = true });
        FileDescriptor fd = tap.Queues[0].Descriptor;
        Assert.Equal(Errno.EEXIST, TunControl.TrySetInterface(fd, "t1", PlainTap, out _));
        tap.Queues[0].Detach();
        Assert.Equal(Errno.EEXIST, TunControl.TrySetInterface(fd, "t1", PlainTap, out _));
    }

    [Fact]
    public void Create_SecondOpenOfASingleQueue_IsBusyAndNamesTheHolder()
    {
        using TapDevice tap = Tap();
        LinuxException error = Expect.Refused(
            Errno.EBUSY, "TUNSETIFF", "t0", $"held by process {Environment.ProcessId}", () => Tap());
        Assert.Contains("MultiQueue", error.Hint, StringComparison.Ordinal);
        Expect.Refused(Errno.EBUSY, "TUNSETIFF", "t0", "single queue",
            () => TapDevice.Attach("t0", new() { Namespace = Ns.Namespace }));
    }

    [Fact]
    public void Create_ExclusiveOnAnExistingCard_IsBusy()
    {
        using TapDevice tap = Tap("t0", new() { Exclusive = true });
        Expect.Refused(Errno.EBUSY, "TUNSETIFF", "t0", "exists already and Exclusive", () => Tap("t0", new() { Exclusive = true }));
    }

    [Theory]
    [InlineData(true, false, false, false, "exists as TAP single-queue, you asked for TUN single-queue")]
    [InlineData(true, true, true, false, "exists as TAP multi-queue, you asked for TAP single-queue")]
    [InlineData(true, false, true, true, "exists as TAP single-queue, you asked for TAP multi-queue")]
    [InlineData(false, false, true, false, "exists as TUN single-queue, you asked for TAP single-queue")]
    public void Create_KindOrQueueModeDiffers_TheDifferingBitIsNamed(
        bool isTap, bool isMultiQueue, bool wantsTap, bool wantsMultiQueue, string words)
    {
        DeviceOptions has = new() { MultiQueue = isMultiQueue, Persistent = true };
        using (VirtualDevice device = isTap ? Tap("t0", has) : Tun("t0", has))
            Assert.True(device.WasCreated);
        DeviceOptions wish = new() { MultiQueue = wantsMultiQueue };
        Expect.Refused(Errno.EINVAL, "TUNSETIFF", "t0", words, () =>
        {
            using VirtualDevice device = wantsTap ? Tap("t0", wish) : Tun("t0", wish);
        });
    }

    [Fact]
    public void Create_NapiFragments_OnlyOnATapWithNapi()
    {
        RealRoot.Require();
        Expect.Refused(Errno.EINVAL, "TUNSETIFF", "t0", "only on a TAP", () => Tun("t0", new() { Napi = true, NapiFragments = true }));
        Expect.Refused(Errno.EINVAL, "TUNSETIFF", "t0", "only with Napi", () => Tap("t0", new() { NapiFragments = true }));
        using TapDevice tap = Tap("t0", new() { Napi = true, NapiFragments = true });
        Assert.Equal(TunFlags.Napi, tap.GetInterface().Flags & TunFlags.Napi);
    }

    [Fact]
    public void Create_ExistingCard_ChecksComeInTheKernelsOrder()
    {
        // EXCL before type, type before queue mode, queue mode before busy.
        using TapDevice tap = Tap();
        Expect.Refused(Errno.EBUSY, "TUNSETIFF", "t0", "Exclusive", () => Tun("t0", new() { Exclusive = true, MultiQueue = true }));
        Expect.Refused(Errno.EINVAL, "TUNSETIFF", "t0", "TUN multi-queue", () => Tun("t0", new() { MultiQueue = true }));
        Expect.Refused(Errno.EINVAL, "TUNSETIFF", "t0", "TAP multi-queue", () => Tap("t0", new() { MultiQueue = true }));
    }

    [Fact]
    public void Netlink_CreateOfKindTun_IsNotSupported()
    {
        using RouteNetlink netlink = RouteNetlink.Open(Ns.Namespace);
        Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<LinuxException>(() => netlink.Links.Create("tun", "t0")).Errno);
    }

    [Fact]
    public void Create_InterfaceIndex_IsTakenOrRefused()
    {
        using TapDevice tap = Tap("t0", new() { InterfaceIndex = 1234 });
        Assert.Equal(1234, tap.GetLink().Index);
        Expect.Refused(Errno.EBUSY, "TUNSETIFF", "t1", "Index 1234 belongs to t0", () => Tap("t1", new() { InterfaceIndex = 1234 }));
        Expect.Refused(Errno.EINVAL, "TUNSETIFINDEX", "t1", "1 or more", () => Tap("t1", new() { InterfaceIndex = -5 }));
        Assert.Equal(Errno.EPERM, TunControl.TrySetInterfaceIndex(tap.Queues[0].Descriptor, 77));
    }

    [Fact]
    public void Attach_NoSuchCard_CreatesNothing()
    {
        Expect.Refused(Errno.ENODEV, "attach", "t0", "tunbridge add t0",
            () => TapDevice.Attach("t0", new() { Namespace = Ns.Namespace }));
        Assert.False(Exists("t0"));
    }

    [Fact]
    public void Create_MissingNode_SaysHowToMakeIt()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Tap("t0", new() { ClonePath = "/nonexistent/tun" }));
        Assert.Equal((Errno.ENOENT, "open", "/nonexistent/tun"), (error.Errno, error.Operation, error.Target));
        Assert.Contains("mknod", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("noaddr", null, "no user 'noaddr'")]
    [InlineData(null, "nogrp!", "no group 'nogrp!'")]
    public void Create_UnknownOwnerOrGroup_IsRefusedBeforeTheKernel(string? owner, string? group, string words)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Tap("t0", new() { Owner = owner, Group = group }));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.False(Exists("t0"));
    }
}
