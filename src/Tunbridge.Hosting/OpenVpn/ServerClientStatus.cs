// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>One client of a server at one moment.</summary>
public sealed record ServerClientStatus
{
    /// <summary>Its number, counted up from 0 since the server began.</summary>
    public required long Id { get; init; }

    /// <summary>Its common name; null before it is known.</summary>
    public string? CommonName { get; init; }

    /// <summary>The user; null without.</summary>
    public string? Username { get; init; }

    /// <summary>Where it is.</summary>
    public required DatagramAddress Remote { get; init; }

    /// <summary>Its IPv4 address in the tunnel; null without.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Its IPv6 address in the tunnel; null without.</summary>
    public IPAddress? AddressV6 { get; init; }

    /// <summary>The number that its data packets carry; null without.</summary>
    public uint? PeerId { get; init; }

    /// <summary>The data cipher; null before it is agreed on.</summary>
    public string? Cipher { get; init; }

    /// <summary>Since when it is there.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Bytes received from it over the wire.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes sent to it over the wire.</summary>
    public long BytesSent { get; init; }
}
