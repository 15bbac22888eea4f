// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>An address or network that leads to a client.</summary>
public sealed record ServerRouteStatus
{
    /// <summary>The network; a single address has its full prefix length. Of no meaning where there is a <see cref="Station"/>.</summary>
    public IPNetwork Network { get; init; }

    /// <summary>With TAP: the address that the client's frames have taught; else null.</summary>
    public MacAddress? Station { get; init; }

    /// <summary>The client's common name.</summary>
    public required string CommonName { get; init; }

    /// <summary>Where the client is.</summary>
    public required DatagramAddress Remote { get; init; }

    /// <summary>When something was last sent to the client.</summary>
    public required DateTimeOffset LastUsed { get; init; }
}
