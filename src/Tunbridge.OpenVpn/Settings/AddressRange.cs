// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>A range of IPv4 addresses with a mask (<c>ifconfig-pool</c>).</summary>
public sealed record AddressRange
{
    /// <summary>The first address.</summary>
    public required IPAddress First { get; init; }

    /// <summary>The last address.</summary>
    public required IPAddress Last { get; init; }

    /// <summary>The mask that clients get; null follows from what is around it.</summary>
    public IPAddress? Mask { get; init; }
}
