// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Capture;

/// <summary>
/// What the packets of a captured interface begin with: the LINKTYPE_ values this project writes.
/// </summary>
/// <remarks>Open: the reader gives other values through. Registry: the tcpdump group's list of link-layer
/// header types.</remarks>
public enum PcapngLinkType : ushort
{
    /// <summary>An Ethernet header (LINKTYPE_ETHERNET): frames of a TAP device.</summary>
    Ethernet = 1,

    /// <summary>
    /// An IPv4 or IPv6 header, told apart by its first nibble (LINKTYPE_RAW): packets of a TUN device.
    /// </summary>
    Raw = 101,
}
