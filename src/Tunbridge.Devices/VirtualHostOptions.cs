// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>Who a <see cref="VirtualHost"/> is.</summary>
public sealed record VirtualHostOptions
{
    /// <summary>Its IPv4 address, or null.</summary>
    public IPAddress? Ipv4Address { get; init; }

    /// <summary>Its IPv6 address, or null.</summary>
    public IPAddress? Ipv6Address { get; init; }

    /// <summary>Its MAC address, which matters on a TAP only.</summary>
    public MacAddress MacAddress { get; init; } = MacAddress.Parse("02:00:00:00:00:02");

    /// <summary>The UDP port that sends back what it gets (RFC 862); 0 for none.</summary>
    public ushort UdpEchoPort { get; init; } = 7;
}
