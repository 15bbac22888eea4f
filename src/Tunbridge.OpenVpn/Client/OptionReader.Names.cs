// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Client;

/// <content>Name resolution: <c>dns</c>, and <c>dhcp-option</c> from before it.</content>
internal sealed partial class OptionReader
{
    private const int MaximumServers = 128;
    private const int MaximumAddresses = 8;

    private readonly List<string> _dhcpOptions = [];
    private readonly List<IPAddress> _dhcpServers = [];
    private readonly List<string> _dhcpDomains = [];
    private readonly List<string> _dhcpSearch = [];
    private readonly List<string> _dhcpResolve = [];
    private readonly List<string> _search = [];
    private readonly SortedDictionary<int, PulledNameServer> _servers = [];

    private bool TryDhcpOption(string kind, string[] values)
    {
        if (_dhcpOptions.Count >= MaximumEntries)
            return false;
        switch (kind, values)
        {
            case ("DNS" or "DNS6", [var text]):
                if (!NetworkText.TryV4(text, out IPAddress address) && !NetworkText.TryV6(text, out address))
                    return false;
                _dhcpServers.Add(address);
                break;
            case ("DOMAIN" or "ADAPTER_DOMAIN_SUFFIX", [var domain]) when IsDomain(domain):
                _dhcpDomains.Add(domain);
                break;
            case ("DOMAIN-SEARCH", [var domain]) when IsDomain(domain):
                _dhcpSearch.Add(domain);
                break;
            case ("DOMAIN-ROUTE", [var domain]) when IsDomain(domain):
                _dhcpResolve.Add(domain);
                break;
            case ("DNS" or "DNS6" or "DOMAIN" or "ADAPTER_DOMAIN_SUFFIX" or "DOMAIN-SEARCH" or "DOMAIN-ROUTE", _):
                return false;
            default:
                break;      // NTP, WINS, NBDD and others: for scripts
        }
        _dhcpOptions.Add(OptionText.Join("dhcp-option", [kind, .. values]));
        return true;
    }

    // dns search-domains D… | dns server N (address A… | resolve-domains D… | dnssec W | transport W | sni NAME)
    private bool TryDns(string[] words)
    {
        switch (words)
        {
            case ["search-domains", _, ..] when words[1..].All(IsDomain) && _search.Count < MaximumEntries:
                _search.AddRange(words[1..]);
                return true;
            case ["server", var text, var what, _, ..] when TryNumber(text, _isOwn ? -128 : 0, 127, out int priority) && _servers.Count < MaximumServers:
                PulledNameServer? server = WithServer(_servers.GetValueOrDefault(priority) ?? new() { Priority = priority }, what, words[3..]);
                if (server is null)
                    return false;
                _servers[priority] = server;
                return true;
            default:
                return false;
        }
    }

    private static PulledNameServer? WithServer(PulledNameServer server, string what, string[] values)
    {
        switch (what)
        {
            case "address":
                List<IPEndPoint> addresses = [.. server.Addresses];
                foreach (string value in values)
                {
                    if (addresses.Count == MaximumAddresses || !TryEndPoint(value, out IPEndPoint? endPoint))
                        return null;
                    addresses.Add(endPoint!);
                }
                return server with { Addresses = addresses };
            case "resolve-domains" when values.All(IsDomain) && server.ResolveDomains.Count < MaximumEntries:
                return server with { ResolveDomains = [.. server.ResolveDomains, .. values] };
            case "dnssec" when values is ["yes" or "optional" or "no"]:
                return server with { Dnssec = values[0] };
            case "transport" when values is ["DoH" or "DoT" or "plain"]:
                return server with { Transport = values[0] };
            case "sni" when values.Length == 1 && IsDomain(values[0]):
                return server with { ServerName = values[0] };
            default:
                return null;
        }
    }

    // 192.0.2.1, 192.0.2.1:53, 2001:db8::1, [2001:db8::1]:53
    private static bool TryEndPoint(string text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        int port = 0;
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || (close + 1 < text.Length && (text[close + 1] != ':' || !TryNumber(text[(close + 2)..], 1, 65535, out port))))
                return false;
            text = text[1..close];
        }
        else if (text.AsSpan().Count(':') == 1)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (!TryNumber(text[(colon + 1)..], 1, 65535, out port))
                return false;
            text = text[..colon];
        }
        if (!NetworkText.TryV4(text, out IPAddress address) && !NetworkText.TryV6(text, out address))
            return false;
        endPoint = new(address, port);
        return true;
    }

    // It goes into files and command lines of resolvers: letters, digits, hyphens, underscores and dots only.
    private static bool IsDomain(string text) =>
        text.Length is > 0 and <= 253 && text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    // Scripts from before the dns option find its servers and domains where they look, as with openvpn.
    private List<string> FinishDhcpOptions()
    {
        bool hasServers = _servers.Count > 0;
        return
        [
            .. _dhcpOptions.Where(o => !(hasServers && (o.StartsWith("dhcp-option DNS ", StringComparison.Ordinal) || o.StartsWith("dhcp-option DNS6 ", StringComparison.Ordinal)))),
            .. _servers.Values.SelectMany(s => s.Addresses).Select(a => $"dhcp-option {(a.Address.GetAddressBytes().Length == 4 ? "DNS" : "DNS6")} {a.Address}"),
            .. _search.Select(d => $"dhcp-option DOMAIN-SEARCH {d}"),
        ];
    }

    private PulledDns FinishDns()
    {
        // The first choice that can be asked plainly: nothing here speaks to name servers over TLS.
        PulledNameServer? chosen = _servers.Values.FirstOrDefault(s => s.Addresses.Count > 0 && s.Transport is null or "plain");
        if (chosen is null)
        {
            return new()
            {
                HasOption = _servers.Count > 0 || _search.Count > 0,
                Servers = [.. _servers.Values],
                Addresses = _dhcpServers,
                SearchDomains = _search.Count > 0 ? _search : [.. _dhcpDomains.Concat(_dhcpSearch)],
                ResolveDomains = _dhcpResolve,
            };
        }
        return new()
        {
            HasOption = true,
            Servers = [.. _servers.Values],
            Addresses = [.. chosen.Addresses.Select(a => a.Address)],
            SearchDomains = _search,
            ResolveDomains = chosen.ResolveDomains,
        };
    }
}
