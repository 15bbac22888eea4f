// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>An address of a card, with its prefix and, on a point-to-point card, the other end's.</summary>
public sealed record InterfaceAddress
{
    /// <summary>The address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Bits of its prefix; 32 or 128 where there is a <see cref="Peer"/> and no network.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>The other end's address: of a point-to-point card, or the gateway of an IPv6 one; null for none.</summary>
    public IPAddress? Peer { get; init; }
}
