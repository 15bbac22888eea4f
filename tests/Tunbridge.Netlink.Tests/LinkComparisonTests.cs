// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using System.Text.Json;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

/// <summary>Every field of a link that ip shows too, for many kinds of card.</summary>
public sealed class LinkComparisonTests
{
    public static TheoryData<string, string> SetUps => new()
    {
        { "tun", "tuntap add c0 mode tun" },
        { "tap", "tuntap add c0 mode tap" },
        { "tap with owner", "tuntap add c0 mode tap user 1001" },
        { "tap with group", "tuntap add c0 mode tap group 1002" },
        { "tun with packet information", "tuntap add c0 mode tun pi" },
        { "tap with virtio header", "tuntap add c0 mode tap vnet_hdr" },
        { "tap with queues", "tuntap add c0 mode tap multi_queue" },
        { "tap with everything", "tuntap add c0 mode tap multi_queue pi vnet_hdr user 0 group 0" },
        { "tap up", "tuntap add c0 mode tap; link set c0 up" },
        { "tap promiscuous", "tuntap add c0 mode tap; link set c0 promisc on allmulticast on up" },
        { "tap with settings", "tuntap add c0 mode tap; link set c0 mtu 9000 txqueuelen 77 address 02:00:5e:10:00:01 alias lab_net group 17" },
        { "tap without arp", "tuntap add c0 mode tap; link set c0 arp off multicast off dynamic on" },
        { "alternative names", "tuntap add c0 mode tap; link property add dev c0 altname a_rather_long_alternative_name altname short" },
        { "generation mode", "tuntap add c0 mode tap; link set c0 addrgenmode none; link set c0 up" },
        { "link mode", "tuntap add c0 mode tap; link set c0 mode dormant" },
        { "bridge", "link add c0 type bridge" },
        { "bridge with settings", "link add c0 type bridge stp_state 1 forward_delay 400 ageing_time 1000 hello_time 300 max_age 1200 priority 9 mcast_snooping 0 group_fwd_mask 8; link set c0 up" },
        { "bridge port", "link add br0 type bridge; tuntap add c0 mode tap; link set c0 master br0; link set br0 up; link set c0 up" },
        { "bridge port with settings", "link add br0 type bridge; tuntap add c0 mode tap; link set c0 master br0; link set c0 type bridge_slave cost 77 priority 5 hairpin on guard on root_block on learning off flood off mcast_flood off bcast_flood off isolated on neigh_suppress on locked on" },
        { "veth", "link add c0 type veth peer name c1; link set c0 up; link set c1 up" },
        { "loopback", "link set lo up" },
    };

    [Theory]
    [MemberData(nameof(SetUps))]
    public void Links_EverySetUp_AgreeWithIp(string name, string commands)
    {
        _ = name;
        RealTool.Require("ip");
        using TestNamespace space = new(loopback: false);
        foreach (string command in commands.Split(';'))
            space.Ip(command);
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);

        IReadOnlyList<Link> links = netlink.Links.List();
        List<JsonElement> shown = IpOutput.Json(space, "-s -s link");

        Assert.Equal(shown.Select(e => (int)e.Number("ifindex")!), links.Select(l => l.Index));
        foreach ((Link link, JsonElement element) in links.Zip(shown))
        {
            AssertSame(element, link);
            AssertKind(element, link);
            // The same card asked for by itself is the same record (but for counters of IPv6 chatter).
            Assert.Equal(Comparable(link), Comparable(netlink.Links.Get(link.Index)));
            Assert.Equal(Comparable(link), Comparable(netlink.Links.Get(link.Name)));
            foreach (string alternative in link.AlternativeNames)
                Assert.Equal(link.Index, netlink.Links.Get(alternative).Index);
        }
    }

    private static string Comparable(Link link) =>
        (link with { Statistics = null, AlternativeNames = [] }).ToString() + string.Join(',', link.AlternativeNames);

    private static void AssertSame(JsonElement element, Link link)
    {
        Assert.Equal(element.Text("ifname"), link.Name);
        Assert.Equal(element.Number("mtu"), link.Mtu);
        Assert.Equal(element.Number("min_mtu"), link.MinimumMtu);
        Assert.Equal(element.Number("max_mtu"), link.MaximumMtu);
        Assert.Equal(element.Text("qdisc"), link.QueueingDiscipline);
        Assert.Equal(element.Text("operstate"), link.OperationalState.ToString().ToUpperInvariant());
        Assert.Equal(element.Text("linkmode"), link.Mode.ToString().ToUpperInvariant());
        Assert.Equal(element.Text("group") is "default" ? "0" : element.Text("group"), $"{link.Group}");
        Assert.Equal(element.Number("txqlen") ?? 0, link.TransmitQueueLength);
        Assert.Equal(element.Text("link_type"), link.Type switch
        {
            LinkType.Ethernet => "ether",
            LinkType.Loopback => "loopback",
            LinkType.None => "none",
            _ => $"?{link.Type}",
        });
        Assert.Equal(element.Text("address") ?? "", link.Address.ToString());
        Assert.Equal(element.Text("broadcast") ?? "", link.Broadcast.ToString());
        Assert.Equal(element.Text("permaddr"), link.PermanentAddress is HardwareAddress a && a != link.Address ? a.ToString() : null);
        Assert.Equal(element.Text("ifalias"), link.Alias);
        Assert.Equal(element.Strings("altnames"), link.AlternativeNames);
        Assert.Equal(element.Number("promiscuity"), link.Promiscuity);
        Assert.Equal(element.Number("allmulti"), link.AllMulticast);
        Assert.Equal(element.Number("num_tx_queues"), link.TransmitQueueCount);
        Assert.Equal(element.Number("num_rx_queues"), link.ReceiveQueueCount);
        Assert.Equal(element.Number("gso_max_size"), link.GsoMaximumSize);
        Assert.Equal(element.Number("gso_max_segs"), link.GsoMaximumSegments);
        Assert.Equal(element.Number("tso_max_size"), link.TsoMaximumSize);
        Assert.Equal(element.Number("tso_max_segs"), link.TsoMaximumSegments);
        Assert.Equal(element.Number("gro_max_size"), link.GroMaximumSize);
        Assert.Equal(element.Text("inet6_addr_gen_mode"), link.AddressGeneration?.ToString().ToLowerInvariant());
        // ip leaves RUNNING out and adds NO-CARRIER (up without RUNNING).
        List<string> flags = [];
        void Flag(bool on, string text)
        {
            if (on)
                flags.Add(text);
        }

        Flag(link.IsUp && !link.Flags.HasFlag(LinkFlags.Running), "NO-CARRIER");
        Flag(link.Flags.HasFlag(LinkFlags.Loopback), "LOOPBACK");
        Flag(link.Flags.HasFlag(LinkFlags.Broadcast), "BROADCAST");
        Flag(link.Flags.HasFlag(LinkFlags.PointToPoint), "POINTOPOINT");
        Flag(link.Flags.HasFlag(LinkFlags.Multicast), "MULTICAST");
        Flag(link.Flags.HasFlag(LinkFlags.NoArp), "NOARP");
        Flag(link.Flags.HasFlag(LinkFlags.AllMulticast), "ALLMULTI");
        Flag(link.Flags.HasFlag(LinkFlags.Promiscuous), "PROMISC");
        Flag(link.Flags.HasFlag(LinkFlags.Dynamic), "DYNAMIC");
        Flag(link.IsUp, "UP");
        Flag(link.Flags.HasFlag(LinkFlags.LowerUp), "LOWER_UP");
        Assert.Equal(element.Strings("flags").Order(), flags.Order());
        JsonElement statistics = element.GetProperty("stats64");
        Assert.Equal(statistics.GetProperty("tx").Number("carrier_changes") ?? 0, link.CarrierChanges);
        Assert.NotNull(link.Statistics);
    }

    private static void AssertKind(JsonElement element, Link link)
    {
        JsonElement info = element.TryGetProperty("linkinfo", out JsonElement found) ? found : default;
        if (info.ValueKind == JsonValueKind.Undefined)
        {
            Assert.Null(link.Kind);
            return;
        }

        Assert.Equal(info.Text("info_kind"), link.Kind);
        Assert.Equal(info.Text("info_slave_kind"), link.MasterKind);
        if (link.Kind == "tun")
            AssertTun(info.GetProperty("info_data"), link.Tun!);
        if (link.Kind == "bridge")
            AssertBridge(info.GetProperty("info_data"), link.Bridge!);
        if (link.MasterKind == "bridge")
            AssertPort(info.GetProperty("info_slave_data"), link.BridgePort!);
    }

    private static void AssertTun(JsonElement data, TunLinkInfo tun)
    {
        Assert.Equal(data.Text("type"), tun.IsTap ? "tap" : "tun");
        Assert.Equal(data.Is("pi"), tun.HasPacketInformation);
        Assert.Equal(data.Is("vnet_hdr"), tun.HasVirtioHeader);
        Assert.Equal(data.Is("multi_queue"), tun.IsMultiQueue);
        Assert.Equal(data.Is("persist"), tun.IsPersistent);
        Assert.Equal(data.Number("numqueues"), tun.QueueCount);
        Assert.Equal(data.Number("numdisabled"), tun.DisabledQueueCount);
        Assert.Equal(data.Text("user"), tun.Owner is uint owner ? UserDatabase.FindUserName(owner) ?? $"{owner}" : null);
        Assert.Equal(data.Text("group"), tun.Group is uint group ? UserDatabase.FindGroupName(group) ?? $"{group}" : null);
    }

    private static void AssertBridge(JsonElement data, BridgeInfo bridge)
    {
        Assert.Equal(data.Number("forward_delay") * 10, (long)bridge.ForwardDelay.TotalMilliseconds);
        Assert.Equal(data.Number("hello_time") * 10, (long)bridge.HelloTime.TotalMilliseconds);
        Assert.Equal(data.Number("max_age") * 10, (long)bridge.MaximumAge.TotalMilliseconds);
        Assert.Equal(data.Number("ageing_time") * 10, (long)bridge.AgeingTime.TotalMilliseconds);
        Assert.Equal(data.Number("stp_state") != 0, bridge.SpanningTree);
        Assert.Equal(data.Number("priority"), bridge.Priority);
        Assert.Equal(data.Number("vlan_filtering") != 0, bridge.VlanFiltering);
        Assert.Equal(data.Number("vlan_default_pvid"), bridge.DefaultVlan);
        Assert.Equal(data.Number("mcast_snooping") != 0, bridge.MulticastSnooping);
        Assert.Equal(data.Text("group_fwd_mask"), bridge.GroupForwardMask == 0 ? "0" : $"0x{bridge.GroupForwardMask:x}");
        Assert.Equal(data.Text("bridge_id"), ShortIdentity(bridge.BridgeId));
        Assert.Equal(data.Text("root_id"), ShortIdentity(bridge.RootId));
    }

    // ip prints the six bytes without leading zeros.
    private static string? ShortIdentity(string? identity) => identity is null
        ? null
        : $"{identity[..4]}.{string.Join(':', identity[5..].Split(':').Select(p => Convert.ToInt32(p, 16).ToString("x")))}";

    private static void AssertPort(JsonElement data, BridgePortInfo port)
    {
        Assert.Equal(data.Text("state"), port.State.ToString().ToLowerInvariant());
        Assert.Equal(data.Number("priority"), port.Priority);
        Assert.Equal(data.Number("cost"), port.Cost);
        Assert.Equal(data.Is("hairpin"), port.Hairpin);
        Assert.Equal(data.Is("guard"), port.Guard);
        Assert.Equal(data.Is("root_block"), port.RootBlock);
        Assert.Equal(data.Is("learning"), port.Learning);
        Assert.Equal(data.Is("flood"), port.Flood);
        Assert.Equal(data.Is("mcast_flood"), port.MulticastFlood);
        Assert.Equal(data.Is("bcast_flood"), port.BroadcastFlood);
        Assert.Equal(data.Is("isolated"), port.Isolated);
        Assert.Equal(data.Is("neigh_suppress"), port.NeighbourSuppression);
        Assert.Equal(data.Is("locked"), port.Locked);
        Assert.Equal(data.Text("no"), $"0x{port.Number:x}");
        Assert.Equal(data.Text("id"), $"0x{port.Id:x}");
    }
}
