// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Tunbridge.Netlink.Tests;

/// <summary>One line for an object, the same from ip's JSON and from our record, so that a difference is readable.</summary>
internal static class Canonical
{
    private static readonly (AddressFlags Flag, string Name)[] s_addressFlags =
    [
        (AddressFlags.NoDuplicateDetection, "nodad"), (AddressFlags.Optimistic, "optimistic"),
        (AddressFlags.DuplicateDetected, "dadfailed"), (AddressFlags.HomeAddress, "home"),
        (AddressFlags.Deprecated, "deprecated"), (AddressFlags.Tentative, "tentative"),
        (AddressFlags.ManageTemporary, "mngtmpaddr"), (AddressFlags.NoPrefixRoute, "noprefixroute"),
        (AddressFlags.AutoJoin, "autojoin"), (AddressFlags.StablePrivacy, "stable-privacy"),
    ];

    internal static string Address(JsonElement e) =>
        $"{e.Text("local")} peer {e.Text("address")}/{e.Text("prefixlen")} brd {e.Text("broadcast")} {e.Text("scope")} " +
        $"label {e.Text("label")} metric {e.Text("metric")} valid {Coarse(e.Number("valid_life_time"))} " +
        $"preferred {Coarse(e.Number("preferred_life_time"))} " + string.Join(
            ',', s_addressFlags.Where(f => e.Is(f.Name)).Select(f => f.Name)) + (e.Is("secondary") ? " secondary" : "") +
        (e.Is("dynamic") ? " dynamic" : "");

    internal static string Address(InterfaceAddress a) =>
        $"{a.Address} peer {a.Peer}/{a.PrefixLength} brd {a.Broadcast} {Scope(a.Scope)} " +
        $"label {a.Label} metric {(a.Metric == 0 ? "" : a.Metric)} valid {Coarse((long?)a.ValidLifetime?.TotalSeconds ?? uint.MaxValue)} " +
        $"preferred {Coarse((long?)a.PreferredLifetime?.TotalSeconds ?? uint.MaxValue)} " + string.Join(
            ',', s_addressFlags.Where(f => a.Flags.HasFlag(f.Flag)).Select(f => f.Name)) +
        (a.Flags.HasFlag(AddressFlags.Secondary) ? " secondary" : "") +
        (a.Flags.HasFlag(AddressFlags.Permanent) ? "" : " dynamic");

    internal static string Route(JsonElement e) =>
        $"{e.Text("type")} {e.Text("dst")} from {e.Text("from")} via {e.Text("gateway")}{Via(e)} dev {e.Text("dev")} table {e.Text("table")} " +
        $"proto {e.Text("protocol")} {e.Text("scope")} src {e.Text("prefsrc")} metric {e.Number("metric") ?? 0} " +
        $"mtu {Metric(e, "mtu")} advmss {Metric(e, "advmss")} flags {string.Join(',', e.Strings("flags"))} pref {e.Text("pref")} " +
        (e.TryGetProperty("nexthops", out JsonElement hops) ? string.Join(';', hops.EnumerateArray().Select(h =>
            $"{h.Text("gateway")}{Via(h)} {h.Text("dev")} {h.Text("weight")} {string.Join(',', h.Strings("flags"))}")) : "");

    internal static string Route(Route r, Dictionary<int, string> names) =>
        $"{r.Type.ToString().ToLowerInvariant()} {Prefix(r.Destination)} from {Prefix(r.Source)} via {r.Gateway} dev {Name(names, r.LinkIndex)} table {Table(r.Table)} " +
        $"proto {Protocol(r.Protocol)} {Scope(r.Scope!.Value)} src {r.PreferredSource} metric {r.Metric} " +
        $"mtu {r.Mtu} advmss {r.AdvertisedSegmentSize} flags {Flags(r.Flags)} pref {r.Preference?.ToString().ToLowerInvariant()} " +
        string.Join(';', r.NextHops.Select(h => $"{h.Gateway} {Name(names, h.LinkIndex)} {h.Weight} {Flags(h.Flags)}"));

    internal static string Rule(JsonElement e) =>
        $"{e.Number("priority")}: {(e.TryGetProperty("not", out _) ? "not " : "")}from {e.Text("src")}{Slash(e.Number("srclen"))} to {e.Text("dst")}{Slash(e.Number("dstlen"))} " +
        $"mark {e.Text("fwmark")}/{e.Text("fwmask")} iif {e.Text("iif")} oif {e.Text("oif")} users {e.Number("uid_start")}-{e.Number("uid_end")} " +
        $"table {e.Text("table")} action {e.Text("action")} goto {e.Text("goto")} suppress {e.Number("suppress_prefixlen")} tos {e.Text("tos")} ipproto {e.Text("ipproto")} proto {e.Text("protocol")}";

    internal static string Rule(Rule r) =>
        $"{r.Priority}: {(r.IsInverted ? "not " : "")}from {(r.From is null ? "all" : Prefix(r.From))} to {Prefix(r.To)} " +
        $"mark {(r.Mark is uint m ? Hex(m) : "")}/{(r.MarkMask is uint k ? Hex(k) : "")} iif {r.InputLink} oif {r.OutputLink} users {r.FirstUser}-{r.LastUser} " +
        $"table {(r.Table == 0 ? "" : Table(r.Table))} action {(r.Action is RuleAction.Lookup or RuleAction.Goto ? "" : r.Action.ToString().ToLowerInvariant())} goto {r.GotoPriority} " +
        $"suppress {r.SuppressPrefixLength} tos {(r.TypeOfService == 0 ? "" : Hex(r.TypeOfService))} ipproto {(r.IPProtocol is 17 ? "udp" : "")} proto {Protocol(r.Protocol)}";

    internal static string Neighbour(JsonElement e) =>
        $"{e.Text("dst")} dev {e.Text("dev")} lladdr {e.Text("lladdr")} {string.Join(',', e.Strings("state"))} " +
        $"{(e.TryGetProperty("router", out _) ? "router" : "")} {(e.TryGetProperty("proxy", out _) ? "proxy" : "")} proto {e.Text("protocol")}";

    internal static string Neighbour(Neighbour n, Dictionary<int, string> names) =>
        $"{n.Address} dev {Name(names, n.LinkIndex)} lladdr {n.HardwareAddress} {(n.State == 0 ? "" : n.State.ToString().ToUpperInvariant())} " +
        $"{(n.Flags.HasFlag(NeighbourFlags.Router) ? "router" : "")} {(n.IsProxy ? "proxy" : "")} proto {(n.Protocol == 0 ? "" : Protocol(n.Protocol))}";

    private static string? Via(JsonElement e) => e.TryGetProperty("via", out JsonElement via) ? via.Text("host") : null;

    private static long Metric(JsonElement e, string name) =>
        e.TryGetProperty("metrics", out JsonElement metrics) ? metrics[0].Number(name) ?? 0 : 0;

    // Seconds go by between two readings.
    private static string Coarse(long? seconds) => seconds == uint.MaxValue ? "forever" : $"about {(seconds + 20) / 50 * 50}";

    private static string? Slash(long? length) => length is null ? null : $"/{length}";

    // ip leaves the length of a whole address out, and calls a length of 0 "default".
    private static string Prefix(IPNetwork? network) => network is not IPNetwork n ? ""
        : n.PrefixLength == 0 ? "default"
        : n.PrefixLength == n.BaseAddress.GetAddressBytes().Length * 8 ? n.BaseAddress.ToString()
        : n.ToString();

    private static string Name(Dictionary<int, string> names, int index) => index == 0 ? "" : names[index];

    private static string Table(uint table) => table switch
    {
        253 => "default",
        254 => "main",
        255 => "local",
        _ => table.ToString(CultureInfo.InvariantCulture),
    };

    private static string Protocol(RouteProtocol protocol) => protocol switch
    {
        RouteProtocol.Unspecified => "unspec",
        RouteProtocol.Kernel => "kernel",
        RouteProtocol.Boot => "boot",
        RouteProtocol.Static => "static",
        RouteProtocol.RouterAdvertisement => "ra",
        _ => $"{(byte)protocol}",
    };

    private static string Scope(AddressScope scope) => scope switch
    {
        AddressScope.Global => "global",
        AddressScope.Link => "link",
        AddressScope.Host => "host",
        AddressScope.Site => "site",
        _ => $"{(byte)scope}",
    };

    private static string Flags(RouteFlags flags) => string.Join(',', new[]
    {
        (RouteFlags.Dead, "dead"), (RouteFlags.OnLink, "onlink"), (RouteFlags.Pervasive, "pervasive"), (RouteFlags.LinkDown, "linkdown"),
    }.Where(f => flags.HasFlag(f.Item1)).Select(f => f.Item2));

    private static string Hex(uint value) => value == 0 ? "0" : $"0x{value:x}";
}
