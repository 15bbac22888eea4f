// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>A card (network interface) as the kernel describes it.</summary>
public sealed partial record Link
{
    /// <summary>Its number, unique in its namespace and not used again soon.</summary>
    public required int Index { get; init; }

    /// <summary>Its name, at most 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>Further names; never null.</summary>
    public IReadOnlyList<string> AlternativeNames { get; init; } = [];

    /// <summary>What it is and does.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>Whether it is set up.</summary>
    public bool IsUp => Flags.HasFlag(LinkFlags.Up);

    /// <summary>Its kind, such as <c>tun</c> (TAP too), <c>bridge</c>, <c>veth</c>; null for hardware and lo.</summary>
    public string? Kind { get; init; }

    /// <summary>Its link layer.</summary>
    public LinkType Type { get; init; }

    /// <summary>Its link-layer address; empty on a TUN card.</summary>
    public HardwareAddress Address { get; init; }

    /// <summary>The link-layer address that means everybody.</summary>
    public HardwareAddress Broadcast { get; init; }

    /// <summary>The address it was made with, or null when the driver does not know one.</summary>
    public HardwareAddress? PermanentAddress { get; init; }

    /// <summary>The largest packet, in bytes without the link-layer header.</summary>
    public int Mtu { get; init; }

    /// <summary>The smallest MTU that it takes.</summary>
    public int MinimumMtu { get; init; }

    /// <summary>The largest MTU that it takes; 0 when the driver sets no limit.</summary>
    public int MaximumMtu { get; init; }

    /// <summary>The queueing discipline's name.</summary>
    public string QueueingDiscipline { get; init; } = "";

    /// <summary>How many packets wait at most for transmission.</summary>
    public int TransmitQueueLength { get; init; }

    /// <summary>The state of RFC 2863.</summary>
    public OperationalState OperationalState { get; init; }

    /// <summary>How that state follows the carrier.</summary>
    public LinkMode Mode { get; init; }

    /// <summary>Whether there is a carrier.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>How often the carrier came or went.</summary>
    public long CarrierChanges { get; init; }

    /// <summary>The group that it belongs to; 0 is the default group.</summary>
    public uint Group { get; init; }

    /// <summary>The index of the bridge or bundle that it belongs to; 0 for none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>The kind of that master, such as <c>bridge</c>; null for none.</summary>
    public string? MasterKind { get; init; }

    /// <summary>The index of the card below, or of a veth's peer; 0 for none.</summary>
    public int LowerIndex { get; init; }

    /// <summary>The id of the namespace that <see cref="LowerIndex"/> is in; null when it is this one.</summary>
    public int? LowerNamespaceId { get; init; }

    /// <summary>The text that an administrator gave it (ifalias), or null.</summary>
    public string? Alias { get; init; }

    /// <summary>How many users hold it promiscuous.</summary>
    public int Promiscuity { get; init; }

    /// <summary>How many users hold it to all multicast; null before Linux 6.0.</summary>
    public int? AllMulticast { get; init; }

    /// <summary>How many transmit queues it has room for.</summary>
    public int TransmitQueueCount { get; init; }

    /// <summary>How many receive queues it has room for.</summary>
    public int ReceiveQueueCount { get; init; }

    /// <summary>The largest superpacket that is given to it, in bytes.</summary>
    public long GsoMaximumSize { get; init; }

    /// <summary>The most segments in a superpacket that is given to it.</summary>
    public long GsoMaximumSegments { get; init; }

    /// <summary>The largest superpacket that it can take, in bytes.</summary>
    public long TsoMaximumSize { get; init; }

    /// <summary>The most segments in a superpacket that it can take.</summary>
    public long TsoMaximumSegments { get; init; }

    /// <summary>The largest superpacket that received packets are joined to, in bytes.</summary>
    public long GroMaximumSize { get; init; }

    /// <summary>How IPv6 addresses are made; null when IPv6 is not there.</summary>
    public AddressGenerationMode? AddressGeneration { get; init; }

    /// <summary>What is particular to TUN and TAP; null on other kinds.</summary>
    public TunLinkInfo? Tun { get; init; }

    /// <summary>What is particular to a bridge; null on other kinds.</summary>
    public BridgeInfo? Bridge { get; init; }

    /// <summary>Its settings as a port of a bridge; null when it is none.</summary>
    public BridgePortInfo? BridgePort { get; init; }

    /// <summary>Its counters; null in events, which may come without.</summary>
    public LinkStatistics? Statistics { get; init; }
}
