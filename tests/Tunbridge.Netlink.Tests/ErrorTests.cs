// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

/// <summary>Refusals name operation, card, the kernel's own words, and a remedy.</summary>
public sealed class ErrorTests
{
    private static readonly IPAddress s_gateway = IPAddress.Parse("99.9.9.9");

    public static TheoryData<string, Errno, string, string, string?, string?> Refusals => new()
    {
        { "mtu too large", Errno.EINVAL, "RTM_SETLINK", "t0", "mtu greater than device maximum", null },
        { "mtu too small", Errno.EINVAL, "RTM_SETLINK", "t0", "mtu less than device minimum", null },
        { "tun by rtnetlink", Errno.EOPNOTSUPP, "RTM_NEWLINK", "x", "tun/tap creation via rtnetlink is not supported", "/dev/net/tun" },
        { "address twice", Errno.EEXIST, "RTM_NEWADDR", "10.0.0.1/24 on t0", "ipv4: Address already assigned", "already" },
        { "address not there", Errno.EADDRNOTAVAIL, "RTM_DELADDR", "10.0.0.9/24 on t0", "ipv4: Address not found", "does not have" },
        { "no such card", Errno.ENODEV, "RTM_SETLINK", "nosuch", null, "no such card" },
        { "no such index", Errno.ENODEV, "RTM_SETLINK", "card with index 999", null, "no such card" },
        { "name taken", Errno.EEXIST, "RTM_SETLINK", "t0", null, "another" },
        { "gateway far away", Errno.ENETUNREACH, "RTM_NEWROUTE", "10.77.0.0/16 via 99.9.9.9", "Nexthop has invalid gateway", "on-link" },
        { "no such route", (Errno)3, "RTM_DELROUTE", "9.9.9.0/24", null, "no such route" },
        { "no bridge", Errno.EOPNOTSUPP, "RTM_SETLINK", "t0", null, null },
        { "multicast mac", Errno.EADDRNOTAVAIL, "RTM_SETLINK", "t0", null, "unicast" },
        { "carrier of a detached card", Errno.EPERM, "RTM_SETLINK", "t0", null, "holds it open" },
        { "empty group", Errno.ENODEV, "RTM_DELLINK", "group 5", null, null },
        { "unknown kind", Errno.EOPNOTSUPP, "RTM_NEWLINK", "x", "Unknown device type", null },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refusal_EachKind_SaysWhatAndWhy(string name, Errno errno, string operation, string target, string? text, string? hint)
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("tuntap add t0 mode tap");
        space.Ip("tuntap add t1 mode tun");
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        int tap = netlink.Links.Get("t0").Index;
        netlink.Addresses.Add(tap, "10.0.0.1/24");
        Action act = name switch
        {
            "mtu too large" => () => netlink.Links.Change(tap, new() { Mtu = 70000 }),
            "mtu too small" => () => netlink.Links.Change("t0", new() { Mtu = 60 }),
            "tun by rtnetlink" => () => netlink.Links.Create("tun", "x"),
            "address twice" => () => netlink.Addresses.Add(tap, "10.0.0.1/24"),
            "address not there" => () => netlink.Addresses.Delete(InterfaceAddress.Parse(tap, "10.0.0.9/24")),
            "no such card" => () => netlink.Links.Change("nosuch", new() { Up = true }),
            "no such index" => () => netlink.Links.Change(999, new() { Up = true }),
            "name taken" => () => netlink.Links.Change(tap, new() { Name = "t1" }),
            "gateway far away" => () => netlink.Routes.Add(new() { Destination = IPNetwork.Parse("10.77.0.0/16"), Gateway = s_gateway }),
            "no such route" => () => netlink.Routes.Delete(new() { Destination = IPNetwork.Parse("9.9.9.0/24") }),
            "no bridge" => () => netlink.Links.Change(tap, new() { MasterIndex = netlink.Links.Get("t1").Index }),
            "multicast mac" => () => netlink.Links.Change(tap, new() { Address = HardwareAddress.Parse("01:00:00:00:00:00") }),
            "carrier of a detached card" => () => netlink.Links.Change(tap, new() { Up = true, Carrier = true }),
            "empty group" => () => netlink.Links.DeleteGroup(5),
            "unknown kind" => () => netlink.Links.Create("nosuchkind", "x"),
            _ => throw new InvalidOperationException(name),
        };

        LinuxException error = Assert.Throws<LinuxException>(act);

        Assert.Equal((errno, operation, target), (error.Errno, error.Operation, error.Target));
        if (text is not null)
            Assert.StartsWith(text, error.KernelText);
        if (hint is not null)
            Assert.Contains(hint, error.Hint, StringComparison.OrdinalIgnoreCase);
        // The socket is usable after every refusal.
        Assert.Equal("t0", netlink.Links.Get(tap).Name);
    }

    [Fact]
    public void IPv6Address_WhereIPv6IsOff_SaysWhichSysctl()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("tuntap add t0 mode tap");
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        int tap = netlink.Links.Get("t0").Index;
        // /proc/sys/net shows the namespace of the thread that opens a file in it.
        space.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/t0/disable_ipv6", "1"));

        LinuxException error = Assert.Throws<LinuxException>(() => netlink.Addresses.Add(tap, "fd00::1/64"));

        Assert.Contains("disable_ipv6", error.Hint, StringComparison.Ordinal);
        Assert.Contains("fd00::1/64 on t0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IPv6Address_WhereMtuIsTooSmall_SaysSo()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("tuntap add t0 mode tap");
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        int tap = netlink.Links.Get("t0").Index;
        netlink.Links.Change(tap, new() { Up = true });
        netlink.Links.Change(tap, new() { Mtu = 1000 });

        LinuxException error = Assert.Throws<LinuxException>(() => netlink.Addresses.Add(tap, "fd00::1/64"));

        Assert.Contains("1280", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void TryGet_NoSuchCard_IsNull()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        Assert.Null(netlink.Links.TryGet("nosuch"));
        Assert.Null(netlink.Links.TryGet(4711));
        Assert.Equal(Errno.ENODEV, Assert.Throws<LinuxException>(() => netlink.Links.Get("nosuch")).Errno);
        Assert.Equal("nosuch", Assert.Throws<LinuxException>(() => netlink.Links.Get("nosuch")).Target);
    }

    [Fact]
    public void Calls_AfterDispose_Throw()
    {
        using TestNamespace space = new();
        RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        netlink.Dispose();
        netlink.Dispose();
        Assert.Throws<ObjectDisposedException>(() => netlink.Links.List());
        Assert.Throws<ObjectDisposedException>(() => netlink.Links.Delete(5));
    }

    [Fact]
    public void WrongArguments_AreRefusedBeforeTheKernel()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        Assert.Throws<ArgumentException>(() => netlink.Links.CreateBridge("sixteen_bytes_16"));
        Assert.Throws<ArgumentOutOfRangeException>(() => netlink.Links.DeleteGroup(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => netlink.Links.Delete(0));
        Assert.Throws<FormatException>(() => netlink.Addresses.Add(1, "10.0.0.1/33"));
        Assert.Throws<ArgumentOutOfRangeException>(() => netlink.Addresses.Add(new() { LinkIndex = 1, Address = IPAddress.Loopback, PrefixLength = 33 }));
    }
}
