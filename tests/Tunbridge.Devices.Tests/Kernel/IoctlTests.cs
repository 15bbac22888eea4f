// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>Every ioctl, taken and refused.</summary>
public sealed class IoctlTests : DeviceTest
{
    /// <summary>Masks of TUNSETOFFLOAD, and whether Linux 6.18 takes them.</summary>
    public static TheoryData<int, bool> Masks => new()
    {
        { 0x00, true }, { 0x01, true }, { 0x07, true }, { 0x0f, true }, { 0x1f, true }, { 0x61, true }, { 0x67, true },
        { 0x02, false }, // TSO without CSUM
        { 0x21, false }, // USO4 without USO6
        { 0x100, false }, // tunnel checksum without tunnel
        { 0x200, false }, // unknown
    };

    [Theory]
    [MemberData(nameof(Masks))]
    public void SetOffload_Mask_IsTakenOrInvalid(int mask, bool taken)
    {
        using TapDevice tap = Tap("t0", new() { VirtioHeader = true });
        if (taken)
        {
            tap.SetOffload((Offload)mask);
            Assert.Equal((Offload)mask, tap.Offload);
        }
        else
        {
            Expect.Refused(Errno.EINVAL, "TUNSETOFFLOAD", "t0", "Checksum", () => tap.SetOffload((Offload)mask));
        }
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0x180)]
    public void SetOffload_UdpTunnel_IsTakenWithTheShortHeaderWhereKnown(int bits)
    {
        using TapDevice tap = Tap("t0", new() { VirtioHeader = true });
        Errno errno = TunControl.TrySetOffload(tap.Queues[0].Descriptor, (TunOffload)(0x67 | bits));
        Assert.SkipWhen(errno == Errno.EINVAL, "UDP tunnel offloads came with Linux 6.17");
        Assert.Equal(Errno.None, errno);
    }

    [Fact]
    public void SetOffload_WithoutVirtioHeader_KernelTakesItAndTheLibraryDoesNot()
    {
        using TapDevice tap = Tap();
        Assert.Equal(Errno.None, TunControl.TrySetOffload(tap.Queues[0].Descriptor, (TunOffload)0x67));
        Assert.Contains("no virtio header", Assert.Throws<InvalidOperationException>(() => tap.SetOffload(Offload.Tcp)).Message,
            StringComparison.Ordinal);
        tap.SetOffload(Offload.None);
    }

    [Theory]
    [InlineData(Offload.All)]
    [InlineData(Offload.Tcp)]
    [InlineData(Offload.Checksum)]
    [InlineData(Offload.None)]
    public void Create_Offload_IsGrantedAsFarAsTheKernelKnows(Offload wish)
    {
        using TunDevice tun = Tun("t0", new() { Offload = wish });
        Assert.Equal(wish & Offload.Tcp, tun.Offload & Offload.Tcp);
        Assert.Equal(wish == Offload.None ? 0 : 10, tun.VirtioHeaderSize);
    }

    [Fact]
    public void VirtioHeaderSize_BelowTen_IsInvalid()
    {
        using TapDevice tap = Tap("t0", new() { VirtioHeader = true });
        foreach (int size in (int[])[9, 0, -1])
            Expect.Refused(Errno.EINVAL, "TUNSETVNETHDRSZ", "t0", "10, 12, 20 or 24", () => tap.SetVirtioHeaderSize(size));
        foreach (int size in (int[])[12, 20, 24, 10])
        {
            tap.SetVirtioHeaderSize(size);
            _ = TunControl.TryGetVirtioHeaderSize(tap.Queues[0].Descriptor, out int actual);
            Assert.Equal(size, actual);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => tap.SetVirtioHeaderSize(100));
    }

    [Fact]
    public void SendBuffer_ZeroOrLess_IsInvalid()
    {
        using TapDevice tap = Tap();
        foreach (int size in (int[])[0, -1])
            Expect.Refused(Errno.EINVAL, "TUNSETSNDBUF", "t0", "1 byte or more", () => tap.SetSendBuffer(size));
        foreach (int size in (int[])[1, 4096, int.MaxValue])
        {
            tap.SetSendBuffer(size);
            Assert.Equal(size, tap.GetSendBuffer());
        }
    }

    [Fact]
    public void ByteOrder_LittleIsTakenAndBigIsBuiltInOrNot()
    {
        using TapDevice tap = Tap("t0", new() { VirtioHeader = true });
        tap.SetVirtioLittleEndian(true);
        Assert.True(tap.IsVirtioLittleEndian);
        if (TunControl.TrySetVirtioBigEndian(tap.Queues[0].Descriptor, false) == Errno.EINVAL)
            Expect.Refused(Errno.EINVAL, "TUNSETVNETBE", "t0", "TUN_VNET_CROSS_LE", () => tap.SetVirtioBigEndian(true));
        else
            tap.SetVirtioBigEndian(true);
    }

    [Fact]
    public void LinkType_ChangesOnlyWhenDown()
    {
        using TunDevice tun = Tun();
        Ns.Ip("link set t0 addrgenmode none up");
        Expect.Refused(Errno.EBUSY, "TUNSETLINK", "t0", "ip link set t0 down", () => tun.SetLinkType(1));
        Ns.Ip("link set t0 down");
        tun.SetLinkType(1);
        Assert.Equal(Netlink.LinkType.Ethernet, tun.GetLink().Type);
    }

    [Fact]
    public void TransmitFilter_OnATun_IsInvalid()
    {
        using TunDevice tun = Tun();
        Expect.Refused(Errno.EINVAL, "TUNSETTXFILTER", "t0", "TAP only", tun.ClearTransmitFilter);
        Expect.Refused(Errno.EINVAL, "TUNATTACHFILTER", "t0", "TAP only", () => tun.AttachFilter([Return(0)]));
    }

    /// <summary>Unicast and multicast addresses, and how many the kernel matches exactly.</summary>
    public static TheoryData<int, int, int> Filters => new()
    {
        { 0, 0, 0 }, { 3, 0, 3 }, { 8, 0, 8 }, { 9, 0, 0 }, { 8, 3, 8 },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void TransmitFilter_Result_TellsWhetherItIsOn(int unicast, int multicast, int exact)
    {
        using TapDevice tap = Tap();
        MacAddress[] addresses =
        [
            .. Enumerable.Range(1, unicast).Select(i => MacAddress.Parse($"02:00:00:00:00:{i:x2}")),
            .. Enumerable.Range(1, multicast).Select(i => MacAddress.Parse($"01:00:5e:00:00:{i:x2}")),
        ];
        TransmitFilterState state = tap.SetTransmitFilter(addresses);
        Assert.Equal((exact, exact > 0), (state.ExactCount, state.IsOn));
        Assert.True(tap.SetTransmitFilter([MacAddress.Broadcast], allMulticast: true).IsOn);
    }

    [Fact]
    public void TransmitFilter_Frames_PassOnlyWhenListedAndANinthAddressOpensAll()
    {
        using TapDevice tap = UpTap();
        Ns.Ip("addr add 10.9.0.1/24 dev t0");
        MacAddress[] others = [.. Enumerable.Range(1, 9).Select(i => MacAddress.Parse($"02:00:00:00:00:{i:x2}"))];
        Assert.True(tap.SetTransmitFilter(others.AsSpan(0, 8)).IsOn);
        Send(1); // an ARP request to broadcast, which is not listed
        Assert.Equal(0, tap.TryRead(new PacketBatch()));
        Assert.False(tap.SetTransmitFilter(others).IsOn);
        Ns.Ip("neigh flush dev t0");
        Send(2);
        PacketBatch batch = new();
        Assert.True(tap.Read(batch, Token) >= 1);
        tap.ClearTransmitFilter();
    }

    [Fact]
    public void ClassicFilter_ReturningZero_KeepsFramesFromTheReader()
    {
        using TapDevice tap = UpTap();
        Ns.Ip("addr add 10.9.0.1/24 dev t0");
        tap.AttachFilter([Return(0)]);
        Send(1);
        Assert.Equal(0, tap.TryRead(new PacketBatch()));
        tap.DetachFilter();
        Ns.Ip("neigh flush dev t0");
        Send(2);
        Assert.True(tap.Read(new PacketBatch(), Token) >= 1);
    }

    [Fact]
    public void Programs_ThatAreNone_AreRefused()
    {
        using TapDevice tap = Tap("t0", new() { MultiQueue = true });
        using EventFd noProgram = new();
        using FileDescriptor closed = new(9999, ownsHandle: false);
        Expect.Refused(Errno.EBADF, "TUNSETSTEERINGEBPF", "t0", "not open", () => tap.SetSteeringProgram(closed));
        Expect.Refused(Errno.EINVAL, "TUNSETSTEERINGEBPF", "t0", "socket-filter", () => tap.SetSteeringProgram(noProgram.Descriptor));
        Expect.Refused(Errno.EBADF, "TUNSETFILTEREBPF", "t0", "not open", () => tap.SetFilterProgram(closed));
        Expect.Refused(Errno.EINVAL, "TUNSETFILTEREBPF", "t0", "socket-filter", () => tap.SetFilterProgram(noProgram.Descriptor));
        tap.SetSteeringProgram(null);
        tap.SetFilterProgram(null);
    }

    [Fact]
    public void Programs_SteerAndFilter()
    {
        using TunDevice tun = UpTun(new() { Queues = 2 });
        using FileDescriptor one = Program(1), zero = Program(0);
        tun.SetSteeringProgram(one);
        Send(1, 2, 3);
        PacketBatch batch = new();
        Assert.Equal(0, tun.Queues[0].TryRead(batch));
        Assert.Equal(3, tun.Queues[1].TryRead(batch));
        tun.SetFilterProgram(zero);
        Send(4);
        Assert.Equal(0, tun.Queues[1].TryRead(batch));
        tun.SetFilterProgram(null);
        Send(5);
        batch.Clear();
        Assert.Equal(1, tun.Queues[1].TryRead(batch));
        Assert.Equal([5], Marks(batch));
    }

    [Fact]
    public void Carrier_GoesOffAndOn()
    {
        using TapDevice tap = UpTap();
        tap.SetCarrier(false);
        Assert.False(tap.GetLink().HasCarrier);
        tap.SetCarrier(true);
        Assert.True(tap.GetLink().HasCarrier);
    }

    [Fact]
    public void NoCarrier_StartsWithoutAndStillTakesPackets()
    {
        using TunDevice tun = UpTun(new() { NoCarrier = true });
        Assert.False(tun.GetLink().HasCarrier);
        Assert.Equal(PacketWriteStatus.Written, tun.TryWrite(Samples.IPv4()));
    }

    [Fact]
    public void Owner_MinusOne_IsInvalid()
    {
        using TapDevice tap = Tap();
        Expect.Refused(Errno.EINVAL, "TUNSETOWNER", "t0", "-1", () => tap.SetOwner(uint.MaxValue));
        Expect.Refused(Errno.EINVAL, "TUNSETGROUP", "t0", "-1", () => tap.SetGroup(uint.MaxValue));
        RealRoot.Require();
        tap.SetOwner(1234);
        tap.SetGroup(4444);
        Assert.Equal((1234u, 4444u), (tap.GetLink().Tun!.Owner, tap.GetLink().Tun!.Group));
    }

    [Fact]
    public void HistoricIoctls_AreTakenAndUnknownOnesInvalid()
    {
        using TapDevice tap = Tap();
        FileDescriptor fd = tap.Queues[0].Descriptor;
        Assert.Equal(Errno.None, TunControl.TrySetDebug(fd, 0));
        Assert.Equal(Errno.None, TunControl.TrySetNoChecksum(fd, true));
        const nuint Unknown = 0x400454ff;
        Assert.Equal((-1, Errno.EINVAL), (Libc.ioctl(fd.Number, Unknown, 0), Libc.LastErrno));
    }

    private static BpfInstruction Return(uint bytes) => new() { Code = 0x06, Operand = bytes };

    // r0 = result; exit
    private static FileDescriptor Program(uint result)
    {
        try
        {
            return BpfProgram.LoadSocketFilter([0xb7UL | ((ulong)result << 32), 0x95UL]);
        }
        catch (LinuxException e) when (e.Errno is Errno.EPERM or Errno.ENOSYS or Errno.EINVAL)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
