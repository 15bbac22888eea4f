// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>Settings of a card over netlink, and taking back what was refused half-way.</summary>
public sealed class ConfigureTests : DeviceTest
{
    [Fact]
    public async Task Configure_EverythingAtOnce_IsThereAfterwards()
    {
        Ns.Ip("link add br0 type bridge");
        using TapDevice tap = Tap();
        MacAddress mac = MacAddress.Parse("02:00:00:00:00:42");
        await tap.ConfigureAsync(link => link.Address("192.168.0.1/24").Address("fd00::1/64").Mtu(1400).Mac(mac)
            .Promiscuous().TransmitQueueLength(77).Alias("a card").Bridge("br0").Up(), Token);
        Link link = tap.GetLink();
        Assert.Equal((1400, 77, "a card", true), (link.Mtu, link.TransmitQueueLength, link.Alias, link.IsUp));
        Assert.Equal("02:00:00:00:00:42", link.Address.ToString());
        Assert.True(link.Flags.HasFlag(LinkFlags.Promiscuous));
        Assert.NotEqual(0, link.MasterIndex);
        string shown = Ns.Ip("addr show t0");
        Assert.Contains("inet 192.168.0.1/24", shown, StringComparison.Ordinal);
        Assert.Contains("inet6 fd00::1/64", shown, StringComparison.Ordinal);
        // Twice changes nothing and is no error.
        tap.Configure(l => l.Address("192.168.0.1/24"));
    }

    [Fact]
    public void Configure_StepRefused_CardIsAsBefore()
    {
        using TapDevice tap = Tap();
        Link before = tap.GetLink();
        LinuxException error = Assert.Throws<LinuxException>(() => tap.Configure(
            link => link.Mtu(1300).Promiscuous().Alias("x").Address("10.1.0.1/24").Address("ff02::1/64").Up()));
        Assert.Equal("RTM_NEWADDR", error.Operation);
        Link after = tap.GetLink();
        Assert.Equal((before.Mtu, before.Flags, before.Alias), (after.Mtu, after.Flags, after.Alias));
        Assert.DoesNotContain("10.1.0.1", Ns.Ip("addr show t0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.168.0.1/33")]
    [InlineData("192.168.0/24")]
    [InlineData("nonsense")]
    public void Configure_AddressThatIsNone_TouchesNothing(string text)
    {
        using TapDevice tap = Tap();
        Assert.Throws<FormatException>(() => tap.Configure(link => link.Up().Address(text)));
        Assert.False(tap.GetLink().IsUp);
    }

    [Fact]
    public void Create_WithMacMtuAndQueueLength_HasThem()
    {
        using TapDevice tap = Tap("t0", new() { Mac = MacAddress.Parse("02:00:00:00:00:07"), Mtu = 9000, TransmitQueueLength = 50 });
        Link link = tap.GetLink();
        Assert.Equal(("02:00:00:00:00:07", 9000, 50), (link.Address.ToString(), link.Mtu, link.TransmitQueueLength));
        Assert.Throws<ArgumentException>(() => Tun("x", new() { Mac = MacAddress.Parse("02:00:00:00:00:07") }));
        Assert.Throws<ArgumentException>(() => Tap("x", new() { Mac = MacAddress.Broadcast }));
    }

    [Fact]
    public void Create_NewCardRefusedHalfWay_IsGone()
    {
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() =>
            Tap("t0", new() { Mtu = 1400, Owner = "1234", Persistent = true, SendBuffer = -1 })).Errno);
        Assert.False(Exists("t0"));
    }

    [Fact]
    public void Create_ExistingCardRefusedHalfWay_IsAsBefore()
    {
        RealRoot.Require();
        using (TapDevice tap = Tap("t0", new() { Persistent = true, Owner = "1234", Mtu = 1400 }))
            Assert.True(tap.WasCreated);
        Link before = Show();
        Assert.Throws<LinuxException>(() => Tap("t0", new() { LinkType = 65534, SendBuffer = -1, Owner = "5678", Mtu = 1300 }));
        Assert.Throws<LinuxException>(() => Tap("t0", new() { Mtu = 1300, TransmitQueueLength = int.MaxValue, Owner = "5678" }));
        Link after = Show();
        Assert.Equal((before.Mtu, before.Type, before.Tun!.Owner, before.TransmitQueueLength),
            (after.Mtu, after.Type, after.Tun!.Owner, after.TransmitQueueLength));
    }

    [Theory]
    [InlineData("Owner")]
    [InlineData("Mtu")]
    [InlineData("Exclusive")]
    public void Attach_PrivilegedOption_IsRefused(string option)
    {
        DeviceOptions options = option switch
        {
            "Owner" => new() { Owner = "0" },
            "Mtu" => new() { Mtu = 1400 },
            _ => new() { Exclusive = true },
        };
        Assert.Contains(option, Assert.Throws<ArgumentException>(() => TapDevice.Attach("t0", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromDescriptor_ReadyMadeCard_IsReadAsItWasSetUp()
    {
        using TunDevice tun = UpTun(new() { VirtioHeader = true, VirtioHeaderSize = 12, PacketInformation = true });
        using TunDevice wrapped = TunDevice.FromDescriptor(tun.Queues[0].Descriptor.Duplicate());
        Assert.Equal((12, true, "t0", false),
            (wrapped.VirtioHeaderSize, wrapped.HasPacketInformation, wrapped.Name, wrapped.WasCreated));
        Send(9);
        PacketBatch batch = new();
        Assert.Equal(1, wrapped.Read(batch, Token));
        Assert.Equal([9], Marks(batch));
        Assert.IsType<TunDevice>(VirtualDevice.FromDescriptor(tun.Queues[0].Descriptor.Duplicate()));
        using FileDescriptor copy = tun.Queues[0].Descriptor.Duplicate();
        Assert.Contains("which is a TUN", Assert.Throws<ArgumentException>(() => TapDevice.FromDescriptor(copy)).Message,
            StringComparison.Ordinal);
        using EventFd other = new();
        Expect.Refused(Errno.ENOTTY, "TUNGETIFF", $"descriptor {other.Descriptor.Number}", "none of the TUN/TAP driver",
            () => VirtualDevice.FromDescriptor(other.Descriptor));
    }

    private Link Show()
    {
        using RouteNetlink netlink = RouteNetlink.Open(Ns.Namespace);
        return netlink.Links.Get("t0");
    }
}
