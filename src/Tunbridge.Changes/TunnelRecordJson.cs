// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>A tunnel's network in a file: all that is needed to take it back.</summary>
internal static class TunnelRecordJson
{
    internal static void Write(Utf8JsonWriter json, TunnelNetwork network)
    {
        json.WriteString("card", network.Card);
        json.WriteStartArray("addresses");
        foreach (AddressSettings address in network.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("address", address.Address.ToString());
            WriteAddress(json, "peer", address.Peer);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Write(json, "routes", network.Routes);
        Write(json, "displaced", network.Displaced);
    }

    internal static TunnelNetwork Read(JsonElement root) => new()
    {
        Card = Text(root, "card"),
        Addresses = [.. root.GetProperty("addresses").EnumerateArray().Select(a => new AddressSettings
        {
            Address = IpPrefix.Parse(Text(a, "address")),
            Peer = ReadAddress(a, "peer"),
        })],
        Routes = ReadRoutes(root.GetProperty("routes")),
        Displaced = ReadRoutes(root.GetProperty("displaced")),
    };

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<CardRoute> routes)
    {
        json.WriteStartArray(name);
        foreach (CardRoute item in routes)
        {
            Route route = item.Route;
            json.WriteStartObject();
            json.WriteString("card", item.Card);
            json.WriteString("to", route.Destination.ToString());
            WriteAddress(json, "via", route.Gateway);
            WriteAddress(json, "source", route.PreferredSource);
            json.WriteNumber("metric", route.Metric);
            json.WriteNumber("table", route.Table);
            json.WriteNumber("type", (int)route.Type);
            json.WriteNumber("protocol", (int)route.Protocol);
            if (route.Scope is { } scope)
                json.WriteNumber("scope", (int)scope);
            json.WriteNumber("mtu", route.Mtu);
            json.WriteNumber("segment", route.AdvertisedSegmentSize);
            json.WriteBoolean("on-link", route.Flags.HasFlag(RouteFlags.OnLink));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static IReadOnlyList<CardRoute> ReadRoutes(JsonElement list) => [.. list.EnumerateArray().Select(r => new CardRoute
    {
        Card = Text(r, "card"),
        Route = new()
        {
            Destination = IPNetwork.Parse(Text(r, "to")),
            Gateway = ReadAddress(r, "via"),
            PreferredSource = ReadAddress(r, "source"),
            Metric = r.GetProperty("metric").GetUInt32(),
            Table = r.GetProperty("table").GetUInt32(),
            Type = (RouteType)r.GetProperty("type").GetInt32(),
            Protocol = (RouteProtocol)r.GetProperty("protocol").GetInt32(),
            Scope = r.TryGetProperty("scope", out JsonElement scope) ? (AddressScope)scope.GetByte() : null,
            Mtu = r.GetProperty("mtu").GetInt32(),
            AdvertisedSegmentSize = r.GetProperty("segment").GetInt32(),
            Flags = r.GetProperty("on-link").GetBoolean() ? RouteFlags.OnLink : RouteFlags.None,
        },
    })];

    private static void WriteAddress(Utf8JsonWriter json, string name, IPAddress? address)
    {
        if (address is not null)
            json.WriteString(name, address.ToString());
    }

    private static IPAddress? ReadAddress(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement text) ? IPAddress.Parse(text.GetString()!) : null;

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
