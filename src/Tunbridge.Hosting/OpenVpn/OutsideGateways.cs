// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>The routers that the host's default routes had before the tunnel.</summary>
internal sealed record OutsideGateways
{
    /// <summary>For IPv4; null for none.</summary>
    internal IPAddress? Gateway { get; private init; }

    /// <summary>For IPv6; null for none.</summary>
    internal IPAddress? GatewayV6 { get; private init; }

    /// <summary>Looks at the default routes.</summary>
    /// <param name="elsewhere">Of which namespace; null for that of the process.</param>
    internal static OutsideGateways Find(NetworkNamespace? elsewhere)
    {
        using RouteNetlink netlink = elsewhere is null ? RouteNetlink.Open() : RouteNetlink.Open(elsewhere);
        return new() { Gateway = Find(netlink, AddressFamily.InterNetwork), GatewayV6 = Find(netlink, AddressFamily.InterNetworkV6) };
    }

    private static IPAddress? Find(RouteNetlink netlink, AddressFamily family) =>
        netlink.Routes.List(family: family).Where(r => r.IsDefault && r.Type == RouteType.Unicast).MinBy(r => r.Metric)?.Gateway;
}
