// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>What a card is to be like; null members are left as they are (on a new card: as the kernel makes it).</summary>
public sealed record CardSettings
{
    /// <summary>The least MTU of a card, in bytes.</summary>
    public const int MinimumMtu = TunControl.MinimumMtu;

    /// <summary>The MTU of a new card.</summary>
    public const int DefaultMtu = 1500;

    /// <summary>The greatest MTU of a TAP: 65535 less its Ethernet header.</summary>
    public const int MaximumTapMtu = TunControl.MaximumTapMtu;

    /// <summary>The greatest MTU of a TUN.</summary>
    public const int MaximumTunMtu = TunControl.MaximumTunMtu;

    /// <summary>The card's name.</summary>
    public required string Name { get; init; }

    /// <summary>TUN or TAP.</summary>
    public required CardKind Kind { get; init; }

    /// <summary>The user that may attach without privilege.</summary>
    public uint? Owner { get; init; }

    /// <summary>The group that may attach without privilege.</summary>
    public uint? Group { get; init; }

    /// <summary>Whether several queues may attach; on an existing card null leaves it.</summary>
    public bool? MultiQueue { get; init; }

    /// <summary>Whether packets carry a virtio header until somebody attaches with another wish.</summary>
    public bool? VirtioHeader { get; init; }

    /// <summary>Whether packets carry the 4-byte packet information until somebody attaches with another wish.</summary>
    public bool? PacketInformation { get; init; }

    /// <summary>Whether a new card starts with an offload mask of nothing, set explicitly.</summary>
    public bool ClearOffload { get; init; }

    /// <summary>The mark it carries, its description with it.</summary>
    public OwnershipMark? Mark { get; init; }

    /// <summary>All its further names.</summary>
    public IReadOnlyList<string>? AlternativeNames { get; init; }

    /// <summary>Packets the kernel queues for the reader.</summary>
    public int? TransmitQueueLength { get; init; }

    /// <summary>The MTU in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>The MAC address (TAP only).</summary>
    public HardwareAddress? Mac { get; init; }

    /// <summary>The bridge it is a port of; empty for none.</summary>
    public string? Bridge { get; init; }

    /// <summary>Whether a missing bridge is created.</summary>
    public bool CreateBridge { get; init; }

    /// <summary>
    /// How the bridge is to be, when it is created or carries the mark: its settings, MTU and MAC; null members are left.
    /// </summary>
    public LinkChange? BridgeSettings { get; init; }

    /// <summary>All its addresses but IPv6 link-local ones.</summary>
    public IReadOnlyList<AddressSettings>? Addresses { get; init; }

    /// <summary>
    /// Addresses to take away, every other one staying, also with a peer or a lifetime, which <see cref="Addresses"/>
    /// cannot tell; null takes away what <see cref="Addresses"/> does not list.
    /// </summary>
    public IReadOnlyList<IpPrefix>? RemovedAddresses { get; init; }

    /// <summary>Whether it takes frames for others too.</summary>
    public bool? Promiscuous { get; init; }

    /// <summary>Whether it takes all multicast.</summary>
    public bool? AllMulticast { get; init; }

    /// <summary>Whether it can multicast.</summary>
    public bool? Multicast { get; init; }

    /// <summary>Whether it resolves addresses (ARP, neighbour discovery).</summary>
    public bool? Arp { get; init; }

    /// <summary>How it is as a port of its bridge; null members are left.</summary>
    public BridgePortChange? BridgePort { get; init; }

    /// <summary>The routes of ours over it, by <see cref="RouteOrigin"/>; their card is filled in. Laid when it is up.</summary>
    public IReadOnlyList<Route>? Routes { get; init; }

    /// <summary>The policy rules that go with it.</summary>
    public IReadOnlyList<Rule>? Rules { get; init; }

    /// <summary>Kernel settings, by their paths below /proc/sys; others are left.</summary>
    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    /// <summary>Whether a MAC address that is given is set when the card is made only, and left alone afterwards.</summary>
    public bool KeepMac { get; init; }

    /// <summary>Whether it is administratively up.</summary>
    public bool? Up { get; init; }

    /// <summary>What is wrong with an MTU for a kind of card; null when it is fine.</summary>
    /// <param name="kind">The kind; null for either.</param>
    /// <param name="mtu">The MTU in bytes.</param>
    public static string? FindMtuMistake(CardKind? kind, long mtu)
    {
        int maximum = kind == CardKind.Tap ? MaximumTapMtu : MaximumTunMtu;
        string which = kind switch { CardKind.Tap => " for a TAP", CardKind.Tun => " for a TUN", _ => "" };
        return mtu >= MinimumMtu && mtu <= maximum
            ? null
            : $"MTU {mtu} is out of range, allowed are {MinimumMtu} to {maximum}{which}";
    }
}
