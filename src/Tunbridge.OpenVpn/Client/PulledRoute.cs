// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Client;

/// <summary>A route that the options ask for.</summary>
public sealed record PulledRoute
{
    /// <summary>The network; null while <see cref="Name"/> is not resolved.</summary>
    public required IPNetwork? Network { get; init; }

    /// <summary>The host's name in place of an address, allowed by <c>allow-pull-fqdn</c> or in one's own file; null otherwise.</summary>
    public string? Name { get; init; }

    /// <summary>Which way it goes.</summary>
    public RouteVia Via { get; init; }

    /// <summary>The gateway of <see cref="RouteVia.Address"/>; for <see cref="RouteVia.Tunnel"/> the tunnel's, null for straight into the card.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Its metric; null for none.</summary>
    public int? Metric { get; init; }
}
