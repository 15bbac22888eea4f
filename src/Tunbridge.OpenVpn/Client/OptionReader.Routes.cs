// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Client;

/// <content>Routes and the default route.</content>
internal sealed partial class OptionReader
{
    private static readonly HashSet<string> s_keywords = ["vpn_gateway", "net_gateway", "remote_host"];

    // Names are for one's own file, or with allow-pull-fqdn.
    private bool MayHaveNames => _isOwn || configuration.Client.AllowsNames;

    // Checked now, so that what is wrong is said with its place; put together once the gateway is known.
    private bool TryAddRoute(string[] words)
    {
        if (_routeWords.Count >= MaximumEntries || !(words[0] == "route" ? IsRoute(words) : IsRouteV6(words)))
            return false;
        _routeWords.Add(words);
        return true;
    }

    // route NETWORK [MASK] [GATEWAY] [METRIC]; "default" stands for what is left out
    private bool IsRoute(string[] words) =>
        words.Length <= 5 &&
        (NetworkText.TryV4(words[1], out _) || s_keywords.Contains(words[1]) || (MayHaveNames && IsName(words[1]))) &&
        (IsDefault(words, 2) || NetworkText.TryMask(words[2], out _)) &&
        (IsDefault(words, 3) || NetworkText.TryV4(words[3], out _) || words[3] is "vpn_gateway" or "net_gateway") &&
        (IsDefault(words, 4) || TryNumber(words[4], 0, int.MaxValue, out _));

    // route-ipv6 NETWORK/BITS [GATEWAY] [METRIC]
    private static bool IsRouteV6(string[] words) =>
        words.Length <= 4 && NetworkText.TryPrefixV6(words[1], needsBits: false, out _, out _) &&
        (IsDefault(words, 2) || NetworkText.TryV6(words[2], out _) || words[2] is "vpn_gateway" or "net_gateway" or "vpn_gateway_ipv6" or "net_gateway_ipv6") &&
        (IsDefault(words, 3) || TryNumber(words[3], 0, int.MaxValue, out _));

    private PulledRoute? Route(string[] words, IPAddress? gateway) => words[0] == "route" ? RouteV4(words, gateway) : RouteV6(words);

    private PulledRoute? RouteV4(string[] words, IPAddress? gateway)
    {
        int bits = 32;
        if (!IsDefault(words, 2))
            NetworkText.TryMask(words[2], out bits);
        IPNetwork? network = null;
        if (NetworkText.TryV4(words[1], out IPAddress address))
            network = NetworkText.NetworkOf(address, bits);
        else if (words[1] == "vpn_gateway" && gateway is not null)
            network = NetworkText.NetworkOf(gateway, bits);
        else if (words[1] == "vpn_gateway")
        {
            _problems.Add("OpenVPN ROUTE: vpn_gateway undefined");
            return null;
        }
        RouteVia via = Via(words, 3);
        // A TAP card needs to know which host of its network forwards.
        if (via == RouteVia.Tunnel && gateway is null && configuration.IsTap && _hasGatewayFromDhcp)
        {
            _problems.Add($"OpenVPN ROUTE: the route to {words[1]} is left out: route-gateway dhcp is not offered, since nothing here listens to DHCP in the " +
                "tunnel; name the router by route-gateway ADDRESS");
            return null;
        }
        if (via == RouteVia.Tunnel && gateway is null && configuration.IsTap)
        {
            _problems.Add($"OpenVPN ROUTE: OpenVPN needs a gateway parameter for a --route option and no default was specified by either " +
                $"--route-gateway or --ifconfig options: {words[1]}");
            return null;
        }
        return new()
        {
            Network = network,
            Name = network is null ? words[1] : null,
            Via = via,
            Gateway = via == RouteVia.Address ? IPAddress.Parse(words[3]) : via == RouteVia.Tunnel ? gateway : null,
            Metric = Metric(words, 4),
        };
    }

    private PulledRoute? RouteV6(string[] words)
    {
        if (!NetworkText.TryPrefixV6(words[1], needsBits: false, out IPAddress address, out int bits))
            return null;
        RouteVia via = Via(words, 2);
        return new()
        {
            Network = NetworkText.NetworkOf(address, bits),
            Via = via,
            Gateway = via == RouteVia.Address ? IPAddress.Parse(words[2]) : via == RouteVia.Tunnel && configuration.IsTap ? _made.AddressV6?.Peer : null,
            Metric = Metric(words, 3),
        };
    }

    private int? Metric(string[] words, int index) => !IsDefault(words, index) && TryNumber(words[index], 0, int.MaxValue, out int metric) ? metric : _metric;

    private static RouteVia Via(string[] words, int index) => IsDefault(words, index) || words[index].StartsWith("vpn_gateway", StringComparison.Ordinal)
        ? RouteVia.Tunnel : words[index].StartsWith("net_gateway", StringComparison.Ordinal) ? RouteVia.Outside : RouteVia.Address;

    private static bool IsDefault(string[] words, int index) => index >= words.Length || words[index] is "default" or "";

    private static bool IsName(string text) =>
        text.Length <= 253 && !text.StartsWith('-') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private bool TryRedirect(string[] flags, bool keepsDefault)
    {
        PulledRedirect redirect = _made.Redirect ?? new() { KeepsDefault = keepsDefault };
        redirect = redirect with { KeepsDefault = redirect.KeepsDefault && keepsDefault };
        foreach (string flag in flags)
        {
            PulledRedirect? changed = flag switch
            {
                "local" => redirect with { IsServerLocal = true },
                "autolocal" => redirect with { FindsLocal = true },
                "def1" => redirect with { ByHalves = true },
                "bypass-dhcp" => redirect with { BypassesDhcp = true },
                "bypass-dns" => redirect with { BypassesDns = true },
                "block-local" => redirect with { BlocksLocal = true },
                "ipv6" => redirect with { IPv6 = true },
                "!ipv4" => redirect with { IPv4 = false },
                _ => null,
            };
            if (changed is null)
                return false;
            redirect = changed;
        }
        _made = _made with { Redirect = redirect };
        return true;
    }
}
