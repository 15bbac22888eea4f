// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// What an IPv6 header says, as the builder wants it and a view can give it (RFC 8200 section 3).
/// </summary>
public readonly record struct Ipv6Header
{
    /// <summary>Makes a header with a hop limit of 64.</summary>
    public Ipv6Header()
    {
    }

    /// <summary>The sender, most significant byte first.</summary>
    public required UInt128 Source { get; init; }

    /// <summary>The receiver, most significant byte first.</summary>
    public required UInt128 Destination { get; init; }

    /// <summary>What follows the header: an extension header or the upper layer.</summary>
    public required IpProtocol NextHeader { get; init; }

    /// <summary>Routers the packet may still pass, plus one. Neighbour discovery wants 255.</summary>
    public byte HopLimit { get; init; } = 64;

    /// <summary>DSCP in the upper six bits, ECN in the lower two (RFC 2474, RFC 3168).</summary>
    public byte TrafficClass { get; init; }

    /// <summary>The flow, 20 bits; 0 means none.</summary>
    public uint FlowLabel { get; init; }
}
