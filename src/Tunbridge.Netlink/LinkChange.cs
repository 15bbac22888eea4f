// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Netlink;

/// <summary>What to change on a card; members that are null stay as they are.</summary>
/// <remarks>
/// Everything travels in one message. The kernel applies it in its own order (namespace, address, MTU, group, name,
/// alias, master, flags, carrier, queue length) and does not take back what went before a part that it refuses.
/// </remarks>
public sealed record LinkChange
{
    /// <summary>Set it up or down.</summary>
    public bool? Up { get; init; }

    /// <summary>Take every frame.</summary>
    public bool? Promiscuous { get; init; }

    /// <summary>Take every multicast frame.</summary>
    public bool? AllMulticast { get; init; }

    /// <summary>Multicast at all.</summary>
    public bool? Multicast { get; init; }

    /// <summary>Resolve addresses.</summary>
    public bool? Arp { get; init; }

    /// <summary>Lose addresses when going down.</summary>
    public bool? Dynamic { get; init; }

    /// <summary>Whether trailers are avoided (IFF_NOTRAILERS): a flag without meaning that ifconfig can set.</summary>
    public bool? NoTrailers { get; init; }

    /// <summary>The largest packet in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>The link-layer address.</summary>
    public HardwareAddress? Address { get; init; }

    /// <summary>The link-layer address that means everybody.</summary>
    public HardwareAddress? Broadcast { get; init; }

    /// <summary>How many packets wait at most for transmission.</summary>
    public int? TransmitQueueLength { get; init; }

    /// <summary>A new name, at most 15 bytes.</summary>
    public string? Name { get; init; }

    /// <summary>A free text; empty takes it away.</summary>
    public string? Alias { get; init; }

    /// <summary>The index of the bridge to join; 0 leaves it.</summary>
    public int? MasterIndex { get; init; }

    /// <summary>The group to belong to.</summary>
    public uint? Group { get; init; }

    /// <summary>Whether there is a carrier; only kinds such as TUN, TAP and dummy take it.</summary>
    public bool? Carrier { get; init; }

    /// <summary>How the operational state follows the carrier.</summary>
    public LinkMode? Mode { get; init; }

    /// <summary>How IPv6 addresses are made.</summary>
    public AddressGenerationMode? AddressGeneration { get; init; }

    /// <summary>The namespace to move to; borrowed for the call.</summary>
    public NetworkNamespace? Namespace { get; init; }

    /// <summary>The process to whose namespace to move.</summary>
    public int? NamespaceProcessId { get; init; }

    /// <summary>Settings of a bridge.</summary>
    public BridgeChange? Bridge { get; init; }

    /// <summary>Settings as a port of a bridge.</summary>
    public BridgePortChange? BridgePort { get; init; }
}
