// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>
/// How a card is created or attached to. Everything left out keeps the kernel's default, or what the card has.
/// </summary>
public sealed record DeviceOptions
{
    /// <summary>The name, a template such as <c>tap%d</c>, or null for the kernel's choice (tun0, tap0, …).</summary>
    public string? Name { get; init; }

    /// <summary>The user, by name or number, who may attach without privilege (TUNSETOWNER).</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// The group, by name or number, that may attach without privilege (TUNSETGROUP). With an owner, both must match.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>Whether the card outlives its descriptors (TUNSETPERSIST); null leaves it as it is.</summary>
    public bool? Persistent { get; init; }

    /// <summary>Whether an existing card of that name is refused with EBUSY (IFF_TUN_EXCL).</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether 4 bytes of flags and protocol stand before each packet in the kernel (IFF_NO_PI off).</summary>
    public bool PacketInformation { get; init; }

    /// <summary>
    /// Whether a virtio-net header stands before each packet (IFF_VNET_HDR); implied by <see cref="Offload"/>.
    /// </summary>
    public bool VirtioHeader { get; init; }

    /// <summary>Bytes of the virtio-net header: 10, 12, 20 or 24.</summary>
    public int VirtioHeaderSize { get; init; } = 10;

    /// <summary>
    /// What readers take unfinished, <see cref="Devices.Offload.All"/> for automatic, <see cref="Devices.Offload.None"/>
    /// for off; bits this kernel refuses are left out (see <see cref="VirtualDevice.Offload"/>), all of them with
    /// TUNBRIDGE_NO_GSO=1 (<see cref="GsoSwitch"/>).
    /// </summary>
    public Offload Offload { get; init; }

    /// <summary>How many queues to open, 1 to 256; more than 1 implies <see cref="MultiQueue"/>.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>
    /// Whether the card may have several queues (IFF_MULTI_QUEUE); an existing card's answer must be the same.
    /// </summary>
    public bool MultiQueue { get; init; }

    /// <summary>Whether written packets pass through NAPI (IFF_NAPI).</summary>
    public bool Napi { get; init; }

    /// <summary>
    /// Whether written frames keep their fragments (IFF_NAPI_FRAGS); a TAP with <see cref="Napi"/>, as real root.
    /// </summary>
    public bool NapiFragments { get; init; }

    /// <summary>Whether the card starts without carrier (IFF_NO_CARRIER).</summary>
    public bool NoCarrier { get; init; }

    /// <summary>The MAC address of a TAP.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>The MTU in bytes; the kernel allows 68 to 65,535 on a TUN, to 65,521 on a TAP.</summary>
    public int? Mtu { get; init; }

    /// <summary>
    /// How many packets wait for the reader before the kernel drops; its default is 500 (1,000 on a TAP).
    /// </summary>
    public int? TransmitQueueLength { get; init; }

    /// <summary>The namespace the card is made or looked for in; null is the caller's. Stays the caller's.</summary>
    public NetworkNamespace? Namespace { get; init; }

    /// <summary>The index a new card gets (TUNSETIFINDEX), 1 or more.</summary>
    public int? InterfaceIndex { get; init; }

    /// <summary>Bytes that written packets may occupy in the kernel at once (TUNSETSNDBUF).</summary>
    public int? SendBuffer { get; init; }

    /// <summary>The ARPHRD type (TUNSETLINK), such as 1 for Ethernet or 65534 for none.</summary>
    public ushort? LinkType { get; init; }

    /// <summary>The driver's node.</summary>
    public string ClonePath { get; init; } = TunControl.ClonePath;
}
