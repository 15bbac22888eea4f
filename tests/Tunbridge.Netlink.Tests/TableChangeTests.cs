// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

/// <summary>Addresses, routes, rules and neighbours that our commands make are those that <c>ip</c> makes.</summary>
public sealed class TableChangeTests
{
    private static readonly HardwareAddress s_mac = HardwareAddress.Parse("02:00:5e:10:00:01");

    public static TheoryData<string, string> Addresses => new()
    {
        { "plain", "192.168.0.1/24" },
        { "IPv6", "fd00::1/64" },
        { "whole", "10.0.0.1" },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Addresses_AddedByText_AreAsIpAddsThem(string name, string cidr)
    {
        _ = name;
        AssertSameAsIp($"addr add {cidr} dev t0", (netlink, tap) => netlink.Addresses.Add(tap, cidr));
    }

    [Fact]
    public void Addresses_WithEveryMember_AreAsIpAddsThem()
    {
        AssertSameAsIp(
            "addr add 10.0.0.1 peer 10.0.0.2/32 brd 10.0.0.255 dev t0 label t0:x scope link metric 7 noprefixroute",
            (netlink, tap) => netlink.Addresses.Add(new()
            {
                LinkIndex = tap,
                Address = IPAddress.Parse("10.0.0.1"),
                PrefixLength = 32,
                Peer = IPAddress.Parse("10.0.0.2"),
                Broadcast = IPAddress.Parse("10.0.0.255"),
                Label = "t0:x",
                Scope = AddressScope.Link,
                Metric = 7,
                Flags = AddressFlags.NoPrefixRoute,
            }));
        AssertSameAsIp(
            "addr add fd00::1 peer fd00::2/128 dev t0 nodad valid_lft 1000 preferred_lft 500 metric 9 noprefixroute",
            (netlink, tap) => netlink.Addresses.Add(new()
            {
                LinkIndex = tap,
                Address = IPAddress.Parse("fd00::1"),
                PrefixLength = 128,
                Peer = IPAddress.Parse("fd00::2"),
                ValidLifetime = TimeSpan.FromSeconds(1000),
                PreferredLifetime = TimeSpan.FromSeconds(500),
                Metric = 9,
                Flags = AddressFlags.NoPrefixRoute | AddressFlags.NoDuplicateDetection,
            }));
    }

    [Fact]
    public void Addresses_WrittenBackAsRead_AreTheSame()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        foreach (string words in new[] { "10.0.0.1 peer 10.0.0.2/32", "10.1.0.1/24 brd + label t0:y", "fd00::1/64 nodad", "fd01::1 peer fd01::2/128 nodad" })
            space.Ip($"addr add {words} dev t0");
        List<string> before = [.. netlink.Addresses.List(tap).Select(Canonical.Address)];
        IReadOnlyList<InterfaceAddress> saved = netlink.Addresses.List(tap);
        Assert.Equal(4, netlink.Addresses.Flush(tap));
        Assert.Empty(netlink.Addresses.List(tap));
        foreach (InterfaceAddress address in saved)
            netlink.Addresses.Add(address);
        Assert.Equal(before.Order(), netlink.Addresses.List(tap).Select(Canonical.Address).Order());
        foreach (InterfaceAddress address in saved)
            netlink.Addresses.Delete(address);
        Assert.Empty(netlink.Addresses.List(tap));
        netlink.Dispose();
    }

    [Fact]
    public void Addresses_Replaced_ChangeLifetime()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        InterfaceAddress address = InterfaceAddress.Parse(tap, "10.0.0.1/24");
        netlink.Addresses.Add(address);
        netlink.Addresses.Replace(address with { ValidLifetime = TimeSpan.FromSeconds(900), PreferredLifetime = TimeSpan.Zero });
        InterfaceAddress read = netlink.Addresses.List(tap, AddressFamily.InterNetwork).Single();
        Assert.InRange(read.ValidLifetime!.Value.TotalSeconds, 800, 900);
        Assert.True(read.Flags.HasFlag(AddressFlags.Deprecated));
        Assert.False(read.Flags.HasFlag(AddressFlags.Permanent));
        netlink.Dispose();
    }

    [Fact]
    public void Routes_OfEveryForm_AreAsIpAddsThem()
    {
        AssertSameAsIp("route add default via 192.168.5.9 metric 5 mtu 1400 src 192.168.5.1", (n, tap) => n.Routes.Add(new()
        {
            Destination = Route.DefaultIPv4,
            Gateway = IPAddress.Parse("192.168.5.9"),
            Metric = 5,
            Mtu = 1400,
            PreferredSource = IPAddress.Parse("192.168.5.1"),
        }));
        AssertSameAsIp("route add 10.1.0.0/16 via 172.16.0.1 dev t0 onlink table 1000 proto static", (n, tap) => n.Routes.Add(new()
        {
            Destination = IPNetwork.Parse("10.1.0.0/16"),
            Gateway = IPAddress.Parse("172.16.0.1"),
            LinkIndex = tap,
            Flags = RouteFlags.OnLink,
            Table = 1000,
            Protocol = RouteProtocol.Static,
        }));
        AssertSameAsIp("route add 10.1.0.0/16 dev t0; route add blackhole 10.2.0.0/16; route add local 10.3.0.0/16 dev t0", (n, tap) =>
        {
            n.Routes.Add(new() { Destination = IPNetwork.Parse("10.1.0.0/16"), LinkIndex = tap });
            n.Routes.Add(new() { Destination = IPNetwork.Parse("10.2.0.0/16"), Type = RouteType.Blackhole });
            n.Routes.Add(new() { Destination = IPNetwork.Parse("10.3.0.0/16"), Type = RouteType.Local, LinkIndex = tap, Table = Route.LocalTable });
        });
        AssertSameAsIp("-6 route add default via fd00::9 pref high; -6 route add fd05::/64 from fd00::/64 via fd00::2 metric 7; route add 10.5.0.0/16 via inet6 fd00::7 dev t0", (n, tap) =>
        {
            n.Routes.Add(new() { Destination = Route.DefaultIPv6, Gateway = IPAddress.Parse("fd00::9"), Preference = RouterPreference.High });
            n.Routes.Add(new() { Destination = IPNetwork.Parse("fd05::/64"), Source = IPNetwork.Parse("fd00::/64"), Gateway = IPAddress.Parse("fd00::2"), Metric = 7 });
            n.Routes.Add(new() { Destination = IPNetwork.Parse("10.5.0.0/16"), Gateway = IPAddress.Parse("fd00::7"), LinkIndex = tap });
        });
        AssertSameAsIp("route add 10.4.0.0/16 nexthop via 192.168.5.2 dev t0 weight 3 nexthop via 192.168.5.3 dev t0", (n, tap) => n.Routes.Add(new()
        {
            Destination = IPNetwork.Parse("10.4.0.0/16"),
            NextHops = [new() { Gateway = IPAddress.Parse("192.168.5.2"), LinkIndex = tap, Weight = 3 }, new() { Gateway = IPAddress.Parse("192.168.5.3"), LinkIndex = tap }],
        }));
    }

    [Fact]
    public void Routes_ReadDeletedAndWrittenBack_AreTheSame()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out _);
        using NetlinkMonitor monitor = NetlinkMonitor.Open(space.Namespace);
        foreach (string words in new[] { "link set t0 up", "addr add 192.168.5.1/24 dev t0", "addr add fd00::1/64 dev t0 nodad", "route add default via 192.168.5.9 metric 5", "route add 10.4.0.0/16 nexthop via 192.168.5.2 dev t0 weight 3 nexthop via 192.168.5.3 dev t0", "route add unreachable 10.7.0.0/16 table 100", "-6 route add default via fd00::9 pref low" })
            space.Ip(words);
        Settle(netlink, monitor);
        string before = space.Ip("-j -d route show table all") + space.Ip("-j -d -6 route show table all");
        List<Route> saved = [.. netlink.Routes.List(table: 0).Where(r => r.Protocol == RouteProtocol.Boot)];
        Assert.Equal(4, saved.Count);
        foreach (Route route in saved)
            netlink.Routes.Delete(route);
        Assert.DoesNotContain(netlink.Routes.List(table: 0), r => r.Protocol == RouteProtocol.Boot);
        foreach (Route route in saved)
            netlink.Routes.Replace(route);
        Assert.Equal(before, space.Ip("-j -d route show table all") + space.Ip("-j -d -6 route show table all"));
        netlink.Dispose();
    }

    [Fact]
    public void Routes_Lookup_IsAsIpRouteGet()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        foreach (string words in new[] { "link set t0 up", "addr add 192.168.5.1/24 dev t0", "addr add fd00::1/64 dev t0 nodad", "route add 10.0.0.0/8 via 192.168.5.9", "route add default via 192.168.5.8 table 100", "rule add fwmark 7 lookup 100" })
            space.Ip(words);
        foreach (string destination in new[] { "192.168.5.77", "10.1.2.3", "127.0.0.1", "192.168.5.1", "fd00::5" })
        {
            Route route = netlink.Routes.Lookup(IPAddress.Parse(destination))!;
            JsonElement shown = JsonDocument.Parse(space.Ip($"-j route get {destination}")).RootElement[0];
            Assert.Equal(
                $"{shown.Text("dst")} {shown.Text("gateway")} {shown.Text("dev")} {shown.Text("prefsrc")}",
                $"{route.Destination.BaseAddress} {route.Gateway} {netlink.Links.Get(route.LinkIndex).Name} {route.PreferredSource}");
        }

        Assert.Null(netlink.Routes.Lookup(IPAddress.Parse("9.9.9.9")));
        Assert.Equal("192.168.5.8", netlink.Routes.Lookup(IPAddress.Parse("9.9.9.9"), mark: 7)!.Gateway!.ToString());
        Assert.Equal(100u, netlink.Routes.Lookup(IPAddress.Parse("9.9.9.9"), mark: 7)!.Table);
        netlink.Dispose();
    }

    [Fact]
    public void Rules_AddedAndDeleted_AreAsIpDoes()
    {
        AssertSameAsIp("rule add not from 10.0.0.0/8 to 11.0.0.0/8 iif lo oif t0 fwmark 0x10/0xf0 lookup 1000 priority 50; rule add uidrange 10-20 lookup 7 priority 51; -6 rule add priority 9 suppress_prefixlength 0 lookup main; rule add priority 61 goto 32766; rule add priority 62 prohibit", (n, _) =>
        {
            n.Rules.Add(new() { Family = AddressFamily.InterNetwork, IsInverted = true, From = IPNetwork.Parse("10.0.0.0/8"), To = IPNetwork.Parse("11.0.0.0/8"), InputLink = "lo", OutputLink = "t0", Mark = 0x10, MarkMask = 0xf0, Table = 1000, Priority = 50 });
            n.Rules.Add(new() { Family = AddressFamily.InterNetwork, FirstUser = 10, LastUser = 20, Table = 7, Priority = 51 });
            n.Rules.Add(new() { Family = AddressFamily.InterNetworkV6, Priority = 9, SuppressPrefixLength = 0, Table = Route.MainTable });
            n.Rules.Add(new() { Family = AddressFamily.InterNetwork, Priority = 61, Action = RuleAction.Goto, GotoPriority = 32766 });
            n.Rules.Add(new() { Family = AddressFamily.InterNetwork, Priority = 62, Action = RuleAction.Prohibit });
        });

        using TestNamespace space = Tap(out RouteNetlink netlink, out _);
        string before = space.Ip("-j rule") + space.Ip("-6 -j rule");
        Rule rule = new() { Family = AddressFamily.InterNetworkV6, From = IPNetwork.Parse("fd00::/8"), Table = 7 };
        netlink.Rules.Add(rule);
        Rule read = netlink.Rules.List(AddressFamily.InterNetworkV6).Single(r => r.Table == 7);
        Assert.Equal(rule.From, read.From);
        netlink.Rules.Delete(read);
        Assert.Equal(before, space.Ip("-j rule") + space.Ip("-6 -j rule"));
        netlink.Dispose();
    }

    [Fact]
    public void Neighbours_AddedReplacedDeleted_AreAsIpDoes()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        space.Ip("link set t0 up");
        Neighbour neighbour = new() { LinkIndex = tap, Address = IPAddress.Parse("10.0.0.2"), HardwareAddress = s_mac };
        netlink.Neighbours.Add(neighbour);
        Assert.Equal(["10.0.0.2 dev t0 lladdr 02:00:5e:10:00:01 PERMANENT   proto "], IpOutput.Json(space, "-4 neigh show nud all").Select(Canonical.Neighbour));
        netlink.Neighbours.Replace(neighbour with { HardwareAddress = HardwareAddress.Parse("02:00:00:00:00:09"), State = NeighbourState.Stale });
        Assert.Equal(["10.0.0.2 dev t0 lladdr 02:00:00:00:00:09 STALE   proto "], IpOutput.Json(space, "-4 neigh show nud all").Select(Canonical.Neighbour));
        netlink.Neighbours.Delete(neighbour);
        Assert.DoesNotContain(netlink.Neighbours.List(tap, AddressFamily.InterNetwork), n => n.State.HasFlag(NeighbourState.Permanent) || n.State.HasFlag(NeighbourState.Stale));
        netlink.Neighbours.AddProxy(tap, IPAddress.Parse("10.0.0.44"));
        Assert.Equal("10.0.0.44", IpOutput.Json(space, "neigh show proxy").Single().Text("dst"));
        netlink.Neighbours.Delete(netlink.Neighbours.List(tap, proxies: true).Single());
        Assert.Empty(IpOutput.Json(space, "neigh show proxy"));
        netlink.Dispose();
    }

    private static TestNamespace Tap(out RouteNetlink netlink, out int index)
    {
        RealTool.Require("ip");
        TestNamespace space = new();
        space.Ip("tuntap add t0 mode tap");
        netlink = RouteNetlink.Open(space.Namespace);
        index = netlink.Links.Get("t0").Index;
        return space;
    }

    /// <summary>In one namespace ip works, in another our code; then ip shows the same of both.</summary>
    private static void AssertSameAsIp(string commands, Action<RouteNetlink, int> ours)
    {
        string[] shown = new string[2];
        for (int i = 0; i < 2; i++)
        {
            using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
            using NetlinkMonitor monitor = NetlinkMonitor.Open(space.Namespace);
            foreach (string words in new[] { "link set t0 address 02:00:5e:10:00:09 addrgenmode none", "link set t0 up", "addr add 192.168.5.1/24 dev t0", "addr add fd00::ff/64 dev t0 nodad" })
                space.Ip(words);
            if (i == 0)
            {
                foreach (string command in commands.Split(';'))
                    space.Ip(command);
            }
            else
            {
                ours(netlink, tap);
            }

            Settle(netlink, monitor);
            shown[i] = string.Join('\n', new[] { "-d addr", "-d route show table all", "-d -6 route show table all", "rule", "-6 rule", "neigh" }.Select(space.Ip));
            netlink.Dispose();
        }

        Assert.Equal(Normal(shown[0]), Normal(shown[1]));
    }

    /// <summary>Waits until the kernel has finished with IPv6 addresses without detection: it does so a little later.</summary>
    private static void Settle(RouteNetlink netlink, NetlinkMonitor monitor)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (netlink.Addresses.List(family: AddressFamily.InterNetworkV6).Any(a =>
            a.Flags.HasFlag(AddressFlags.NoDuplicateDetection) && (a.Flags.HasFlag(AddressFlags.Tentative) ||
            !netlink.Routes.List(Route.LocalTable, family: AddressFamily.InterNetworkV6).Any(r =>
                r.Type == RouteType.Local && r.Destination.BaseAddress.Equals(a.Address)))))
        {
            Assert.True(Environment.TickCount64 < deadline, "an IPv6 address without detection has no local route");
            monitor.TryRead(out _, null, 100);
        }
    }

    // Seconds go by, and detection of duplicates ends, between the two.
    private static string Normal(string text) => text.Replace("tentative ", "", StringComparison.Ordinal)
        .Replace("999sec", "1000sec", StringComparison.Ordinal).Replace("499sec", "500sec", StringComparison.Ordinal);
}
