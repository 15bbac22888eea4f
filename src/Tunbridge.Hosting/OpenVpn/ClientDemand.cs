// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.OpenVpn.Client;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>What a client asks of its host, from the options that it has got.</summary>
internal static class ClientDemand
{
    /// <param name="configuration">The client's.</param>
    /// <param name="options">What was pulled.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="names">Addresses of the names that routes have.</param>
    internal static HostDemand Of(TunnelConfiguration configuration, PulledOptions options, IPAddress server, IReadOnlyDictionary<string, IPAddress> names) => new()
    {
        Addresses = [.. AddressesOf(options)],
        Mtu = options.Mtu ?? configuration.Session.TunMtu,
        Mac = configuration.Sockets.CardAddress,
        QueueLength = configuration.Sockets.CardQueueLength,
        Routes = [.. options.Routes.Select(r => RouteOf(r, server, names)).OfType<TunnelRoute>()],
        Redirect = options.Redirect is { } redirect ? RedirectOf(redirect, options) : null,
        BlocksIPv6 = options.BlocksIPv6,
        Outside = [server],
        NameServers = options.Dns.Addresses,
        SearchDomains = options.Dns.SearchDomains,
        ResolveDomains = options.Dns.ResolveDomains,
    };

    private static IEnumerable<HostAddress> AddressesOf(PulledOptions options)
    {
        if (options.Address is { } v4)
            yield return new() { Address = v4.Address, PrefixLength = v4.PrefixLength, Peer = v4.Peer };
        // Its other end is a router in the same network, not the end of a wire.
        if (options.AddressV6 is { } v6)
            yield return new() { Address = v6.Address, PrefixLength = v6.PrefixLength };
    }

    private static TunnelRoute? RouteOf(PulledRoute route, IPAddress server, IReadOnlyDictionary<string, IPAddress> names)
    {
        IPNetwork? network = route.Network;
        if (network is null && route.Name is { } name)
        {
            IPAddress? address = name == "remote_host" ? server : names.GetValueOrDefault(name);
            network = address is null ? null : new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32);
        }
        return network is not { } known ? null : new()
        {
            Network = known,
            Gateway = route.Via == RouteVia.Outside ? null : route.Gateway,
            IsOutside = route.Via == RouteVia.Outside || route.Name == "net_gateway",
            Metric = route.Metric,
        };
    }

    private static RedirectGateway RedirectOf(PulledRedirect redirect, PulledOptions options) => new()
    {
        ByHalves = redirect.ByHalves,
        IPv4 = redirect.IPv4,
        IPv6 = redirect.IPv6,
        IsServerLocal = redirect.IsServerLocal,
        FindsLocal = redirect.FindsLocal,
        BypassesDhcp = redirect.BypassesDhcp,
        BypassesDns = redirect.BypassesDns,
        BlocksLocal = redirect.BlocksLocal,
        KeepsDefault = redirect.KeepsDefault,
        Gateway = options.Gateway,
    };
}
