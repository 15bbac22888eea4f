// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration.Tests;

public sealed class KeySetTests
{
    /// <summary>Every key there is, once.</summary>
    internal const string Everything = """
        on-conflict: adopt
        on-drift: repair
        on-stop: remove
        defaults:
          txqueuelen: 700
        devices:
          tap0:
            kind: tap
            description: the lab's first card
            state: present
            owner: 1000
            group: 1000
            multi-queue: true
            queues: 4
            packet-info: false
            vnet-header: true
            persist: true
            keep-carrier: true
            mac: stable
            mtu: 9000
            txqueuelen: 500
            up: true
            promiscuous: true
            all-multicast: true
            multicast: false
            arp: false
            offload: off
            addresses:
              - 10.0.0.1/24
              - {address: 10.1.0.1/24, broadcast: 10.1.0.255, label: "tap0:1", scope: link, lifetime: 1h, preferred-lifetime: 30m}
              - {address: 10.2.0.1/32, peer: 10.2.0.2}
              - {address: fd00::1/64, lifetime: forever, preferred-lifetime: forever}
            dhcp: {v4: true, v6: true, client: dhcpcd}
            routes:
              - {to: default, via: 10.0.0.254, metric: 100, table: main, source: 10.0.0.1, scope: global, mtu: 1400}
              - {to: 172.16.0.0/12, via: 192.0.2.1, on-link: true, table: 7}
              - {to: "2001:db8::/32"}
              - {to: 10.66.0.0/16, type: blackhole}
            rules:
              - {priority: 100, table: 7, from: 10.0.0.0/24, to: 172.16.0.0/12, mark: 0x10/0xff, incoming: true, outgoing: true}
              - {priority: 101, table: main, family: ipv6}
            dns: {servers: [10.0.0.53, "fd00::53"], search: [example.org]}
            bridge:
              name: br0
              create:
                stp: true
                forward-delay: 4
                hello-time: 1500ms
                max-age: 10s
                ageing-time: 0
                priority: 4096
                multicast-snooping: false
                group-forward-mask: 0x4000
                mtu: 9000
                mac: 02:00:5e:10:00:09
              priority: 8
              cost: 4
              hairpin: true
              guard: false
              root-block: false
              learning: false
              flood: false
              multicast-flood: true
              broadcast-flood: true
              isolated: true
              neighbour-suppression: true
              locked: false
            sysctl: {rp-filter: loose, forwarding: true, disable-ipv6: false, ignore-routes-with-linkdown: true, proxy-arp: false}
            hooks:
              pre-up: echo before
              post-up:
                - command: [/usr/bin/logger, up]
                  timeout: 5s
                  environment: {COLOUR: blue, EMPTY: }
                  user: 1000
                - echo second
              pre-down: [echo going]
              post-down: {command: echo gone}
            alt-names: [a-rather-long-name-of-it]
            after: [tap1, eth0]
            requires: [eth1]
            on-conflict: recreate
            on-drift: report
            on-stop: leave
          tap1: {kind: tap, mac: random, hooks: {up: echo}, dhcp: true, netns: lab}
        tunnels:
          office: {openvpn: clients/office.ovpn, description: to the office, enabled: false}
          road: {openvpn: /etc/openvpn/server/road.conf}

        """;

    [Fact]
    public void Parse_EveryKey_IsInTheTunnel()
    {
        IReadOnlyList<TunnelDefinition> tunnels = Parse(Everything).Tunnels;

        Assert.Equal(["office", "road"], tunnels.Select(t => t.Name));
        Assert.Equal((Path.GetFullPath("clients/office.ovpn"), "to the office", false), (tunnels[0].OpenVpnFile, tunnels[0].Description, tunnels[0].IsEnabled));
        Assert.Equal(("/etc/openvpn/server/road.conf", null, true), (tunnels[1].OpenVpnFile, tunnels[1].Description, tunnels[1].IsEnabled));
    }

    [Fact]
    public void Parse_EveryKey_IsInTheCard()
    {
        DeviceDefinition card = Parse(Everything).Devices[0];

        Assert.Equal("the lab's first card", card.Description);
        Assert.Equal((true, 4, false, true, true), (card.MultiQueue, card.Queues, card.PacketInformation, card.VirtioHeader, card.KeepCarrier));
        Assert.Equal((MacPolicy.Stable, null, 500), (card.MacPolicy, card.Mac, card.TransmitQueueLength));
        Assert.Equal((true, false, false, "lab"), (card.AllMulticast, card.Multicast, card.Arp, Parse(Everything).Devices[1].NetworkNamespace));
        Assert.Equal((ConflictPolicy.Recreate, DriftPolicy.Report, StopPolicy.Leave), (card.OnConflict, card.OnDrift, card.OnStop));
        Assert.Equal(["a-rather-long-name-of-it"], card.AlternativeNames);
        Assert.Equal(["tap1", "eth0"], card.After);
        Assert.Equal(["eth1"], card.Requires);
        Assert.Equal(
            "stp true, forward-delay 4s, hello-time 1.5s, max-age 10s, ageing-time 0s, priority 4096, multicast-snooping false, " +
            "group-forward-mask 16384, mtu 9000, mac 02:00:5e:10:00:09",
            BridgeText.Of(card.BridgeSettings!));
        Assert.True(card.CreateBridge);
        Assert.Equal(
            new DeviceSysctl { ReversePathFilter = 2, Forwarding = true, DisableIPv6 = false, IgnoreRoutesWithLinkDown = true, ProxyArp = false },
            card.Sysctl);
        Assert.Equal(new DeviceDhcp { IPv4 = true, IPv6 = true, Client = "dhcpcd" }, card.Dhcp);
        Assert.Equal(["10.0.0.53", "fd00::53"], card.Dns!.Servers.Select(s => s.ToString()));
        Assert.Equal(["example.org"], card.Dns.Search);
        Assert.Equal(
            new BridgePortChange
            {
                Priority = 8,
                Cost = 4,
                Hairpin = true,
                Guard = false,
                RootBlock = false,
                Learning = false,
                Flood = false,
                MulticastFlood = true,
                BroadcastFlood = true,
                Isolated = true,
                NeighbourSuppression = true,
                Locked = false,
            },
            card.BridgePort);
    }

    [Fact]
    public void Parse_Addresses_HaveWhatIsWritten()
    {
        IReadOnlyList<DeviceAddress> addresses = Parse(Everything).Devices[0].Addresses;

        Assert.True(addresses[0].IsPlain);
        Assert.Equal(("10.1.0.255", "tap0:1", AddressScope.Link), (addresses[1].Broadcast!.ToString(), addresses[1].Label, addresses[1].Scope));
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromMinutes(30)), (addresses[1].Lifetime, addresses[1].PreferredLifetime));
        Assert.Equal("10.2.0.1/32 peer 10.2.0.2/32", addresses[2].ToString());
        Assert.True(addresses[3].IsPlain);
    }

    [Fact]
    public void Parse_RoutesAndRules_HaveWhatIsWritten()
    {
        DeviceDefinition card = Parse(Everything).Devices[0];

        Assert.Equal(
            ["default via 10.0.0.254 metric 100", "172.16.0.0/12 via 192.0.2.1", "2001:db8::/32", "blackhole 10.66.0.0/16"], card.Routes.Select(r => r.ToString()));
        Assert.Equal((254u, 1400, "10.0.0.1"), (card.Routes[0].Table, card.Routes[0].Mtu, card.Routes[0].Source!.ToString()));
        Assert.True(card.Routes[1].OnLink);
        DeviceRule rule = card.Rules[0];
        Assert.Equal((100u, 7u, 0x10u, 0xffu, true, true), (rule.Priority, rule.Table, rule.Mark, rule.MarkMask, rule.Incoming, rule.Outgoing));
        Assert.Equal(("10.0.0.0/24", "172.16.0.0/12"), (rule.From.ToString(), rule.To.ToString()));
        Assert.True(card.Rules[1].IsIPv6);
    }

    [Fact]
    public void Parse_DefaultRouteWithIPv6Router_IsIPv6() => Assert.Equal(
        "::/0",
        Parse("devices: {tap0: {kind: tap, routes: [{to: default, via: 'fe80::1'}]}}").Devices[0].Routes[0].Destination.ToString());

    [Fact]
    public void Parse_Hooks_HaveWhatIsWritten()
    {
        DeviceHooks hooks = Parse(Everything).Devices[0].Hooks!;

        Assert.Equal(["/bin/sh", "-c", "echo before"], Assert.Single(hooks.PreUp).Command);
        Assert.Equal(["/usr/bin/logger", "up"], hooks.PostUp[0].Command);
        Assert.Equal((TimeSpan.FromSeconds(5), 1000u, "blue", ""),
            (hooks.PostUp[0].Timeout, hooks.PostUp[0].User, hooks.PostUp[0].Environment["COLOUR"], hooks.PostUp[0].Environment["EMPTY"]));
        Assert.Equal(DeviceHook.DefaultTimeout, hooks.PostUp[1].Timeout);
        Assert.Single(hooks.PreDown);
        Assert.Single(hooks.PostDown);
        Assert.Single(Parse(Everything).Devices[1].Hooks!.PostUp);
    }

    [Fact]
    public void Parse_TopAndDefaults_CountWhereTheCardSaysNothing()
    {
        DeviceDefinition card = Parse(Everything).Devices[1];

        Assert.Equal((ConflictPolicy.Adopt, DriftPolicy.Repair, StopPolicy.Remove, 700), (card.OnConflict, card.OnDrift, card.OnStop, card.TransmitQueueLength));
        Assert.Equal((MacPolicy.Random, true, false), (card.MacPolicy, card.Dhcp!.IPv4, card.Dhcp.IPv6));
        Assert.Equal("t.yaml:5:3", card.PositionOf("txqueuelen").ToString());
        Assert.Equal("t.yaml:1:1", card.PositionOf("on-conflict").ToString());
    }

    [Fact]
    public void Parse_NestedKeys_HaveTheirPlaces()
    {
        DeviceDefinition card = Parse("devices: {tap0: {kind: tap, bridge: {name: br0, hairpin: true}}}").Devices[0];

        Assert.Equal("t.yaml:1:49", card.PositionOf("bridge.hairpin").ToString());
    }

    [Fact]
    public void Parse_AbsentCard_NeedsNoKind() => Assert.True(Parse("devices: {tap0: {state: absent}}").Devices[0].IsAbsent);

    [Fact]
    public void Parse_AliasAndMergeKey_AreReadLikeTheirValues()
    {
        DesiredState state = Parse("""
            defaults: &common {kind: tap, mtu: 1400, owner: &me 1000}
            devices:
              tap0: {<<: *common, mtu: 1300}
              tap1: {kind: tap, group: *me}
            """);

        Assert.Equal((1300, 1000u), (state.Devices[0].Mtu, state.Devices[0].Owner));
        Assert.Equal(1000u, state.Devices[1].Group);
    }

    [Fact]
    public void Parse_AliasesOfAliases_AreRefusedBeforeTheyGrow()
    {
        List<string> lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
        for (int i = 1; i < 30; i++)
            lines.Add($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse(string.Join('\n', lines)));

        Assert.Contains(error.Diagnostics, d => d.Message.Contains("stand for more than 100000 values", StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_TemplateTimesLongValues_IsRefusedBeforeItGrows()
    {
        string hooks = string.Join(", ", Enumerable.Repeat("echo", 1000));

        ConfigurationException error = Assert.Throws<ConfigurationException>(
            () => Parse($"devices:\n  t{{0..4095}}:\n    kind: tap\n    hooks: {{pre-up: [{hooks}]}}\n"));

        Assert.Contains("there are too many cards", Assert.Single(error.Diagnostics).Message, StringComparison.Ordinal);
    }

    internal static DesiredState Parse(string text) => ConfigurationFile.Parse(text, "t.yaml", "test");
}
