// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Netlink;

/// <summary>One of several ways of a multipath route.</summary>
public sealed record RouteNextHop
{
    /// <summary>The card; 0 for none.</summary>
    public int LinkIndex { get; init; }

    /// <summary>The router, or null when the destination is on the link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Its share, 1 to 256.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Its state.</summary>
    public RouteFlags Flags { get; init; }
}
