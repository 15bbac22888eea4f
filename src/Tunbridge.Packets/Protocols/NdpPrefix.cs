// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>A prefix that a router advertises (RFC 4861 section 4.6.2).</summary>
public readonly record struct NdpPrefix
{
    /// <summary>The prefix; bits beyond its length are to be ignored.</summary>
    public required UInt128 Prefix { get; init; }

    /// <summary>Leading bits that count, as sent; above 128 is malformed.</summary>
    public required byte PrefixLength { get; init; }

    /// <summary>Addresses of the prefix are on this link (L).</summary>
    public bool IsOnLink { get; init; }

    /// <summary>Hosts may make addresses of the prefix (A).</summary>
    public bool IsAutonomous { get; init; }

    /// <summary>Seconds the prefix is valid; 4,294,967,295 means for ever.</summary>
    public uint ValidLifetimeSeconds { get; init; }

    /// <summary>Seconds addresses of the prefix are preferred; 4,294,967,295 means for ever.</summary>
    public uint PreferredLifetimeSeconds { get; init; }
}
