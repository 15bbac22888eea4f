// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

/// <summary>What our commands do to cards is what <c>ip</c> then shows.</summary>
public sealed class LinkChangeTests
{
    private static readonly HardwareAddress s_mac = HardwareAddress.Parse("02:00:5e:10:00:01");

    [Fact]
    public void Change_EveryMemberAtOnce_IsShownByIp()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        netlink.Links.CreateBridge("br0");
        int bridge = netlink.Links.Get("br0").Index;

        netlink.Links.Change(tap, new()
        {
            Up = true,
            Promiscuous = true,
            AllMulticast = true,
            Multicast = false,
            Arp = false,
            Dynamic = true,
            Mtu = 1400,
            Address = s_mac,
            Broadcast = HardwareAddress.Parse("ff:ff:ff:ff:ff:fe"),
            TransmitQueueLength = 33,
            Name = "renamed",
            Alias = "lab net",
            MasterIndex = bridge,
            Group = 9,
        });

        JsonElement shown = IpOutput.Json(space, "link show renamed").Single();
        Assert.Equal(
            ["ALLMULTI", "BROADCAST", "DYNAMIC", "NO-CARRIER", "NOARP", "PROMISC", "UP"], shown.Strings("flags").Order());
        Assert.Equal(
            "1400 02:00:5e:10:00:01 ff:ff:ff:ff:ff:fe 33 lab net br0 9",
            $"{shown.Number("mtu")} {shown.Text("address")} {shown.Text("broadcast")} {shown.Number("txqlen")} {shown.Text("ifalias")} {shown.Text("master")} {shown.Text("group")}");
        Link link = netlink.Links.Get(tap);
        Assert.Equal([link.Index], netlink.Links.List(masterIndex: bridge).Select(l => l.Index));

        // And back.
        netlink.Links.Change("renamed", new()
        {
            Up = false,
            Promiscuous = false,
            AllMulticast = false,
            Multicast = true,
            Arp = true,
            Dynamic = false,
            Alias = "",
            MasterIndex = 0,
            Group = 0,
        });
        JsonElement after = IpOutput.Json(space, "link show renamed").Single();
        Assert.Equal(["BROADCAST", "MULTICAST"], after.Strings("flags").Order());
        Assert.Equal("  default", $"{after.Text("ifalias")} {after.Text("master")} {after.Text("group")}");
        Assert.Empty(netlink.Links.List(masterIndex: bridge));
        netlink.Dispose();
    }

    [Fact]
    public void Change_NothingGiven_ChangesNothing()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        string before = space.Ip("-j -d link show");
        netlink.Links.Change(tap, new());
        Assert.Equal(before, space.Ip("-j -d link show"));
        netlink.Dispose();
    }

    [Theory]
    [InlineData(AddressGenerationMode.None)]
    [InlineData(AddressGenerationMode.Random)]
    [InlineData(AddressGenerationMode.Eui64)]
    public void Change_AddressGeneration_IsShownByIp(AddressGenerationMode mode)
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        netlink.Links.Change(tap, new() { AddressGeneration = mode });
        Assert.Equal(mode.ToString().ToLowerInvariant(), IpOutput.Json(space, "link show t0").Single().Text("inet6_addr_gen_mode"));
        netlink.Dispose();
    }

    [Fact]
    public void AlternativeNames_AddedAndDeleted_FindTheCard()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        const string Long = "an_alternative_name_that_is_longer_than_fifteen_bytes";
        netlink.Links.AddAlternativeName(tap, Long);
        netlink.Links.AddAlternativeName(tap, "brief");
        Assert.Equal([Long, "brief"], IpOutput.Json(space, "link show t0").Single().Strings("altnames"));
        Assert.Equal(tap, netlink.Links.Get(Long).Index);
        Assert.Equal(tap, netlink.Links.Get("brief").Index);
        netlink.Links.Change(Long, new() { Mtu = 1300 });
        Assert.Equal(1300, netlink.Links.Get("t0").Mtu);
        netlink.Links.DeleteAlternativeName(tap, "brief");
        Assert.Null(netlink.Links.TryGet("brief"));
        netlink.Links.Delete(Long);
        Assert.Null(netlink.Links.TryGet(tap));
        netlink.Dispose();
    }

    [Fact]
    public void CreateBridge_WithSettings_IsShownByIp()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        netlink.Links.CreateBridge(
            "br0",
            new() { SpanningTree = true, ForwardDelay = TimeSpan.FromSeconds(4), AgeingTime = TimeSpan.FromSeconds(10), Priority = 9, MulticastSnooping = false },
            new() { Address = s_mac, Mtu = 1400, Up = true });
        JsonElement shown = IpOutput.Json(space, "link show br0").Single();
        JsonElement data = shown.GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal("1400 02:00:5e:10:00:01", $"{shown.Number("mtu")} {shown.Text("address")}");
        Assert.Equal("1 400 1000 9 0", $"{data.Number("stp_state")} {data.Number("forward_delay")} {data.Number("ageing_time")} {data.Number("priority")} {data.Number("mcast_snooping")}");

        int bridge = netlink.Links.Get("br0").Index;
        netlink.Links.Change(bridge, new() { Bridge = new() { SpanningTree = false, AgeingTime = TimeSpan.FromSeconds(77) } });
        data = IpOutput.Json(space, "link show br0").Single().GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal("0 400 7700", $"{data.Number("stp_state")} {data.Number("forward_delay")} {data.Number("ageing_time")}");

        netlink.Links.Change(tap, new() { MasterIndex = bridge });
        netlink.Links.Change(tap, new()
        {
            BridgePort = new() { Cost = 77, Priority = 5, Hairpin = true, Isolated = true, Learning = false, Flood = false, Guard = true, RootBlock = true, NeighbourSuppression = true, Locked = true, MulticastFlood = false, BroadcastFlood = false },
        });
        JsonElement port = IpOutput.Json(space, "link show t0").Single().GetProperty("linkinfo").GetProperty("info_slave_data");
        Assert.Equal("77 5", $"{port.Number("cost")} {port.Number("priority")}");
        foreach (string on in new[] { "hairpin", "isolated", "guard", "root_block", "neigh_suppress", "locked" })
            Assert.True(port.Is(on), on);
        foreach (string off in new[] { "learning", "flood", "mcast_flood", "bcast_flood" })
            Assert.False(port.Is(off), off);
        netlink.Dispose();
    }

    [Fact]
    public void CreateVeth_PeerInAnotherNamespace_ArrivesThere()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out _);
        using TestNamespace other = new();
        netlink.Links.CreateVeth("v0", "v1", new() { Mtu = 1400 }, new() { Address = s_mac, Namespace = other.Namespace });
        Assert.Equal(1400, IpOutput.Json(space, "link show v0").Single().Number("mtu"));
        Assert.Equal("02:00:5e:10:00:01", IpOutput.Json(other, "link show v1").Single().Text("address"));
        Assert.Equal(IpOutput.Json(space, "link show v0").Single().Number("link_netnsid"), netlink.Links.Get("v0").LowerNamespaceId);

        // The other half can come back.
        using RouteNetlink inside = RouteNetlink.Open(other.Namespace);
        inside.Links.Change("v1", new() { Namespace = space.Namespace });
        Assert.Null(inside.Links.TryGet("v1"));
        Assert.Equal(netlink.Links.Get("v1").Index, netlink.Links.Get("v0").LowerIndex);
        netlink.Dispose();
    }

    [Fact]
    public void DeleteGroup_ManyCards_TakesThemAndNoOther()
    {
        using TestNamespace space = Tap(out RouteNetlink netlink, out int tap);
        for (int i = 0; i < 20; i++)
            netlink.Links.CreateVeth($"a{i}", $"b{i}", new() { Group = 4711 }, new() { Group = 4711 });
        Assert.Equal(42, netlink.Links.List().Count);
        Assert.Equal(40, netlink.Links.List(kind: "veth").Count);
        Assert.Equal([tap], netlink.Links.List(kind: "tun").Select(l => l.Index));
        Assert.Empty(netlink.Links.List(kind: "nosuchkind"));
        netlink.Links.DeleteGroup(4711);
        Assert.Equal(["lo", "t0"], netlink.Links.List().Select(l => l.Name));
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
}
