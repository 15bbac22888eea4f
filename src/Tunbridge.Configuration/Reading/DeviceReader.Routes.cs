// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Configuration.Yaml;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration.Reading;

internal sealed partial class DeviceReader
{
    private static readonly RouteType[] s_routeTypes =
        [RouteType.Unicast, RouteType.Local, RouteType.Blackhole, RouteType.Unreachable, RouteType.Prohibit, RouteType.Throw];

    private List<DeviceRoute> ReadRoutes()
    {
        string path = PathOf("routes");
        List<DeviceRoute> routes = [];
        foreach (YamlNode item in _schema.Items(_keys["routes"], path, "a list of routes, such as [{to: 10.0.0.0/8, via: 192.168.0.2}]"))
        {
            if (ReadRoute(item, path) is not DeviceRoute route)
                continue;
            if (routes.Exists(r => r.Destination == route.Destination && r.Metric == route.Metric && r.Table == route.Table))
                _schema.Report(item.Position, path, $"the route to {To(route)} is written twice, allowed is one for a metric and table");
            else
                routes.Add(route);
        }

        return routes;
    }

    private DeviceRoute? ReadRoute(YamlNode node, string path)
    {
        if (Group(node, path, "routes", KeyNames.Route) is not { } keys)
            return null;
        if (keys["to"] is not YamlNode to)
        {
            _schema.Report(node.Position, path, "a route has no destination, allowed is to: default or to: PREFIX such as 10.0.0.0/8");
            return null;
        }

        IPAddress? via = _schema.Address(keys["via"], keys.PathOf("via"));
        if (ReadDestination(to, path, via) is not IpPrefix destination)
            return null;
        bool isIPv6 = destination.IsIPv6;
        if (via is not null && SchemaReader.IsIPv6(via) != isIPv6)
        {
            _schema.Report(
                keys["via"]!.Position, keys.PathOf("via"),
                $"the router {via} is not of the destination's family, allowed is an {Family(isIPv6)} address");
        }

        RouteType type = ReadType(keys);
        if (type != RouteType.Unicast)
        {
            foreach (string key in (ReadOnlySpan<string>)["via", "on-link"])
            {
                if (keys[key] is not null)
                    _schema.Report(keys.PositionOf(key), keys.PathOf(key), $"a route of type {Word(type)} leads to no router, {key} is allowed for type unicast");
            }
        }

        return new()
        {
            Destination = destination,
            Type = type,
            Via = via,
            Metric = (uint?)_schema.Number(keys["metric"], keys.PathOf("metric"), 0, uint.MaxValue),
            Table = ReadTable(keys),
            Source = _schema.Address(keys["source"], keys.PathOf("source"), isIPv6),
            Scope = ReadScope(keys),
            Mtu = (int?)_schema.Number(keys["mtu"], keys.PathOf("mtu"), CardSettings.MinimumMtu, CardSettings.MaximumTunMtu),
            OnLink = _schema.Boolean(keys["on-link"], keys.PathOf("on-link")) ?? false,
            Position = keys["via"]?.Position ?? node.Position,
        };
    }

    private IpPrefix? ReadDestination(YamlNode node, string path, IPAddress? via)
    {
        if (_schema.Text(node, path + ".to", "default or a prefix such as 10.0.0.0/8") is not string text)
            return null;
        if (text == "default")
            return IpPrefix.Parse(via is not null && SchemaReader.IsIPv6(via) ? "::/0" : "0.0.0.0/0");
        return ReadNetwork(text, node, path + ".to", "default or a prefix such as 10.0.0.0/8");
    }

    /// <summary>A prefix without host bits: with them one of the two numbers is a slip of the pen.</summary>
    private IpPrefix? ReadNetwork(string text, YamlNode node, string path, string allowed)
    {
        string? mistake = !IpPrefix.TryParse(text, out IpPrefix prefix) ? $"'{text}' is no prefix, allowed is {allowed}"
            : prefix != prefix.Network ? $"'{text}' has bits behind its prefix, did you mean '{prefix.Network}'?"
            : null;
        if (mistake is null)
            return prefix;
        _schema.Report(node.Position, path, mistake);
        return null;
    }

    private uint? ReadTable(KeyGroup keys) => keys["table"] switch
    {
        null => null,
        YamlScalar { Text: "main" } => 254,
        YamlScalar { Text: "default" } => 253,
        YamlScalar { Text: "local" } => 255,
        YamlNode node => _schema.Integer(node, keys.PathOf("table"), "a number, main, default or local") is not long
            ? null
            : (uint?)_schema.Number(node, keys.PathOf("table"), 1, uint.MaxValue),
    };

    private RouteType ReadType(KeyGroup keys) =>
        keys["type"] is YamlNode node && _schema.Word(node, keys.PathOf("type"), [.. s_routeTypes.Select(Word)]) is string word
            ? s_routeTypes.First(t => Word(t) == word)
            : RouteType.Unicast;

    private static string Word(RouteType type) => type.ToString().ToLowerInvariant();

    private static string To(DeviceRoute route) => route.Destination.IsDefault ? "default" : route.Destination.ToString();
}
