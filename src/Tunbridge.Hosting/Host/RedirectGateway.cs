// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Hosting;

/// <summary>How the host's whole traffic is led into a tunnel.</summary>
public sealed record RedirectGateway
{
    /// <summary>By two halves that win over the default route (<c>def1</c>) instead of replacing it.</summary>
    public bool ByHalves { get; init; }

    /// <summary>IPv4 is redirected.</summary>
    public bool IPv4 { get; init; } = true;

    /// <summary>IPv6 is redirected, too.</summary>
    public bool IPv6 { get; init; }

    /// <summary>The server is on the local network: no route around the tunnel for it (<c>local</c>).</summary>
    public bool IsServerLocal { get; init; }

    /// <summary>Whether the server is local is found out (<c>autolocal</c>).</summary>
    public bool FindsLocal { get; init; }

    /// <summary>DHCP stays outside (<c>bypass-dhcp</c>).</summary>
    public bool BypassesDhcp { get; init; }

    /// <summary>Name servers outside stay reachable (<c>bypass-dns</c>).</summary>
    public bool BypassesDns { get; init; }

    /// <summary>The local network is not reachable while the tunnel is up (<c>block-local</c>).</summary>
    public bool BlocksLocal { get; init; }

    /// <summary>The default route itself stays: only the routes around the tunnel are set (<c>redirect-private</c>).</summary>
    public bool KeepsDefault { get; init; }

    /// <summary>The tunnel's IPv4 gateway; null: straight into the card.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The tunnel's IPv6 gateway; null: straight into the card.</summary>
    public IPAddress? GatewayV6 { get; init; }
}
