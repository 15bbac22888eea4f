// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>What a router advertisement says apart from its options (RFC 4861 section 4.2).</summary>
public readonly record struct RouterAdvertisement
{
    /// <summary>The hop limit hosts should use; 0 means "not said".</summary>
    public byte CurrentHopLimit { get; init; }

    /// <summary>Addresses come from DHCPv6 (M).</summary>
    public bool IsManaged { get; init; }

    /// <summary>Other configuration comes from DHCPv6 (O).</summary>
    public bool IsOtherConfiguration { get; init; }

    /// <summary>Seconds the router may be used as a default router; 0 means not at all.</summary>
    public ushort RouterLifetimeSeconds { get; init; }

    /// <summary>
    /// Milliseconds a neighbour counts as reachable after it was heard; 0 means "not said".
    /// </summary>
    public uint ReachableTimeMilliseconds { get; init; }

    /// <summary>Milliseconds between solicitations; 0 means "not said".</summary>
    public uint RetransmitTimeMilliseconds { get; init; }
}
