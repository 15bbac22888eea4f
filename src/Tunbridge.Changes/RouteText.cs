// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Routes as text, and whether two are the same.</summary>
internal static class RouteText
{
    // What the kernel gives an IPv6 route without a metric.
    private const uint DefaultIPv6Metric = 1024;

    /// <summary>Whether a route leads over a card, rather than nowhere (blackhole, unreachable …).</summary>
    internal static bool HasCard(Route route) =>
        route.Type is not (RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw);

    /// <summary>What an instance remembers of a route that is over no card; null for one that is.</summary>
    internal static string? NoteOf(Route route) => HasCard(route) ? null : "route " + Of(route);

    /// <summary>The route in the words of <c>ip route</c>, without the card.</summary>
    internal static string Of(Route route)
    {
        StringBuilder text = new();
        if (route.Type != RouteType.Unicast)
            text.Append(route.Type.ToString().ToLowerInvariant()).Append(' ');
        text.Append(route.ToString());
        if (route.Flags.HasFlag(RouteFlags.OnLink))
            text.Append(" onlink");
        if (MetricOf(route) is var metric && metric != (route.IsIPv6 ? DefaultIPv6Metric : 0))
            text.Append(CultureInfo.InvariantCulture, $" metric {metric}");
        if (TableOf(route) != Route.MainTable)
            text.Append(CultureInfo.InvariantCulture, $" table {route.Table}");
        if (route.PreferredSource is not null)
            text.Append($" src {route.PreferredSource}");
        if (route.Mtu != 0)
            text.Append(CultureInfo.InvariantCulture, $" mtu {route.Mtu}");
        if (route.AdvertisedSegmentSize != 0)
            text.Append(CultureInfo.InvariantCulture, $" advmss {route.AdvertisedSegmentSize}");
        return text.ToString();
    }

    /// <summary>Whether two routes take the same place: one of them can be there.</summary>
    internal static bool HasSameKey(Route left, Route right) =>
        left.Destination.Equals(right.Destination) && MetricOf(left) == MetricOf(right) && TableOf(left) == TableOf(right) &&
        Equals(left.Source, right.Source);

    /// <summary>Whether the kernel's route is the wanted one, over the card of this index.</summary>
    internal static bool IsSame(Route found, Route wanted, int index) =>
        HasSameKey(found, wanted) && found.Type == wanted.Type && Equals(found.Gateway, wanted.Gateway) &&
        (!HasCard(wanted) || found.LinkIndex == index) && Equals(found.PreferredSource, wanted.PreferredSource) &&
        found.Mtu == wanted.Mtu && found.AdvertisedSegmentSize == wanted.AdvertisedSegmentSize &&
        found.Flags.HasFlag(RouteFlags.OnLink) == wanted.Flags.HasFlag(RouteFlags.OnLink) &&
        (wanted.IsIPv6 || wanted.Scope is null || wanted.Scope == found.Scope);

    private static uint MetricOf(Route route) => route.Metric == 0 && route.IsIPv6 ? DefaultIPv6Metric : route.Metric;

    private static uint TableOf(Route route) => route.Table == 0 ? Route.MainTable : route.Table;
}
