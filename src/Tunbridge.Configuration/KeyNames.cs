// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>Every key of the file, group by group; tunbridge.schema.json has the same.</summary>
internal static class KeyNames
{
    internal static readonly string[] Top = ["devices", "tunnels", "defaults", "on-conflict", "on-drift", "on-stop"];

    internal static readonly string[] Device =
    [
        "kind", "description", "state", "owner", "group", "multi-queue", "queues", "packet-info", "vnet-header", "persist",
        "keep-carrier", "mac", "mtu", "txqueuelen", "up", "promiscuous", "all-multicast", "multicast", "arp", "offload",
        "addresses", "dhcp", "routes", "rules", "dns", "bridge", "netns", "sysctl", "hooks", "alt-names", "after", "requires",
        "on-conflict", "on-drift", "on-stop",
    ];

    internal static readonly string[] Tunnel = ["openvpn", "description", "enabled"];

    internal static readonly string[] Address =
        ["address", "peer", "broadcast", "label", "scope", "lifetime", "preferred-lifetime"];

    internal static readonly string[] Route = ["to", "via", "type", "metric", "table", "source", "scope", "mtu", "on-link"];

    internal static readonly string[] Rule =
        ["priority", "table", "from", "to", "family", "mark", "incoming", "outgoing"];

    internal static readonly string[] Dns = ["servers", "search"];

    internal static readonly string[] Dhcp = ["v4", "v6", "client"];

    internal static readonly string[] Bridge =
    [
        "name", "create", "priority", "cost", "hairpin", "guard", "root-block", "learning", "flood", "multicast-flood",
        "broadcast-flood", "isolated", "neighbour-suppression", "locked",
    ];

    internal static readonly string[] CreatedBridge =
    [
        "stp", "forward-delay", "hello-time", "max-age", "ageing-time", "priority", "multicast-snooping", "group-forward-mask",
        "mtu", "mac",
    ];

    internal static readonly string[] Sysctl =
        ["rp-filter", "forwarding", "disable-ipv6", "ignore-routes-with-linkdown", "proxy-arp"];

    internal static readonly string[] Hooks = ["pre-up", "post-up", "up", "pre-down", "post-down"];

    internal static readonly string[] Hook = ["command", "timeout", "environment", "user"];

    /// <summary>What other tools' files have for a card and this one has not yet.</summary>
    internal static readonly string[] FutureDevice = ["vlan", "vlans", "vrf", "qdisc", "firewall-zone"];

    /// <summary>The same for a bridge's port.</summary>
    internal static readonly string[] FutureBridge = ["vlan", "vlans", "pvid", "vlan-filtering"];

    /// <summary>The same for a bridge itself.</summary>
    internal static readonly string[] FutureCreatedBridge = ["vlan-filtering", "default-pvid"];
}
