// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>What reads and writes do at the edges.</summary>
public sealed class DataPathTests : DeviceTest
{
    [Fact]
    public void LinkDown_WriteIsAnErrorAndReadWaits()
    {
        using TunDevice tun = Tun();
        using EventFd wake = new();
        Expect.Refused(Errno.EIO, "write", "t0", "ip link set t0 up", () => tun.Write(Samples.IPv4()));
        Assert.Equal(PacketWriteStatus.LinkDown, tun.TryWrite(Samples.IPv4()));
        Assert.Equal(2, tun.Refusals[PacketWriteStatus.LinkDown]);
        Assert.Equal(Errno.EAGAIN, tun.Queues[0].Descriptor.Read(new byte[100], out _));
        Assert.False(tun.TryRead(new byte[100], out _, out _));
        Assert.Equal(WaitOutcome.TimedOut, Readiness.WaitReadable(tun.Queues[0].Descriptor, wake, null, 0));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Tun_NoVersionNibbleOrNothing_IsMalformedAlsoWhenDown(bool up, bool virtio)
    {
        using TunDevice tun = up ? UpTun(new() { VirtioHeader = virtio }) : Tun("t0", new() { VirtioHeader = virtio });
        byte[] garbage = Samples.IPv4();
        garbage[0] = 0x05;
        Expect.Refused(Errno.EINVAL, "write", "t0", "IPv4 and IPv6", () => tun.Write(garbage));
        Assert.Equal(PacketWriteStatus.Malformed, tun.TryWrite([]));
        Assert.Equal(2, tun.Refusals[PacketWriteStatus.Malformed]);
    }

    [Fact]
    public void Tun_OneByteWithAVersion_IsTaken()
    {
        using TunDevice tun = UpTun();
        Assert.Equal(PacketWriteStatus.Written, tun.TryWrite([0x45]));
    }

    [Theory]
    [InlineData(0, PacketWriteStatus.Malformed)]
    [InlineData(13, PacketWriteStatus.Malformed)]
    [InlineData(14, PacketWriteStatus.Written)]
    public void Tap_Write_TakesWholeEthernetHeaders(int length, PacketWriteStatus expected)
    {
        using TapDevice tap = UpTap();
        Assert.Equal(expected, tap.TryWrite(Samples.Frame(length)));
        if (expected == PacketWriteStatus.Malformed)
            Expect.Refused(Errno.EINVAL, "write", "t0", "14 bytes", () => tap.Write(Samples.Frame(length)));
    }

    [Fact]
    public void PacketInformation_Write_NeedsFourBytesAndTakesAnyProtocol()
    {
        using TunDevice tun = UpTun(new() { PacketInformation = true });
        DeviceQueue queue = tun.Queues[0];
        Assert.Equal(Errno.EINVAL, queue.Descriptor.Write(new byte[3], out _));
        Assert.Equal(PacketWriteStatus.Written, queue.TryWrite(new byte[10], etherType: 0x88cc));
        Assert.Equal(PacketWriteStatus.Written, queue.TryWrite([], etherType: 0x0800));
        Assert.Equal(PacketWriteStatus.Written, queue.TryWrite(Samples.IPv4()));
    }

    [Fact]
    public void PacketInformation_Read_IsStrippedAndGivenWithThePacket()
    {
        using TunDevice tun = UpTun(new() { PacketInformation = true, VirtioHeader = true });
        Send(1);
        PacketBatch batch = new();
        Assert.Equal(1, tun.Read(batch, Token));
        Packet packet = batch[0];
        Assert.Equal((0x0800, 0, 29), (packet.EtherType, packet.PacketInformationFlags, packet.Length));
        Assert.Equal(0x45, packet.Span[0]);
    }

    [Fact]
    public void PacketInformation_ShortBuffer_SetsTheStripFlag()
    {
        using TunDevice tun = UpTun(new() { PacketInformation = true });
        Send(1, 2, 3);
        FileDescriptor fd = tun.Queues[0].Descriptor;
        byte[] buffer = new byte[20];
        Assert.Equal(Errno.None, fd.Read(buffer, out int count));
        Assert.Equal((20, 1), (count, BitConverter.ToUInt16(buffer)));
        // Too short for the information itself: refused, and the packet is lost.
        Assert.Equal(Errno.EINVAL, fd.Read(new byte[2], out _));
        Assert.True(tun.TryRead(buffer, out int length, out _));
        Assert.Equal(20, length);
        Assert.False(tun.TryRead(buffer, out _, out _));
    }

    [Theory]
    [InlineData(9_000)]
    [InlineData(70_000)]
    [InlineData(1_000_028)]
    public void Write_BeyondTheMtu_IsTaken(int length)
    {
        using TunDevice tun = UpTun();
        Assert.Equal(PacketWriteStatus.Written, tun.TryWrite(Samples.IPv4(length)));
    }

    [Fact]
    public void Read_IntoAShortBuffer_LosesTheRest()
    {
        using TunDevice tun = UpTun();
        Send(1, 2);
        byte[] buffer = new byte[20];
        Assert.Equal(20, tun.Read(buffer, out _, Token));
        // The next read is the next packet, not the rest of the first.
        byte[] whole = new byte[100];
        Assert.Equal(29, tun.Read(whole, out _, Token));
        Assert.Equal(2, whole[28]);
    }

    [Fact]
    public void Virtio_BufferShorterThanTheHeader_LosesThePacket()
    {
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        Send(1);
        FileDescriptor fd = tun.Queues[0].Descriptor;
        Assert.Equal(Errno.EINVAL, fd.Read(new byte[5], out _));
        Assert.Equal(Errno.EAGAIN, fd.Read(new byte[100], out _));
    }

    [Fact]
    public void Read_OfNothing_GivesZero()
    {
        using TunDevice tun = UpTun();
        Assert.Equal(0, tun.Read([], out _, Token));
    }

    [Fact]
    public void Descriptor_IsNeitherSeekableNorASocket()
    {
        using TunDevice tun = UpTun();
        Send(7);
        int fd = tun.Queues[0].Descriptor.Number;
        Assert.Equal((-1, Errno.ESPIPE), (Libc.lseek(fd, 0, 0), Libc.LastErrno));
        byte[] buffer = new byte[100];
        Assert.Equal((-1, Errno.ENOTSOCK), (Libc.recv(fd, buffer, 100, 0), Libc.LastErrno));
        Assert.Equal(29, Libc.pread(fd, buffer, 100, 0));
        Assert.Equal(28, Libc.pwrite(fd, Samples.IPv4(), 28, 0));
    }

    [Fact]
    public void SendBuffer_OfOneByte_StillTakesPackets()
    {
        using TunDevice tun = UpTun(new() { SendBuffer = 1 });
        Assert.Equal(1, tun.GetSendBuffer());
        for (int i = 0; i < 100; i++)
            Assert.Equal(PacketWriteStatus.Written, tun.TryWrite(Samples.IPv4(1400)));
    }

    [Fact]
    public void FullRing_DropsSilentlyAndCounts()
    {
        using TunDevice tun = UpTun(new() { TransmitQueueLength = 4 });
        Send(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        PacketBatch batch = new();
        Assert.Equal(4, tun.TryRead(batch));
        Assert.Equal([0, 1, 2, 3], Marks(batch));
        Assert.Equal(6L, (long)tun.GetLink().Statistics!.TransmitDropped);
    }

    [Theory]
    [InlineData(false, 500, 65535)]
    [InlineData(true, 1000, 65521)]
    public void Defaults_AreTheDriversAndMtuIsBounded(bool isTap, int queueLength, int maximumMtu)
    {
        using VirtualDevice device = isTap ? Tap() : Tun();
        Netlink.Link link = device.GetLink();
        Assert.Equal((queueLength, 1500, 68, maximumMtu),
            (link.TransmitQueueLength, link.Mtu, link.MinimumMtu, link.MaximumMtu));
        device.Configure(l => l.Mtu(maximumMtu));
        device.Configure(l => l.Mtu(68));
        LinuxException error = Assert.Throws<LinuxException>(() => device.Configure(l => l.Mtu(67)));
        Assert.Contains("less than device minimum", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<LinuxException>(() => device.Configure(l => l.Mtu(maximumMtu + 1)));
        Assert.Contains("greater than device maximum", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => isTap ? (object)Tap("x", new() { Mtu = maximumMtu + 1 }) : Tun("x", new() { Mtu = 67 }));
    }

    [Fact]
    public void GsoMaximum_Over64KiB_IsRefused()
    {
        using TunDevice tun = Tun();
        CommandResult result = Ns.Exec("ip", "link", "set", "t0", "gso_max_size", "70000");
        Assert.NotEqual(0, result.ExitCode);
    }
}
