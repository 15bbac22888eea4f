// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Client;

/// <summary>Which way a route goes.</summary>
public enum RouteVia
{
    /// <summary>Into the tunnel (<c>vpn_gateway</c>, or nothing said).</summary>
    Tunnel = 0,

    /// <summary>Around the tunnel, by the gateway that the host's default route had (<c>net_gateway</c>).</summary>
    Outside = 1,

    /// <summary>By an address that the option names.</summary>
    Address = 2,
}
