// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Server;

/// <summary>What a client has from the pool.</summary>
public sealed record PoolLease
{
    /// <summary>The slot, from 0; the same for both kinds of address.</summary>
    public required int Index { get; init; }

    /// <summary>The client's IPv4 address; null when the pool has none.</summary>
    public required IPAddress? Address { get; init; }

    /// <summary>The client's IPv6 address; null when the pool has none.</summary>
    public required IPAddress? AddressV6 { get; init; }
}
