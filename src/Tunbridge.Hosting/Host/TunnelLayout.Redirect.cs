// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Hosting;

/// <content>redirect-gateway.</content>
internal sealed partial class TunnelLayout
{
    // Behind every metric that DHCP clients and network managers use.
    private const uint AsideMetric = 84_000;

    private static readonly IPNetwork[] s_halves = [IPNetwork.Parse("0.0.0.0/1"), IPNetwork.Parse("128.0.0.0/1")];

    // The addresses that are given out, as openvpn cuts them.
    private static readonly IPNetwork[] s_partsV6 =
        [IPNetwork.Parse("::/3"), IPNetwork.Parse("2000::/4"), IPNetwork.Parse("3000::/4"), IPNetwork.Parse("fc00::/7")];

    private void Redirect(RedirectGateway redirect, OutsideServers outside)
    {
        if (redirect.BypassesDns)
            KeepOutside(outside.NameServers);
        if (redirect.BypassesDhcp)
            KeepOutside(outside.DhcpServers);
        if (redirect.BlocksLocal)
        {
            BlockLocal(AddressFamily.InterNetwork, redirect.Gateway);
            if (redirect.IPv6)
                BlockLocal(AddressFamily.InterNetworkV6, redirect.GatewayV6);
        }
        if (redirect.KeepsDefault)
            return;
        if (redirect.IPv4 && redirect.ByHalves)
            LayHalves(redirect.Gateway, null);
        else if (redirect.IPv4)
            LayDefault(AddressFamily.InterNetwork, redirect.Gateway, null);
        if (redirect.IPv6)
        {
            foreach (IPNetwork part in s_partsV6)
                LayInto(part, redirect.GatewayV6, null);
        }
    }

    private void LayHalves(IPAddress? gateway, int? metric)
    {
        foreach (IPNetwork half in s_halves)
            LayInto(half, gateway, metric);
    }

    /// <summary>
    /// A default route into the tunnel. One of others that would win over it steps aside to a place behind, as a copy of ours: should this
    /// process be killed, and the card go with it, the kernel takes that at once.
    /// </summary>
    private void LayDefault(AddressFamily family, IPAddress? gateway, int? metric)
    {
        // An IPv6 route without a metric gets 1024.
        uint own = (uint)Math.Max(metric ?? 0, family == AddressFamily.InterNetworkV6 ? 1 : 0);
        CardRoute? aside = _before?.Displaced.FirstOrDefault(d => d.Route.Destination.BaseAddress.AddressFamily == family);
        if (aside is null && _ways.Defaults(family) is [var first, ..] && first.Metric <= own && first.Protocol != RouteOrigin.Protocol)
        {
            if (first.NextHops.Count > 0 && family == AddressFamily.InterNetwork)
            {
                _notes.Add("the default route has several ways and stays: it is overruled by two halves (def1)");
                LayHalves(gateway, metric);
                return;
            }
            aside = _ways.Over(first);
        }
        if (aside is not null)
        {
            own = aside.Route.Metric;
            _displaced.Add(aside);
            _around.Add(aside with { Route = aside.Route with { Metric = AsideMetric, Protocol = RouteOrigin.Protocol, LinkIndex = 0 } });
        }
        LayInto(new IPNetwork(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0), gateway, (int)own);
    }

    // One on a network of the host's own needs no route, unless that network is blocked.
    private void KeepOutside(IReadOnlyList<IPAddress> servers)
    {
        foreach (IPAddress server in servers)
        {
            if (_ways.To(server) is { Route.Gateway: not null } way)
                _around.Add(Around(new IPNetwork(server, MaximumLength(server)), way, null));
        }
    }

    // The card's networks in halves, which win over the whole; the router alone is a neighbour still.
    private void BlockLocal(AddressFamily family, IPAddress? gateway)
    {
        if (_ways.Defaults(family) is not [var first, ..] || _ways.Over(first) is not { Route.Gateway: { } router } way)
        {
            _notes.Add("redirect-gateway block-local: the host has no router, so nothing is blocked");
            return;
        }
        _around.Add(Around(new IPNetwork(router, MaximumLength(router)), way with { Route = way.Route with { Gateway = null } }, null));
        foreach (IPNetwork network in _ways.ConnectedTo(way.Card, family))
        {
            if (network.PrefixLength + 1 >= MaximumLength(network.BaseAddress))
                continue;
            byte[] upper = network.BaseAddress.GetAddressBytes();
            upper[network.PrefixLength / 8] |= (byte)(0x80 >> (network.PrefixLength % 8));
            LayInto(new IPNetwork(network.BaseAddress, network.PrefixLength + 1), gateway, null);
            LayInto(new IPNetwork(new IPAddress(upper), network.PrefixLength + 1), gateway, null);
        }
    }
}
