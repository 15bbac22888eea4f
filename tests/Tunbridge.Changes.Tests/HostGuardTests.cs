// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Netlink;

namespace Tunbridge.Changes.Tests;

/// <summary>The guard over made-up hosts: eth0 has 192.168.0.17/24 and the default route via 192.168.0.254.</summary>
public sealed class HostGuardTests
{
    private static readonly Link s_lo = new() { Index = 1, Name = "lo", Flags = LinkFlags.Loopback | LinkFlags.Up };
    private static readonly Link s_eth0 = new() { Index = 2, Name = "eth0", Kind = "veth", Flags = LinkFlags.Up };

    [Theory]
    [InlineData("192.168.0.1/24", "overlaps 192.168.0.0/24 on eth0 (192.168.0.17/24)")]
    [InlineData("192.168.0.200/32", "overlaps 192.168.0.0/24 on eth0 (192.168.0.17/24)")]
    [InlineData("192.168.7.1/16", "overlaps 192.168.0.0/24 on eth0 (192.168.0.17/24)")]
    [InlineData("10.1.1.1/24", "takes in the gateway 10.1.1.254 on eth0 ('10.9.0.0/16 via 10.1.1.254')")]
    [InlineData("10.9.3.1/24", "overlaps 10.9.0.0/16 on eth0 ('10.9.0.0/16 via 10.1.1.254')")]
    [InlineData("fd01::5/64", "overlaps fd01::/64 on eth0 (fd01::1/64)")]
    [InlineData("127.3.0.1/32", "overlaps 127.0.0.0/8 on lo, by which the host talks to itself")]
    [InlineData("::1/128", "overlaps ::1/128 on lo, by which the host talks to itself")]
    public void Address_ConflictWithForeignInterface_IsRefusedAndBothAreNamed(string address, string how)
    {
        Refusal refusal = Assert.Single(HostGuard.ExamineAddress(Host(), "tap0", IpPrefix.Parse(address), "mine"));

        Assert.Equal($"address {address} of tap0 {how}", refusal.Message);
        Assert.True(refusal.CanForce);
    }

    [Theory]
    [InlineData("192.168.1.1/24")]
    [InlineData("10.1.2.1/24")]
    [InlineData("172.16.0.1/12")]
    [InlineData("fe80::1/64")]
    [InlineData("fd02::1/64")]
    [InlineData("10.8.0.1/24")]
    public void Address_WithoutConflict_IsFine(string address) =>
        Assert.Empty(HostGuard.ExamineAddress(Host(), "tap0", IpPrefix.Parse(address), "mine"));

    [Fact]
    public void Address_OnCardOfTheSameInstance_IsNotForeign()
    {
        HostState state = Host(Card(5, "tap5", "tunbridge:mine x"), (5, "10.50.0.1/24"));

        Assert.Empty(HostGuard.ExamineAddress(state, "tap0", IpPrefix.Parse("10.50.0.2/24"), "mine"));
        Assert.Single(HostGuard.ExamineAddress(state, "tap0", IpPrefix.Parse("10.50.0.2/24"), "other"));
        Assert.Single(HostGuard.ExamineAddress(state, "tap0", IpPrefix.Parse("10.50.0.2/24"), null));
    }

    [Fact]
    public void Address_OfPointToPointPeer_Counts()
    {
        Link ppp = new() { Index = 9, Name = "ppp0" };
        InterfaceAddress address = new()
        {
            LinkIndex = 9,
            Address = IPAddress.Parse("10.70.0.1"),
            Peer = IPAddress.Parse("10.80.0.1"),
            PrefixLength = 32,
        };
        HostState state = new([ppp], [address], []);

        Assert.Single(HostGuard.ExamineAddress(state, "tap0", IpPrefix.Parse("10.80.0.9/24"), "mine"));
        Assert.Single(HostGuard.ExamineAddress(state, "tap0", IpPrefix.Parse("10.70.0.9/24"), "mine"));
        Assert.Empty(HostGuard.ExamineAddress(state, "tap0", IpPrefix.Parse("10.90.0.9/24"), "mine"));
    }

    [Theory]
    [InlineData("0.0.0.0/0", "route default of tap0 takes the place of 'default via 192.168.0.254' on eth0")]
    [InlineData("192.168.0.128/25", "route 192.168.0.128/25 of tap0 overlaps 192.168.0.0/24 on eth0 (192.168.0.17/24)")]
    [InlineData("0.0.0.0/1", "route 0.0.0.0/1 of tap0 takes in the gateway 10.1.1.254 on eth0 ('10.9.0.0/16 via 10.1.1.254')")]
    public void Route_ConflictWithForeignInterface_IsRefused(string destination, string message) =>
        Assert.Equal(message, Assert.Single(HostGuard.ExamineRoute(Host(), "tap0", IpPrefix.Parse(destination), "mine")).Message);

    [Theory]
    [InlineData("::/0")]
    [InlineData("172.16.0.0/12")]
    public void Route_WithoutConflict_IsFine(string destination) =>
        Assert.Empty(HostGuard.ExamineRoute(Host(), "tap0", IpPrefix.Parse(destination), "mine"));

    [Fact]
    public void Port_ThatCarriesTheDefaultRoute_IsRefused()
    {
        HostState state = WithDefaultOver(Card(5, "tap5", "tunbridge:mine"), new Link { Index = 6, Name = "br0", Kind = "bridge" });

        Refusal refusal = Assert.Single(
            ChangePlan.Create(state, [Join(state, "tap5", "br0")], "mine").Refusals);

        Assert.Equal("tap5 carries the default route ('default via 10.0.5.254 dev tap5') and would lose it by becoming a port of br0", refusal.Message);
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData("fe:00:00:00:00:01", true, true)]
    [InlineData("02:00:00:00:00:01", true, false)]
    [InlineData(null, true, false)]
    [InlineData("fe:00:00:00:00:01", false, false)]
    public void Bridge_ThatCarriesTheDefaultRoute_KeepsItsHardwareAddress(string? mac, bool hasPort, bool allowed)
    {
        Link bridge = new() { Index = 6, Name = "br0", Kind = "bridge", Address = HardwareAddress.Parse("52:00:00:00:00:09") };
        Link port = new() { Index = 7, Name = "eth1", MasterIndex = hasPort ? 6 : 0, Address = bridge.Address };
        HostState state = WithDefaultOver(bridge, port);
        CardSettings settings = new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Bridge = "br0",
            Mac = mac is null ? null : HardwareAddress.Parse(mac),
        };

        ChangePlan plan = ChangePlan.Create(state, CardPlanner.Create(settings, state), "mine");

        Assert.Equal(allowed, plan.Refusals.Count == 0);
        Assert.All(plan.Refusals, r => Assert.Contains("hardware address 52:00:00:00:00:09 of br0", r.Message, StringComparison.Ordinal));
        Assert.Empty(ChangePlan.Create(state, CardPlanner.Create(settings, state), "mine", force: true).Refusals);
    }

    [Fact]
    public void Card_ThatCarriesTheDefaultRoute_IsNeitherDeletedNorSetDown()
    {
        HostState state = WithDefaultOver(Card(5, "tap5", "tunbridge:cli") with { Flags = LinkFlags.Up });

        Assert.Contains("by being deleted", Assert.Single(CardPlans.Delete(state, ["tap5"]).Refusals).Message, StringComparison.Ordinal);
        ChangePlan down = CardPlans.Set(state, new() { Name = "tap5", Kind = CardKind.Tap, Up = false });
        Assert.Contains("by going down", Assert.Single(down.Refusals).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("10.7.0.1/24", true)]
    [InlineData("10.0.5.2/24", false)]
    public void Addresses_WithoutTheOneTheDefaultRouteLeansOn_AreRefused(string instead, bool isRefused)
    {
        Link card = Card(5, "tap5", "tunbridge:cli") with { Flags = LinkFlags.Up };
        HostState state = new(
            [s_lo, card], [InterfaceAddress.Parse(5, "10.0.5.1/24") with { Flags = AddressFlags.Permanent }],
            [Route("0.0.0.0/0", 5, "10.0.5.254")]);

        ChangePlan plan = CardPlans.Set(state, new()
        {
            Name = "tap5",
            Kind = CardKind.Tap,
            Addresses = instead.Length == 0 ? [] : [IpPrefix.Parse(instead)],
        });

        Assert.Equal(isRefused, plan.Refusals.Any(r => r.Message.Contains("by losing the address 10.0.5.1/24", StringComparison.Ordinal)));
    }

    [Fact]
    public void Up_OfCardWithConflictingAddress_IsRefused()
    {
        HostState state = Host(Card(5, "tap5", "tunbridge:cli"), (5, "192.168.0.1/24"));

        ChangePlan plan = CardPlans.Set(state, new() { Name = "tap5", Kind = CardKind.Tap, Up = true });

        Assert.StartsWith("address 192.168.0.1/24 of tap5 overlaps", Assert.Single(plan.Refusals).Message, StringComparison.Ordinal);
    }

    private static HostState Host(Link? more = null, (int Index, string Address)? address = null)
    {
        List<InterfaceAddress> addresses =
        [
            InterfaceAddress.Parse(1, "127.0.0.1/8"), InterfaceAddress.Parse(1, "::1/128"),
            InterfaceAddress.Parse(2, "192.168.0.17/24"), InterfaceAddress.Parse(2, "fd01::1/64"),
            InterfaceAddress.Parse(2, "fe80::1/64"),
        ];
        if (address is (int index, string text))
            addresses.Add(InterfaceAddress.Parse(index, text) with { Flags = AddressFlags.Permanent });
        return new(
            more is null ? [s_lo, s_eth0] : [s_lo, s_eth0, more], addresses,
            [
                Route("0.0.0.0/0", 2, "192.168.0.254"), Route("192.168.0.0/24", 2, null),
                Route("10.0.0.0/7", 2, "192.168.0.253"), Route("10.9.0.0/16", 2, "10.1.1.254"),
                Route("fe80::/64", 2, null), Route("2000::/3", 2, "fe80::9"),
            ]);
    }

    private static HostState WithDefaultOver(Link link, params Link[] others) => new(
        [s_lo, link, .. others], [InterfaceAddress.Parse(link.Index, "10.0.5.1/24")],
        [Route("0.0.0.0/0", link.Index, "10.0.5.254")]);

    private static Link Card(int index, string name, string? alias) => new()
    {
        Index = index,
        Name = name,
        Kind = "tun",
        Alias = alias,
        Tun = new() { IsTap = true },
    };

    private static HostRoute Route(string destination, int link, string? gateway) => new()
    {
        Destination = IpPrefix.Parse(destination),
        LinkIndex = link,
        Gateway = gateway is null ? null : IPAddress.Parse(gateway),
    };

    private static Change Join(HostState state, string card, string bridge) => Assert.Single(
        CardPlanner.Adjust(state.Find(card)!, new() { Name = card, Kind = CardKind.Tap, Bridge = bridge }, state));
}
