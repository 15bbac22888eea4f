// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Hosting;

/// <summary>What a tunnel asks of the host once it knows its addresses: card, routes, name servers.</summary>
public sealed record HostDemand
{
    /// <summary>The card's addresses with prefix length; with the other end's where it is point-to-point.</summary>
    public IReadOnlyList<HostAddress> Addresses { get; init; } = [];

    /// <summary>The card's MTU.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The card's MAC address, for TAP; null leaves it.</summary>
    public string? Mac { get; init; }

    /// <summary>The card's queue length; null leaves it.</summary>
    public int? QueueLength { get; init; }

    /// <summary>Routes, in order.</summary>
    public IReadOnlyList<TunnelRoute> Routes { get; init; } = [];

    /// <summary>The whole traffic goes into the tunnel (<c>redirect-gateway</c>); null when it does not.</summary>
    public RedirectGateway? Redirect { get; init; }

    /// <summary>IPv6 that would go into the tunnel is answered as unreachable (<c>block-ipv6</c>).</summary>
    public bool BlocksIPv6 { get; init; }

    /// <summary>Addresses that must stay reachable outside the tunnel: the server's.</summary>
    public IReadOnlyList<IPAddress> Outside { get; init; } = [];

    /// <summary>Name servers; empty for none.</summary>
    public IReadOnlyList<IPAddress> NameServers { get; init; } = [];

    /// <summary>Domains that are searched.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>Domains that these name servers alone resolve; empty: all.</summary>
    public IReadOnlyList<string> ResolveDomains { get; init; } = [];
}
