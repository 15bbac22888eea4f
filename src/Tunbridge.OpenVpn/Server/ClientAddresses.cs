// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Server;

/// <summary>The addresses one client is given, from the pool or from its own file.</summary>
public sealed record ClientAddresses
{
    /// <summary>Its IPv4 address; null for none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>What is pushed beside it: the network's mask, or the other end's address; null only without an address.</summary>
    public IPAddress? MaskOrPeer { get; init; }

    /// <summary>Its IPv6 address; null for none.</summary>
    public IPAddress? AddressV6 { get; init; }

    /// <summary>Bits of its prefix.</summary>
    public int PrefixLengthV6 { get; init; }

    /// <summary>The server's IPv6 address.</summary>
    public IPAddress? PeerV6 { get; init; }
}
