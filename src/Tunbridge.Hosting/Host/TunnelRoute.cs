// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Hosting;

/// <summary>A route that a tunnel asks for.</summary>
public sealed record TunnelRoute
{
    /// <summary>The network.</summary>
    public required IPNetwork Network { get; init; }

    /// <summary>Through which gateway; null: straight into the card.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Around the tunnel, by the gateway that the host's default route had (<c>net_gateway</c>).</summary>
    public bool IsOutside { get; init; }

    /// <summary>Its metric; null for the kernel's own.</summary>
    public int? Metric { get; init; }
}
