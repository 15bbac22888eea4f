// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>A server on a bridge (<c>server-bridge</c>), with addresses of the bridged network for its clients.</summary>
public sealed record ServerBridge
{
    /// <summary>The gateway that clients get; null: they ask DHCP over the bridge.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The range, with the network's mask; null: clients ask DHCP over the bridge.</summary>
    public AddressRange? Range { get; init; }

    /// <summary>No gateway is pushed (<c>server-bridge nogw</c>).</summary>
    public bool PushesNoGateway { get; init; }
}
