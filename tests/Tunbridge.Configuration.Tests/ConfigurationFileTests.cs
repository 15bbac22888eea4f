// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;

namespace Tunbridge.Configuration.Tests;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void Parse_EmbeddedDefault_IsTheClassicCard()
    {
        DeviceDefinition device = Assert.Single(Parse(ConfigurationFile.DefaultText).Devices);

        Assert.Equal("tap0", device.Name);
        Assert.Equal(CardKind.Tap, device.Kind);
        Assert.Equal(0u, device.Owner);
        Assert.Null(device.Group);
        Assert.Equal(["192.168.0.1/24"], device.Addresses.Select(a => a.ToString()));
        Assert.True(device.Promiscuous);
        Assert.True(device.Up);
    }

    [Fact]
    public void Parse_EveryKey_IsReadWithItsPlace()
    {
        DesiredState state = Parse("""
            # a comment
            devices:
              tun9: { kind: tun, up: false, mtu: 65535 }
              "tap-1":
                kind: tap
                owner: 1000
                group: root
                addresses:
                  - 10.0.0.1/24
                  - fd00::1/64
                promiscuous: false
                mtu: 9000
                mac: 02:00:5E:10:00:01
                bridge: {name: br0, create: true}
                up: true
                offload: off
            tunnels:
            """);

        DeviceDefinition tun = state.Devices[0];
        Assert.Equal(("tun9", CardKind.Tun, false, 65535), (tun.Name, tun.Kind, tun.Up, tun.Mtu));
        DeviceDefinition tap = state.Devices[1];
        Assert.Equal("tap-1", tap.Name);
        Assert.Equal((1000u, 0u), (tap.Owner, tap.Group));
        Assert.Equal(["10.0.0.1/24", "fd00::1/64"], tap.Addresses.Select(a => a.ToString()));
        Assert.Equal("02:00:5e:10:00:01", tap.Mac.ToString());
        Assert.Equal(("br0", true), (tap.Bridge, tap.CreateBridge));
        Assert.Equal(OffloadChoice.Off, tap.Offload);
        Assert.Equal("t.yaml:12:5", tap.PositionOf("mtu").ToString());
        Assert.Equal("t.yaml:4:3", tap.PositionOf("not-declared").ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("devices:\n")]
    [InlineData("devices: {}\ntunnels: {}\n")]
    [InlineData("---\ndevices: ~\n")]
    public void Parse_NoCards_IsEmpty(string text) => Assert.Empty(Parse(text).Devices);

    private const string DeviceKeys =
        "kind, description, state, owner, group, multi-queue, queues, packet-info, vnet-header, persist, keep-carrier, mac, " +
        "mtu, txqueuelen, up, promiscuous, all-multicast, multicast, arp, offload, addresses, dhcp, routes, rules, dns, " +
        "bridge, netns, sysctl, hooks, alt-names, after, requires, on-conflict, on-drift, on-stop";

    private const string BridgeKeys =
        "name, create, priority, cost, hairpin, guard, root-block, learning, flood, multicast-flood, broadcast-flood, " +
        "isolated, neighbour-suppression, locked";

    /// <summary>One mistake each, with its exact place and words.</summary>
    public static TheoryData<string, string> Mistakes => new()
    {
        { "device:\n", "t.yaml:1:1: unknown key 'device', allowed are devices, tunnels, defaults, on-conflict, on-drift, on-stop, did you mean 'devices'?" },
        { "- tap0\n", "t.yaml:1:1: the file is a list, allowed is a group of keys: devices, tunnels, defaults, on-conflict, on-drift, on-stop" },
        { "devices: [tap0]\n", "t.yaml:1:10: devices is a list, allowed is a group of cards by name" },
        { "devices:\n  tap0: tap\n", "t.yaml:2:9: devices.tap0 is 'tap', allowed is a group of keys: " + DeviceKeys },
        { "devices:\n  tap0:\n    mtu: 1500\n", "t.yaml:2:3: devices.tap0 has no kind, allowed are tun and tap" },
        { Tap("kind: tpa", false), "t.yaml:3:11: devices.tap0.kind is 'tpa', allowed are tun and tap, did you mean 'tap'?" },
        { Tap("kind: TAP", false), "t.yaml:3:11: devices.tap0.kind is 'TAP', allowed are tun and tap, did you mean 'tap'?" },
        { Tap("kind: [tap]", false), "t.yaml:3:11: devices.tap0.kind is a list, allowed are tun and tap" },
        { Tap("adresses: [10.0.0.1/24]"), "t.yaml:4:5: unknown key 'adresses', allowed are " + DeviceKeys + ", did you mean 'addresses'?" },
        { Tap("promisc: true"), "t.yaml:4:5: unknown key 'promisc', allowed are " + DeviceKeys + ", did you mean 'promiscuous'?" },
        { Tap("xyzzy: 1"), "t.yaml:4:5: unknown key 'xyzzy', allowed are " + DeviceKeys },
        { Tap("mtu: 1500\n    mtu: 1400"), "t.yaml:5:5: the key 'mtu' is written twice, first in line 4" },
        { Tap("mtu: 67"), "t.yaml:4:10: MTU 67 is out of range, allowed are 68 to 65521 for a TAP" },
        { Tap("mtu: 65522"), "t.yaml:4:10: MTU 65522 is out of range, allowed are 68 to 65521 for a TAP" },
        { Tap("mtu: 1k5"), "t.yaml:4:10: devices.tap0.mtu is '1k5', allowed is a number of bytes" },
        { Tap("mtu:"), "t.yaml:4:9: devices.tap0.mtu is empty, allowed is a number of bytes" },
        { Tap("addresses: [192.168.0.1]"), "t.yaml:4:17: '192.168.0.1' is no address with a prefix length, allowed is one such as 192.168.0.1/24 or fd00::1/64" },
        { Tap("addresses: [192.168.0.1/33]"), "t.yaml:4:17: '192.168.0.1/33' is no address with a prefix length, allowed is one such as 192.168.0.1/24 or fd00::1/64" },
        { Tap("addresses: [10.0.0.1/8, 10.0.0.1/24]"), "t.yaml:4:29: the address 10.0.0.1 is written twice" },
        { Tap("addresses: 10.0.0.1/8"), "t.yaml:4:16: devices.tap0.addresses is '10.0.0.1/8', allowed is a list of addresses with prefix length, such as [192.168.0.1/24, fd00::1/64]" },
        { Tap("mac: 01:00:5e:10:00:01"), "t.yaml:4:10: '01:00:5e:10:00:01' is no MAC address of a card, allowed are six pairs of hexadecimal digits, neither multicast (an odd first byte) nor all zero, such as 02:00:5e:10:00:01" },
        { Tap("mac: 02:00:5e"), "t.yaml:4:10: '02:00:5e' is no MAC address of a card, allowed are six pairs of hexadecimal digits, neither multicast (an odd first byte) nor all zero, such as 02:00:5e:10:00:01" },
        { Tap("owner: nosuchuser"), "t.yaml:4:12: there is no user 'nosuchuser', allowed is the name or number of a user" },
        { Tap("group: nosuchgroup"), "t.yaml:4:12: there is no group 'nosuchgroup', allowed is the name or number of a group" },
        { Tap("owner: 4294967295"), "t.yaml:4:12: there is no user '4294967295', allowed is the name or number of a user" },
        { Tap("owner: {}"), "t.yaml:4:12: devices.tap0.owner is a group of keys, allowed is the name or number of a user" },
        { Tap("promiscuous: yes"), "t.yaml:4:18: devices.tap0.promiscuous is 'yes', allowed are true and false, did you mean 'true'?" },
        { Tap("up: 0"), "t.yaml:4:9: devices.tap0.up is '0', allowed are true and false, did you mean 'false'?" },
        { Tap("offload: on"), "t.yaml:4:14: devices.tap0.offload is 'on', allowed are auto and off" },
        { Tap("bridge: tap0"), "t.yaml:4:13: a card cannot be a port of itself, allowed is the name of a bridge" },
        { Tap("bridge: a/b"), "t.yaml:4:13: the name 'a/b' has '/', allowed are 1 to 15 bytes without '/', ':', '%' and blanks" },
        { Tap("bridge: {create: true}"), "t.yaml:4:13: devices.tap0.bridge has no name, allowed is the name of a bridge" },
        { Tap("bridge: tap1") + "  tap1: {kind: tap}\n", "t.yaml:4:5: 'tap1' is a card of this file, allowed is the name of a bridge" },
        { "devices:\n  tun0: {kind: tun, bridge: br0}\n", "t.yaml:2:29: a TUN carries no Ethernet frames and cannot join a bridge, bridge is allowed for kind tap" },
        { "devices:\n  tun0: {kind: tun, mac: 02:00:5e:10:00:01}\n", "t.yaml:2:26: a TUN has no MAC address, mac is allowed for kind tap" },
        { "devices:\n  tun0: {kind: tun, mtu: 65536}\n", "t.yaml:2:26: MTU 65536 is out of range, allowed are 68 to 65535 for a TUN" },
        { "devices:\n  abcdefghijklmnop: {kind: tun}\n", "t.yaml:2:3: the name 'abcdefghijklmnop' has 16 bytes, allowed are at most 15" },
        { "devices:\n  a/b: {kind: tun}\n", "t.yaml:2:3: the name 'a/b' has '/', allowed are 1 to 15 bytes without '/', ':', '%' and blanks" },
        { "devices:\n  \"..\": {kind: tun}\n", "t.yaml:2:3: the name '..' is not allowed: the kernel refuses . and .." },
        { "devices:\n  tap0: {kind: tap}\n  tap0: {kind: tun}\n", "t.yaml:3:3: the key 'tap0' is written twice, first in line 2" },
        { "devices: !!map {}\n", "t.yaml:1:10: the tag tag:yaml.org,2002:map is not supported, remove it" },
        { "devices: {}\n---\ndevices: {}\n", "t.yaml:2:1: a second document starts here, allowed is one in a file" },
        { Tap("vlan: 7"), "t.yaml:4:5: 'vlan' is not yet supported, allowed are " + DeviceKeys },
        { Tap("vrf: red"), "t.yaml:4:5: 'vrf' is not yet supported, allowed are " + DeviceKeys },
        { Tap("qdisc: fq"), "t.yaml:4:5: 'qdisc' is not yet supported, allowed are " + DeviceKeys },
        { Tap("firewall-zone: home"), "t.yaml:4:5: 'firewall-zone' is not yet supported, allowed are " + DeviceKeys },
        { Tap("bridge: {name: br0, vlan-filtering: true}"), "t.yaml:4:25: 'vlan-filtering' is not yet supported, allowed are " + BridgeKeys },
        { Tap("bridge: {name: br0, hair-pin: true}"), "t.yaml:4:25: unknown key 'hair-pin', allowed are " + BridgeKeys + ", did you mean 'hairpin'?" },
        { Tap("bridge: {name: br0, priority: 64}"), "t.yaml:4:35: devices.tap0.bridge.priority is 64, allowed is a number from 0 to 63" },
        { Tap("multi_queue: true"), "t.yaml:4:5: unknown key 'multi_queue', allowed are " + DeviceKeys + ", did you mean 'multi-queue'?" },
        { Tap("keep-carrier: true"), "t.yaml:4:19: keep-carrier needs multi-queue: true: whoever holds the only queue of a card makes it busy (EBUSY) for everyone else" },
        { Tap("queues: 4"), "t.yaml:4:13: 4 queues need multi-queue: true, without it a card has one" },
        { Tap("multi-queue: true\n    queues: 257"), "t.yaml:5:13: devices.tap0.queues is 257, allowed is a number from 1 to 256" },
        { Tap("persist: false"), "t.yaml:4:14: persist is 'false', allowed is 'true': a card of a file outlives its programs" },
        { Tap("state: gone"), "t.yaml:4:12: devices.tap0.state is 'gone', allowed are present and absent" },
        { Tap("mac: stabel"), "t.yaml:4:10: 'stabel' is no MAC address of a card, allowed are six pairs of hexadecimal digits, neither multicast (an odd first byte) nor all zero, such as 02:00:5e:10:00:01, did you mean 'stable'?" },
        { Tap("txqueuelen: -1"), "t.yaml:4:17: devices.tap0.txqueuelen is -1, allowed is a number from 0 to 2147483647" },
        { Tap("description: \"a\\nb\""), "t.yaml:4:18: devices.tap0.description has a control character, allowed is a line of text" },
        { Tap("netns: a/b"), "t.yaml:4:12: 'a/b' is no network namespace, allowed is a name or a path that begins with '/'" },
        { Tap("on-conflict: adapt"), "t.yaml:4:18: devices.tap0.on-conflict is 'adapt', allowed are fail and adopt and recreate, did you mean 'adopt'?" },
        { Tap("addresses: [{peer: 10.0.0.2}]"), "t.yaml:4:17: an address has no address, allowed is one such as 192.168.0.1/24 or fd00::1/64" },
        { Tap("addresses: [{address: 10.0.0.1/24, peer: 'fd00::1'}]"), "t.yaml:4:46: 'fd00::1' is no IPv4 address, allowed is one such as 192.168.0.2" },
        { Tap("addresses: [{address: 10.0.0.1/24, label: eth0}]"), "t.yaml:4:47: the label 'eth0' is not allowed, allowed are at most 15 bytes that begin with the card's name, such as tap0:1" },
        { Tap("addresses: [{address: fd00::1/64, broadcast: 10.0.0.1}]"), "t.yaml:4:39: an IPv6 address has no broadcast, broadcast is allowed for IPv4" },
        { Tap("addresses: [{address: 10.0.0.1/24, lifetime: soon}]"), "t.yaml:4:50: devices.tap0.addresses.lifetime is 'soon', allowed is a time such as 30s, 5m, 2h or 1d" },
        { Tap("addresses: [{address: 10.0.0.1/24, lifetime: 1m, preferred-lifetime: 2m}]"), "t.yaml:4:74: preferred-lifetime is longer than lifetime, allowed is at most that" },
        { Tap("mtu: 1200\n    addresses: [fd00::1/64]"), "t.yaml:5:17: the address fd00::1/64 cannot be on a card with mtu 1200: IPv6 needs 1280" },
        { Tap("addresses: [10.0.0.1/24]\n    routes: [{to: default, via: 10.0.1.1}]"), "t.yaml:5:33: the router 10.0.1.1 is in no network of tap0, allowed is one in 10.0.0.0/24, or on-link: true" },
        { Tap("addresses: [10.0.0.1/24]\n    routes: [{to: default, via: 10.0.0.1}]"), "t.yaml:5:33: the router 10.0.0.1 is the card's own address, allowed is that of another host" },
        { Tap("routes: [{via: 10.0.0.1}]"), "t.yaml:4:14: a route has no destination, allowed is to: default or to: PREFIX such as 10.0.0.0/8" },
        { Tap("routes: [{to: 10.1.2.3/8}]"), "t.yaml:4:19: '10.1.2.3/8' has bits behind its prefix, did you mean '10.0.0.0/8'?" },
        { Tap("routes: [{to: 10.0.0.0/8, via: 'fd00::1', on-link: true}]"), "t.yaml:4:36: the router fd00::1 is not of the destination's family, allowed is an IPv4 address" },
        { Tap("routes: [{to: 10.0.0.0/8}, {to: 10.0.0.0/8}]"), "t.yaml:4:32: the route to 10.0.0.0/8 is written twice, allowed is one for a metric and table" },
        { Tap("routes: [{to: 10.0.0.0/8, metric: many}]"), "t.yaml:4:39: devices.tap0.routes.metric is 'many', allowed is a number from 0 to 4294967295" },
        { Tap("routes: [{to: 10.0.0.0/8, source: 10.0.0.1}]"), "t.yaml:4:14: the source 10.0.0.1 is no address of tap0, allowed are its addresses" },
        { Tap("routes: [10.0.0.0/8]"), "t.yaml:4:14: devices.tap0.routes is '10.0.0.0/8', allowed is a group of keys: to, via, type, metric, table, source, scope, mtu, on-link" },
        { Tap("rules: [{from: 10.0.0.0/8, table: 7}]"), "t.yaml:4:13: a rule has no priority, needed are priority and table" },
        { Tap("rules: [{priority: 1, table: 7, from: 10.0.0.0/8, to: 'fd00::/8'}]"), "t.yaml:4:13: a rule names IPv4 and IPv6, allowed is one family: write two rules" },
        { Tap("rules: [{priority: 32766, table: 7}]"), "t.yaml:4:24: devices.tap0.rules.priority is 32766, allowed is a number from 1 to 32765" },
        { Tap("rules: [{priority: 1, table: 7, mark: 0xg}]"), "t.yaml:4:43: '0xg' is no mark, allowed is a number, or number/mask, such as 0x10/0xff" },
        { Tap("dns: {servers: [ns.example.org]}"), "t.yaml:4:21: 'ns.example.org' is no address, allowed is one such as 192.168.0.1 or fd00::1" },
        { Tap("dns: {search: ['a b']}"), "t.yaml:4:20: 'a b' is no domain such as example.org" },
        { "devices:\n  tun0:\n    kind: tun\n    dhcp: true\n", "t.yaml:4:11: a TUN carries no Ethernet, over which DHCP clients ask, dhcp is allowed for kind tap" },
        { Tap("dhcp: true, up: false").Replace(", ", "\n    ", StringComparison.Ordinal), "t.yaml:4:11: dhcp needs up: true, a client asks over a card that is up" },
        { Tap("dns: {servers: [10.0.0.53]}\n    netns: blue"), "t.yaml:4:10: dns is told to the host's resolver, which does not see a card in another namespace, allowed is one of dns and netns: blue; programs in a namespace of `ip netns` read /etc/netns/NAME/resolv.conf" },
        { Tap("dhcp: {v4: true, client: pump}"), "t.yaml:4:30: devices.tap0.dhcp.client is 'pump', allowed are udhcpc and dhcpcd and dhclient" },
        { Tap("sysctl: {rp_filter: 1}"), "t.yaml:4:14: unknown key 'rp_filter', allowed are rp-filter, forwarding, disable-ipv6, ignore-routes-with-linkdown, proxy-arp, did you mean 'rp-filter'?" },
        { Tap("sysctl: {disable-ipv6: true}\n    addresses: [fd00::1/64]"), "t.yaml:5:17: the address fd00::1/64 cannot be on a card with disable-ipv6: true" },
        { Tap("hooks: {pre-up: [{timeout: 5s}]}"), "t.yaml:4:22: a hook has no command, allowed is a text for the shell or a list of program and arguments" },
        { Tap("hooks: {pre-up: [{command: [logger, hi]}]}"), "t.yaml:4:32: the program 'logger' is no path that begins with '/', allowed is one such as /usr/bin/logger" },
        { Tap("hooks: {up: a, post-up: b}"), "t.yaml:4:13: up and post-up mean the same, allowed is one of them" },
        { Tap("hooks: {pre-up: [{command: a, environment: {A-B: 1}}]}"), "t.yaml:4:49: 'A-B' is no name of a variable, allowed are letters, digits and _" },
        { Tap("after: [a b]"), "t.yaml:4:13: the name 'a b' has a blank, allowed are 1 to 15 bytes without '/', ':', '%' and blanks" },
        { Tap("after: eth0"), "t.yaml:4:12: devices.tap0.after is 'eth0', allowed is a list of names of interfaces" },
        { Tap("requires: [network-online.target]"), "t.yaml:4:16: the name 'network-online.target' has 21 bytes, allowed are at most 15" },
        { Tap("requires: [eth0, eth0]"), "t.yaml:4:22: the name 'eth0' is written twice" },
        { Tap("requires: [[eth0]]"), "t.yaml:4:16: a list is no name of an interface" },
        { Tap("after: [tap0]"), "t.yaml:4:13: the order is a circle: tap0 after tap0; take one of them out of after or requires" },
        { Tap("after: [tap1]") + "  tap1: {kind: tap, requires: [tap2]}\n  tap2: {kind: tap, after: [tap0]}\n", "t.yaml:6:29: the order is a circle: tap0 after tap1 after tap2 after tap0; take one of them out of after or requires" },
        { Tap("requires: [tap1]") + "  tap1: {state: absent}\n", "t.yaml:4:16: tap0 requires tap1, which is state: absent at t.yaml:5:10" },
        { Tap("alt-names: [a/b]"), "t.yaml:4:17: 'a/b' is no further name, allowed are 1 to 127 bytes without '/' and blanks" },
        { Tap("alt-names: ['']"), "t.yaml:4:17: '' is no further name, allowed are 1 to 127 bytes without '/' and blanks" },
        { Tap("alt-names: [" + new string('ä', 64) + "]"), "t.yaml:4:17: '" + new string('ä', 20) + "…' is no further name, allowed are 1 to 127 bytes without '/' and blanks" },
        { Tap("alt-names: [a, a]"), "t.yaml:4:20: the name 'a' is written twice" },
        { Tap("alt-names: [tap0]"), "t.yaml:4:17: 'tap0' is the card's name already, allowed are further ones" },
        { Tap("alt-names: [tap1]") + "  tap1: {kind: tap}\n", "t.yaml:4:17: 'tap1' of tap0 is also the name of a card of this file, allowed is another one" },
        { Tap("alt-names: [br0]\n    bridge: br0"), "t.yaml:4:17: 'br0' of tap0 is also the name of a bridge of this file, allowed is another one" },
        { Tap("alt-names: [a]") + "  tap1: {kind: tap, alt-names: [a]}\n", "t.yaml:5:33: 'a' of tap1 is also a further name of tap0, allowed is another one" },
        { "devices:\n  tap{0..3}: {kind: tap, alt-names: [guest]}\n", "t.yaml:2:38: 'guest' of tap1 is also a further name of tap0, write '{n}' into it, such as 'guest{n}'" },
        { Tap("description: " + new string('x', 180)), "t.yaml:4:18: devices.tap0.description has 180 bytes, allowed are at most 179: it is kept in the card's ifalias, behind the mark" },
        { Tap("description: ''"), "t.yaml:4:18: devices.tap0.description is empty, allowed is a line of text" },
        { Tap("description: [a]"), "t.yaml:4:18: devices.tap0.description is a list, allowed is a line of text" },
        { Tap("description: \"a\\u2028b\""), "t.yaml:4:18: devices.tap0.description has a control character, allowed is a line of text" },
        { Tap("queues: many"), "t.yaml:4:13: devices.tap0.queues is 'many', allowed is a number from 1 to 256" },
        { Tap("multi-queue: true\n    keep-carrier: true\n    queues: 256"), "t.yaml:6:13: with 256 queues held by keep-carrier nobody else could attach, allowed are at most 255" },
        { Tap("bridge: {name: br0, create: {xtp: true}}"), "t.yaml:4:34: unknown key 'xtp', allowed are stp, forward-delay, hello-time, max-age, ageing-time, priority, multicast-snooping, group-forward-mask, mtu, mac, did you mean 'stp'?" },
        { Tap("bridge: {name: br0, create: {vlan-filtering: true}}"), "t.yaml:4:34: 'vlan-filtering' is not yet supported, allowed are stp, forward-delay, hello-time, max-age, ageing-time, priority, multicast-snooping, group-forward-mask, mtu, mac" },
        { Tap("bridge: {name: br0, create: maybe}"), "t.yaml:4:33: devices.tap0.bridge.create is 'maybe', allowed are true and false" },
        { Tap("bridge: {name: br0, create: {forward-delay: 1}}"), "t.yaml:4:49: devices.tap0.bridge.create.forward-delay is '1', allowed are 2 to 30 seconds in steps of 10ms" },
        { Tap("bridge: {name: br0, create: {hello-time: 1005ms}}"), "t.yaml:4:46: devices.tap0.bridge.create.hello-time is '1005ms', allowed are 1 to 10 seconds in steps of 10ms" },
        { Tap("bridge: {name: br0, create: {priority: 65536}}"), "t.yaml:4:44: devices.tap0.bridge.create.priority is 65536, allowed is a number from 0 to 65535" },
        { Tap("bridge: {name: br0, create: {group-forward-mask: 7}}"), "t.yaml:4:54: devices.tap0.bridge.create.group-forward-mask is '7', allowed is a number from 0 to 0xfff8 without the lowest three bits" },
        { Tap("bridge: {name: br0, create: {stp: true}}") + "  tap1: {kind: tap, bridge: {name: br0, create: {stp: false}}}\n", "t.yaml:5:41: the settings of the bridge br0 differ from those at t.yaml:4:25, allowed are the same, or create: true" },
        { Tap("routes: [{to: 10.0.0.0/8, type: drop}]"), "t.yaml:4:37: devices.tap0.routes.type is 'drop', allowed are unicast and local and blackhole and unreachable and prohibit and throw" },
        { Tap("routes: [{to: 10.0.0.0/8, type: blackhole, via: 10.0.0.1}]\n    addresses: [10.0.0.2/24]"), "t.yaml:4:48: a route of type blackhole leads to no router, via is allowed for type unicast" },
        { Tap("routes: [{to: 10.0.0.0/8}]") + "  tap1: {kind: tap, routes: [{to: 10.0.0.0/8}]}\n", "t.yaml:5:30: the route to 10.0.0.0/8 of tap1 is also one of tap0, allowed is one for a metric and table" },
        { "\"a\\eb\": 1\n", "t.yaml:1:1: unknown key 'a\\x1bb', allowed are devices, tunnels, defaults, on-conflict, on-drift, on-stop" },
        { Tap("mac: \"02\\n\""), "t.yaml:4:10: '02\\x0a' is no MAC address of a card, allowed are six pairs of hexadecimal digits, neither multicast (an odd first byte) nor all zero, such as 02:00:5e:10:00:01" },
        { "devices:\n  tun0: {kind: tun, arp: true}\n", "t.yaml:2:26: a TUN has no Ethernet addresses to ask for, arp is allowed for kind tap" },
        { "devices:\n  tun0: {kind: tun, mac: stable}\n", "t.yaml:2:26: a TUN has no MAC address, mac is allowed for kind tap" },
        { "devices:\n  tap{0-3}: {kind: tap}\n", "t.yaml:2:3: 'tap{0-3}' is no template for names, allowed is one such as tap{0..15}" },
        { "devices:\n  tap{3..0}: {kind: tap}\n", "t.yaml:2:3: the template 'tap{3..0}' counts down, allowed is one such as tap{0..15}" },
        { "devices:\n  t{0..9999}: {kind: tap}\n", "t.yaml:2:3: the template 't{0..9999}' makes 10000 cards, allowed are at most 4096" },
        { "devices:\n  tap{0..3}: {kind: tap}\n  tap2: {kind: tap}\n", "t.yaml:3:3: the card 'tap2' is declared twice, first at t.yaml:2:3" },
        { "devices:\n  tap{0..3}: {kind: tap, addresses: [10.0.0.1/24]}\n", "t.yaml:2:38: the address 10.0.0.1 of tap1 is also that of tap0, write '{n}' into it, such as '10.0.{n}.1/24'" },
        { "devices:\n  tap{0..3}: {kind: tap, mtu: 1}\n", "t.yaml:2:31: MTU 1 is out of range, allowed are 68 to 65521 for a TAP" },
        { "devices:\n  tap0: {kind: tap, addresses: [10.0.0.1/24]}\n  tap1: {kind: tap, addresses: [10.0.0.1/8]}\n", "t.yaml:3:33: the address 10.0.0.1 of tap1 is also that of tap0, allowed is another one" },
        { "defaults: {mtu: 1}\ndevices:\n  tap0: {kind: tap}\n  tap1: {kind: tap}\n", "t.yaml:1:17: MTU 1 is out of range, allowed are 68 to 65521 for a TAP" },
        { "defaults: {mut: 1}\n", "t.yaml:1:12: unknown key 'mut', allowed are " + DeviceKeys + ", did you mean 'mtu'?" },
        { "on-drift: fix\n", "t.yaml:1:11: on-drift is 'fix', allowed are report and repair" },
        { "devices: *none\n", "t.yaml:1:10: the alias *none stands for nothing, its anchor &none must end before it" },
        { "devices: &a {tap0: *a}\n", "t.yaml:1:20: the alias *a stands for nothing, its anchor &a must end before it" },
        { "devices:\n  tap0:\n    <<: tap\n    kind: tap\n", "t.yaml:3:9: << is 'tap', allowed is an alias of a group of keys" },
        { "tunnels: {office: {}}\n", "t.yaml:1:11: tunnels.office says no openvpn, allowed is the path of an OpenVPN configuration" },
        { "tunnels: {o/f: {openvpn: a}}\n", "t.yaml:1:11: 'o/f' is no name of a tunnel, allowed are 1 to 32 letters, digits, -, _ and dots, a letter or digit first" },
        { "tunnels: {o: {openvpn: a, file: b}}\n", "t.yaml:1:27: unknown key 'file', allowed are openvpn, description, enabled" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Parse_OneMistake_IsToldExactly(string text, string expected)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse(text));

        Assert.Equal(expected, Assert.Single(error.Diagnostics).ToString());
    }

    [Fact]
    public void Parse_SeveralMistakes_AreToldAtOnceInOrder()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse("""
            devices:
              tap0:
                kind: tap
                mtu: 1
                mac: x
              tap/1:
                kind: tup
            tunels: {}
            """));

        Assert.Equal([4, 5, 6, 7, 8], error.Diagnostics.Select(d => d.Line));
        Assert.Equal(
            ["devices.tap0.mtu", "devices.tap0.mac", "devices.tap/1", "devices.tap/1.kind", "tunels"],
            error.Diagnostics.Select(d => d.Key));
        Assert.Equal(5, error.Message.Split('\n').Length);
    }

    [Fact]
    public void Parse_ControlCharactersAnywhere_StayInTheirLine()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(
            "devices:\n  \"a\\nb\": {kind: \"t\\rp\", \"\\e[2J\": 1, owner: \"x\\ny\"}\n", "a\nb.yaml", "test"));

        Assert.Equal(error.Diagnostics.Count, error.Message.Split('\n').Length);
        Assert.All(error.Message.Split('\n'), line => Assert.StartsWith("a\\x0ab.yaml:2:", line, StringComparison.Ordinal));
        Assert.DoesNotContain(error.Message, c => c != '\n' && char.IsControl(c));
    }

    [Theory]
    [InlineData("devices:\n  tap0: {kind: tap\n")]
    [InlineData("devices:\n\ttap0: {}\n")]
    [InlineData("devices: *unknown\n")]
    [InlineData("\"unfinished")]
    [InlineData("a: b: c\n")]
    [InlineData("a: [-,]\n")]
    public void Parse_BrokenYaml_NamesThePlace(string text)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse(text));

        Assert.All(error.Diagnostics, d => Assert.True(d.Line > 0 && d.Column > 0, d.ToString()));
        Assert.DoesNotContain('\n', error.Diagnostics[0].Message);
    }

    [Fact]
    public void Parse_DeepNesting_IsRefusedWithoutOverflow() =>
        Assert.Throws<ConfigurationException>(() => Parse(new string('[', 100_000)));

    [Fact]
    public void Parse_MutatedDefault_ThrowsNothingElse()
    {
        Random random = new(7);
        for (int round = 0; round < 3_000; round++)
        {
            char[] text = ConfigurationFile.DefaultText.ToCharArray();
            for (int i = random.Next(1, 6); i > 0; i--)
                text[random.Next(text.Length)] = "{}[]:,-&*!|>'\"%@`# \n\tx0"[random.Next(23)];
            try
            {
                Parse(new string(text));
            }
            catch (ConfigurationException e)
            {
                Assert.NotEmpty(e.Diagnostics);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Load_PathThatIsNone_IsAMistakeAndNoCrash(string path) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(path));

    private static string Tap(string line, bool withKind = true) =>
        $"devices:\n  tap0:\n{(withKind ? "    kind: tap\n" : "")}    {line}\n";

    private static DesiredState Parse(string text) => ConfigurationFile.Parse(text, "t.yaml", "test");
}
