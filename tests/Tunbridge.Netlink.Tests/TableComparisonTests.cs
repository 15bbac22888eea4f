// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

/// <summary>Addresses, routes, rules and neighbours that ip made are read as ip shows them.</summary>
public sealed class TableComparisonTests
{
    // lo is up; t0 is a TUN card and t1 a TAP card, both up and without carrier; v0-v1 is a pair that is up.
    private const string Cards =
        "tuntap add t0 mode tun; tuntap add t1 mode tap; link set t0 up; link set t1 up; " +
        "link add v0 type veth peer name v1; link set v0 up; link set v1 up";

    public static TheoryData<string> AddressSetUps =>
    [
        "addr add 192.168.0.1/24 dev t1",
        "addr add 192.168.0.1/24 brd + dev t1; addr add 192.168.0.2/24 dev t1",
        "addr add 10.8.0.1 peer 10.8.0.2/32 dev t0",
        "addr add 10.8.0.1 peer 10.8.0.128/25 dev t0",
        "addr add fd00::1 peer fd00::2/128 dev t0",
        "addr add fd00::1/64 dev t1; addr add fd00::2/64 dev t1 nodad",
        "addr add 10.1.1.1/24 dev t1 label t1:one",
        "addr add 10.1.1.1/24 dev t1 scope link; addr add 10.1.2.1/24 dev t1 scope host; addr add 10.1.3.1/24 dev t1 scope site",
        "addr add 10.1.1.1/24 dev t1 valid_lft 1000 preferred_lft 500; addr add fd00::1/64 dev t1 valid_lft 1000 preferred_lft 500",
        "addr add 10.1.1.1/24 dev t1 valid_lft 1000 preferred_lft 0; addr add fd00::1/64 dev v0 nodad valid_lft 1000 preferred_lft 0",
        "addr add 10.1.1.1/24 dev t1 metric 77 noprefixroute; addr add fd00::1/64 dev t1 metric 78 noprefixroute",
        "addr add fd00::1/64 dev t1 home; addr add fd00:1::1/64 dev t1 mngtmpaddr; addr add fd00:2::1/64 dev t1 optimistic",
        "addr add 10.1.1.1/31 dev t1; addr add 10.1.1.9/32 dev t1; addr add 0.0.0.1/0 dev t1",
        "addr add 224.5.6.7/32 dev t1 autojoin",
    ];

    public static TheoryData<string> RouteSetUps =>
    [
        "route add default via 192.168.5.9 metric 5 mtu 1400",
        "route add default via 192.168.5.9 mtu 1400 advmss 1000 src 192.168.5.1",
        "route add 10.1.0.0/16 via 172.16.0.1 dev t1 onlink table 100 proto static src 192.168.5.1",
        "route add unreachable 10.2.0.0/16; route add blackhole 10.3.0.0/16 table 1000; route add prohibit 10.4.0.0/16; route add throw 10.5.0.0/16",
        "route add 10.4.0.0/16 nexthop via 192.168.5.2 dev t1 weight 3 nexthop via 10.0.0.2 dev t0",
        "-6 route add default via fd00::9 pref high; -6 route add default via fd00::8 metric 2000 pref low",
        "-6 route add fd05::/64 from fd00::/64 via fd00::2",
        "-6 route add fd06::/64 nexthop via fd00::3 nexthop via fd00::4 weight 4",
        "-6 route add unreachable fd07::/64; -6 route add blackhole fd08::/64 table 77",
        "route add 10.5.0.0/16 via inet6 fd00::7 dev t1",
        "route add 10.6.0.0/16 dev t0; route add 10.7.0.0/16 dev t0 scope host; route add local 10.8.0.0/16 dev lo",
        "route add 10.9.0.0/16 dev v0; route add 10.10.0.0/16 dev v0 proto 199 metric 4294967295",
        "link set t1 down",
    ];

    public static TheoryData<string> RuleSetUps =>
    [
        "rule add from 10.0.0.0/8 to 11.0.0.0/8 iif lo oif t0 fwmark 0x10/0xf0 lookup 1000 priority 50",
        "rule add not uidrange 10-20 lookup 100; rule add priority 60 blackhole; rule add priority 61 goto 32766",
        "rule add priority 62 prohibit; rule add priority 64 fwmark 0/0xff unreachable",
        "rule add priority 63 ipproto udp tos 0x10 suppress_prefixlength 0 lookup main",
        "-6 rule add from fd00::/64 lookup 7 priority 3; -6 rule add fwmark 9 lookup main priority 4",
        "rule add from 10.1.1.1 lookup 5 priority 0; rule add iif nosuch lookup 6 protocol static",
    ];

    public static TheoryData<string> NeighbourSetUps =>
    [
        "neigh add 192.168.5.33 lladdr 02:00:00:00:00:01 dev t1",
        "neigh add fd00::33 lladdr 02:00:00:00:00:02 dev t1 nud stale router",
        "neigh add 192.168.5.34 lladdr 02:00:00:00:00:03 dev t1 nud noarp",
        "neigh add 192.168.5.35 lladdr 02:00:00:00:00:03 dev t1 nud reachable protocol static",
    ];

    [Theory]
    [MemberData(nameof(AddressSetUps))]
    public void Addresses_EverySetUp_AgreeWithIp(string commands)
    {
        using TestNamespace space = Make(commands);
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);

        // Two readings agree when nothing changed between them, as detection of duplicates may.
        Retry(() =>
        {
            IReadOnlyList<InterfaceAddress> all = netlink.Addresses.List();
            foreach (JsonElement card in IpOutput.Json(space, "addr"))
            {
                int index = (int)card.Number("ifindex")!;
                List<string> shown = [.. card.GetProperty("addr_info").EnumerateArray().Where(e => e.EnumerateObject().Any()).Select(Canonical.Address)];
                Assert.Equal(shown, netlink.Addresses.List(index).Select(Canonical.Address));
                Assert.Equal(shown, all.Where(a => a.LinkIndex == index).Select(Canonical.Address));
            }
        });
    }

    [Theory]
    [MemberData(nameof(RouteSetUps))]
    public void Routes_EverySetUp_AgreeWithIp(string commands)
    {
        using TestNamespace space = Make(
            "addr add 192.168.5.1/24 dev t1; addr add 10.0.0.1 peer 10.0.0.2/32 dev t0; addr add fd00::1/64 dev t1 nodad; " + commands);
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        Dictionary<int, string> names = netlink.Links.List().ToDictionary(l => l.Index, l => l.Name);

        Retry(() => Assert.Equal(
            [.. IpOutput.Json(space, "-4 route show table all").Concat(IpOutput.Json(space, "-6 route show table all")).Select(Canonical.Route)],
            netlink.Routes.List(table: 0).Select(r => Canonical.Route(r, names))));
        // ip leaves out what its filter implies: asked for by table, ours are those of the whole list.
        foreach (uint table in new uint[] { Route.MainTable, Route.LocalTable, 100, 1000, 54321 })
        {
            Retry(() => Assert.Equal(
                netlink.Routes.List(table: 0).Where(r => r.Table == table).Select(r => Canonical.Route(r, names)),
                netlink.Routes.List(table).Select(r => Canonical.Route(r, names))));
        }

        int tap = netlink.Links.Get("t1").Index;
        Retry(() => Assert.Equal(
            netlink.Routes.List().Where(r => r.LinkIndex == tap || r.NextHops.Any(h => h.LinkIndex == tap)).Select(r => Canonical.Route(r, names)),
            netlink.Routes.List(linkIndex: tap).Select(r => Canonical.Route(r, names))));
    }

    [Theory]
    [MemberData(nameof(RuleSetUps))]
    public void Rules_EverySetUp_AgreeWithIp(string commands)
    {
        using TestNamespace space = Make(commands);
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);

        Assert.Equal(
            [.. IpOutput.Json(space, "-4 rule").Concat(IpOutput.Json(space, "-6 rule")).Select(Canonical.Rule)],
            netlink.Rules.List().Select(Canonical.Rule));
    }

    [Theory]
    [MemberData(nameof(NeighbourSetUps))]
    public void Neighbours_EverySetUp_AgreeWithIp(string commands)
    {
        using TestNamespace space = Make("addr add 192.168.5.1/24 dev t1; addr add fd00::1/64 dev t1 nodad; " + commands);
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        Dictionary<int, string> names = netlink.Links.List().ToDictionary(l => l.Index, l => l.Name);

        Retry(() => Assert.Equal(
            IpOutput.Json(space, "neigh show nud all").Select(Canonical.Neighbour).Order(),
            netlink.Neighbours.List().Select(n => Canonical.Neighbour(n, names)).Order()));
    }

    [Fact]
    public void Neighbours_Proxies_AgreeWithIp()
    {
        using TestNamespace space = Make("neigh add proxy 192.168.5.44 dev t1; neigh add proxy fd00::44 dev t1 protocol static");
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        Dictionary<int, string> names = netlink.Links.List().ToDictionary(l => l.Index, l => l.Name);

        Assert.Equal(
            IpOutput.Json(space, "neigh show proxy").Select(Canonical.Neighbour),
            netlink.Neighbours.List(proxies: true).Select(n => Canonical.Neighbour(n, names)));
        Assert.DoesNotContain(netlink.Neighbours.List(), n => n.IsProxy);
    }

    private static TestNamespace Make(string commands)
    {
        RealTool.Require("ip");
        TestNamespace space = new();
        foreach (string command in (Cards + "; " + commands).Split(';'))
            space.Ip(command);
        return space;
    }

    /// <summary>Compares again when the kernel changed something between the two readings, as detection ends or a router is sought.</summary>
    private static void Retry(Action compare)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                compare();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (attempt < 5)
            {
                // The next reading is made at once; a real difference stays.
            }
        }
    }
}
