// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>A picture of a namespace's network: links, addresses and unicast routes.</summary>
/// <remarks>
/// Immutable and thread-safe. Each table is read at one moment, but not all at the same; who changes the network at the
/// same time is caught by the verification after applying.
/// </remarks>
public sealed class HostState
{
    private readonly Dictionary<string, Link> _byName = [];
    private readonly Dictionary<int, Link> _byIndex = [];
    private readonly ILookup<int, InterfaceAddress> _addressesByLink;
    private readonly ILookup<int, HostRoute> _routesByLink;

    /// <summary>Makes a picture from what was read, or made up for a test.</summary>
    /// <param name="links">Every link.</param>
    /// <param name="addresses">Every address.</param>
    /// <param name="routes">Every unicast route of every table but local.</param>
    public HostState(IReadOnlyList<Link> links, IReadOnlyList<InterfaceAddress> addresses, IReadOnlyList<HostRoute> routes)
    {
        ArgumentNullException.ThrowIfNull(links);
        Links = links;
        Addresses = addresses;
        Routes = routes;
        foreach (Link link in links)
        {
            _byIndex[link.Index] = link;
            foreach (string alternative in link.AlternativeNames)
                _byName.TryAdd(alternative, link);
        }

        foreach (Link link in links)
            _byName[link.Name] = link;
        _addressesByLink = addresses.ToLookup(a => a.LinkIndex);
        _routesByLink = routes.ToLookup(r => r.LinkIndex);
    }

    /// <summary>Reads a namespace: one listing of each table.</summary>
    /// <param name="netlink">The namespace.</param>
    /// <param name="sysctls">
    /// Kernel settings to read too, as paths below /proc/sys; the calling thread must then be in the namespace.
    /// </param>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    public static HostState Read(RouteNetlink netlink, IEnumerable<string>? sysctls = null)
    {
        ArgumentNullException.ThrowIfNull(netlink);
        IReadOnlyList<Route> routes = netlink.Routes.List(table: 0);
        return Create(netlink.Links.List(), netlink.Addresses.List(), routes, netlink.Rules.List(), ReadSysctls(sysctls ?? []));
    }

    /// <summary>Makes a picture from what the kernel told, now or earlier.</summary>
    /// <param name="links">Every link.</param>
    /// <param name="addresses">Every address.</param>
    /// <param name="routes">Every route of every table.</param>
    /// <param name="rules">Every policy rule.</param>
    /// <param name="sysctls">Kernel settings by their paths below /proc/sys.</param>
    public static HostState Create(
        IReadOnlyList<Link> links, IReadOnlyList<InterfaceAddress> addresses, IReadOnlyList<Route> routes,
        IReadOnlyList<Rule> rules, IReadOnlyDictionary<string, string> sysctls)
    {
        ArgumentNullException.ThrowIfNull(routes);
        return new(links, addresses, [.. routes.SelectMany(WaysOf)])
        {
            RouteRecords = routes,
            Rules = rules,
            Sysctls = sysctls,
        };
    }

    /// <summary>The ways of a unicast route; none for what leads nowhere or is the kernel's own bookkeeping.</summary>
    private static IEnumerable<HostRoute> WaysOf(Route route)
    {
        if (route.Type != RouteType.Unicast || route.Table == Route.LocalTable)
            return [];
        IpPrefix destination = new(route.Destination.BaseAddress, route.Destination.PrefixLength);
        return route.NextHops.Count == 0
            ? [new() { Destination = destination, LinkIndex = route.LinkIndex, Gateway = route.Gateway }]
            : route.NextHops.Select(hop =>
                new HostRoute { Destination = destination, LinkIndex = hop.LinkIndex, Gateway = hop.Gateway });
    }

    /// <summary>Every link.</summary>
    public IReadOnlyList<Link> Links { get; }

    /// <summary>Every address.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; }

    /// <summary>Every unicast route.</summary>
    public IReadOnlyList<HostRoute> Routes { get; }

    /// <summary>Every route of every table as the kernel tells it; empty in a picture that was made up without.</summary>
    public IReadOnlyList<Route> RouteRecords { get; init; } = [];

    /// <summary>Every policy rule; empty in a picture that was made up without.</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>The kernel settings that were asked for and are there, by their paths below /proc/sys.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>The value of a kernel setting, or null when it was not asked for or is not there.</summary>
    /// <param name="key">The path below /proc/sys, such as <c>net/ipv4/conf/tap0/rp_filter</c>.</param>
    public string? FindSysctl(string key) => Sysctls.GetValueOrDefault(key);

    /// <summary>A link by its name or an alternative name, or null.</summary>
    /// <param name="name">The name.</param>
    public Link? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A link by its index, or null.</summary>
    /// <param name="index">The index.</param>
    public Link? Find(int index) => _byIndex.GetValueOrDefault(index);

    /// <summary>The addresses of a link.</summary>
    /// <param name="link">The link.</param>
    public IEnumerable<InterfaceAddress> AddressesOf(Link link) => _addressesByLink[link.Index];

    /// <summary>The addresses of a link.</summary>
    /// <param name="linkIndex">The link's index.</param>
    public IEnumerable<InterfaceAddress> AddressesOf(int linkIndex) => _addressesByLink[linkIndex];

    /// <summary>
    /// The addresses of a link that somebody gave it: neither the kernel's own fe80:: ones nor those that end by
    /// themselves (DHCP, router advertisements).
    /// </summary>
    /// <param name="link">The link.</param>
    public IReadOnlyList<InterfaceAddress> GivenAddressesOf(Link link) =>
        [.. AddressesOf(link).Where(a => !a.Address.IsIPv6LinkLocal && a.Flags.HasFlag(AddressFlags.Permanent))];

    /// <summary>The routes over a link.</summary>
    /// <param name="link">The link.</param>
    public IEnumerable<HostRoute> RoutesOver(Link link) => _routesByLink[link.Index];

    /// <summary>The routes over a link that somebody laid: not those that the kernel makes for addresses.</summary>
    internal IEnumerable<Route> GivenRoutesOver(Link link) => RouteRecords.Where(r =>
        r.LinkIndex == link.Index && r.Type == RouteType.Unicast && r.Table != Route.LocalTable &&
        r.Protocol is not (RouteProtocol.Kernel or RouteProtocol.RouterAdvertisement));

    private static Dictionary<string, string> ReadSysctls(IEnumerable<string> keys)
    {
        Dictionary<string, string> values = [];
        foreach (string key in keys)
        {
            if (Sysctl.TryRead(key) is string value)
                values[key] = value;
        }

        return values;
    }

    /// <summary>A link's own address with its prefix length.</summary>
    /// <param name="address">The address.</param>
    public static IpPrefix PrefixOf(InterfaceAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new IpPrefix(address.Address, address.PrefixLength);
    }
}
