// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Hosting;

/// <summary>The ways that the host would take without a tunnel: main table, longest prefix, lowest metric.</summary>
/// <remarks>Policy rules and other tables are not looked at: whoever has them leads the traffic himself.</remarks>
internal sealed class OutsideWays
{
    private readonly HostState _state;
    private readonly string _card;
    private readonly List<Route> _routes;

    /// <param name="state">The picture.</param>
    /// <param name="card">The tunnel's card.</param>
    /// <param name="own">What the tunnel has laid so far; null for nothing.</param>
    internal OutsideWays(HostState state, string card, TunnelNetwork? own)
    {
        _state = state;
        _card = card;
        int index = state.Find(card)?.Index ?? -1;
        _routes = [.. state.RouteRecords.Where(r => r.Type == RouteType.Unicast && r.Table is 0 or Route.MainTable && r.Source is null &&
            r.LinkIndex != index && (r.Flags & (RouteFlags.Dead | RouteFlags.LinkDown)) == 0 && !IsOwn(r, own))];
    }

    /// <summary>The way to an address; null when there is none, or it is the host's own.</summary>
    internal CardRoute? To(IPAddress address)
    {
        if (_state.Addresses.Any(a => a.Address.Equals(address)) || IPAddress.IsLoopback(address))
            return null;
        Route? best = _routes.Where(r => r.Destination.BaseAddress.AddressFamily == address.AddressFamily && r.Destination.Contains(address))
            .OrderByDescending(r => r.Destination.PrefixLength).ThenBy(r => r.Metric).FirstOrDefault();
        return best is null ? null : Over(best);
    }

    /// <summary>The default routes of a family, the one in use first.</summary>
    internal IReadOnlyList<Route> Defaults(AddressFamily family) =>
        [.. _routes.Where(r => r.IsDefault && r.Destination.BaseAddress.AddressFamily == family).OrderBy(r => r.Metric)];

    /// <summary>The networks that a card is on, without those of the kernel's own.</summary>
    internal IEnumerable<IPNetwork> ConnectedTo(string card, AddressFamily family) => _state.Find(card) is { } link
        ? _routes.Where(r => r.LinkIndex == link.Index && r.Gateway is null && !r.IsDefault && r.Protocol == RouteProtocol.Kernel &&
            r.Destination.BaseAddress.AddressFamily == family && !r.Destination.BaseAddress.IsIPv6LinkLocal).Select(r => r.Destination)
        : [];

    /// <summary>A route with its card's name; null when the card is gone or the tunnel's.</summary>
    internal CardRoute? Over(Route route)
    {
        // Of several ways, the first will do: the peer sees one address of ours or the other.
        (int index, IPAddress? gateway, RouteFlags flags) = route.NextHops is [var hop, ..]
            ? (hop.LinkIndex, hop.Gateway, hop.Flags) : (route.LinkIndex, route.Gateway, route.Flags);
        return _state.Find(index) is { } link && link.Name != _card
            ? new() { Card = link.Name, Route = route with { Gateway = gateway, Flags = flags & RouteFlags.OnLink, NextHops = [], LinkIndex = index } }
            : null;
    }

    // The default route that stepped aside is the host's way still, in its new place.
    private static bool IsOwn(Route route, TunnelNetwork? own) => own is not null && !route.IsDefault &&
        route.Protocol == RouteOrigin.Protocol && own.Routes.Any(o => o.Route.Destination.Equals(route.Destination) && Equals(o.Route.Gateway, route.Gateway));
}
