// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Hosting;

/// <summary>Turns what a tunnel asks for into routes of this host: which lead into it, which around it, what steps aside.</summary>
/// <remarks>
/// Pure: looks at nothing but its arguments. The server's address keeps a route of its own by the way that it had, whatever else is led into
/// the tunnel: packets of the tunnel that went into the tunnel would go round in circles, and a server that pushed a route over its own address
/// could see them in the open.
/// </remarks>
internal sealed partial class TunnelLayout
{
    private readonly HostDemand _demand;
    private readonly string _card;
    private readonly TunnelNetwork? _before;
    private readonly OutsideWays _ways;
    private readonly List<CardRoute> _kept = [];
    private readonly List<CardRoute> _around = [];
    private readonly List<CardRoute> _into = [];
    private readonly List<CardRoute> _displaced = [];
    private readonly List<string> _notes = [];

    private TunnelLayout(HostState state, string card, HostDemand demand, TunnelNetwork? before)
    {
        _demand = demand;
        _card = card;
        _before = before;
        _ways = new OutsideWays(state, card, before);
    }

    /// <summary>Lays it out.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="card">The tunnel's card.</param>
    /// <param name="demand">What is asked for.</param>
    /// <param name="before">What the tunnel has so far; null for nothing.</param>
    /// <param name="outside">Name servers and DHCP servers that the host has outside the tunnel.</param>
    /// <param name="notes">What could not be laid, in words.</param>
    /// <returns>What it is to have.</returns>
    internal static TunnelNetwork Of(HostState state, string card, HostDemand demand, TunnelNetwork? before, OutsideServers outside,
        out IReadOnlyList<string> notes)
    {
        TunnelLayout layout = new(state, card, demand, before);
        layout.LayRoutes();
        if (demand.Redirect is { } redirect)
            layout.Redirect(redirect, outside);
        layout.KeepServersOutside();
        notes = layout._notes;
        return new()
        {
            Card = card,
            Addresses = [.. demand.Addresses.Select(a => new AddressSettings { Address = new(a.Address, a.Peer is null ? a.PrefixLength : MaximumLength(a.Address)), Peer = a.Peer })],
            Mtu = demand.Mtu,
            Mac = demand.Mac is { } mac && HardwareAddress.TryParse(mac, out HardwareAddress address) ? address : null,
            QueueLength = demand.QueueLength,
            // Those around it first: at no moment the server is reached through the tunnel.
            // What the server asks for may be refused by the kernel; what keeps the server outside may not.
            Routes = Distinct([.. layout._kept, .. layout._around.Concat(layout._into).Select(r => r with { MayBeRefused = true })]),
            Displaced = layout._displaced,
        };
    }

    private void LayRoutes()
    {
        foreach (TunnelRoute route in _demand.Routes)
        {
            if (route.IsOutside)
                LayOutside(route);
            else if (route.Network.PrefixLength == MaximumLength(route.Network.BaseAddress) && _demand.Outside.Contains(route.Network.BaseAddress))
                _notes.Add($"the route to {route.Network} is left out: it would lead the tunnel into itself");
            else if (route.Network.PrefixLength == 0)
                LayDefault(route.Network.BaseAddress.AddressFamily, route.Gateway, route.Metric);
            else
                LayInto(route.Network, route.Gateway, route.Metric);
        }
    }

    private void LayOutside(TunnelRoute route)
    {
        AddressFamily family = route.Network.BaseAddress.AddressFamily;
        if (_ways.Defaults(family) is [var first, ..] && _ways.Over(first) is { } way)
            _around.Add(Around(route.Network, way, route.Metric));
        else
            _notes.Add($"the route to {route.Network} by net_gateway is left out: the host has no default route");
    }

    private void LayInto(IPNetwork network, IPAddress? gateway, int? metric)
    {
        if (_demand.BlocksIPv6 && network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6)
        {
            _into.Add(Closed(network, (uint)(metric ?? 0)));
            return;
        }
        string card = _card;
        if (gateway is not null && !IsOnCard(gateway))
        {
            // Somebody named a router that is not in the tunnel; where it is no neighbour either, the card alone says where to go.
            CardRoute? way = _ways.To(gateway);
            (card, gateway) = way is { Route.Gateway: null } ? (way.Card, gateway) : (_card, null);
        }
        (card == _card ? _into : _around).Add(new()
        {
            Card = card,
            Route = new()
            {
                Destination = network,
                Gateway = gateway,
                Metric = (uint)(metric ?? 0),
                Protocol = RouteOrigin.Protocol,
            },
        });
    }

    private bool IsOnCard(IPAddress gateway) => _demand.Addresses.Any(a => gateway.Equals(a.Peer) ||
        (a.Peer is null && new IpPrefix(a.Address, a.PrefixLength).Contains(gateway)));

    private void KeepServersOutside()
    {
        foreach (IPAddress server in _demand.Outside.Distinct())
        {
            bool isRedirected = _demand.Redirect is { } redirect && !redirect.IsServerLocal &&
                (redirect.KeepsDefault || (server.AddressFamily == AddressFamily.InterNetworkV6 ? redirect.IPv6 : redirect.IPv4));
            bool isCovered = _into.Any(r => r.Route.Destination.Contains(server)) ||
                _demand.Addresses.Any(a => a.Peer is null && new IpPrefix(a.Address, a.PrefixLength).Contains(server));
            if (!isRedirected && !isCovered)
                continue;
            CardRoute? way = _ways.To(server);
            if (_demand.Redirect is { FindsLocal: true } && way is { Route.Gateway: null } && !isCovered)
                continue;
            CardRoute closed = Closed(new IPNetwork(server, MaximumLength(server)), AsideMetric);
            bool wasKept = _before?.Routes.Any(closed.IsSameAs) ?? false;
            if (way is not null || wasKept)
                _kept.Insert(0, closed);
            if (way is not null)
                _kept.Insert(0, Around(closed.Route.Destination, way, metric: null));
        }
    }

    // Also behind the way to the server: when that goes with its card, nothing must go into the tunnel instead.
    private static CardRoute Closed(IPNetwork network, uint metric) => new()
    {
        Card = "lo",
        Route = new() { Destination = network, Type = RouteType.Unreachable, Metric = metric, Protocol = RouteOrigin.Protocol },
    };

    private static CardRoute Around(IPNetwork network, CardRoute way, int? metric) => new()
    {
        Card = way.Card,
        Route = new()
        {
            Destination = network,
            Gateway = way.Route.Gateway,
            Metric = (uint)(metric ?? 0),
            Protocol = RouteOrigin.Protocol,
            PreferredSource = way.Route.PreferredSource,
            Flags = way.Route.Flags & RouteFlags.OnLink,
        },
    };

    private static int MaximumLength(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    private static List<CardRoute> Distinct(List<CardRoute> routes) => [.. routes.DistinctBy(r => (r.Route.Destination, r.Route.Metric))];
}
