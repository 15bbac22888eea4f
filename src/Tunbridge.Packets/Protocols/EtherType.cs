// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// The protocol a frame carries (IEEE 802 numbers registry). Open: every value may occur and is kept.
/// </summary>
public enum EtherType : ushort
{
    /// <summary>No protocol named.</summary>
    None = 0,

    /// <summary>Internet Protocol version 4 (RFC 894).</summary>
    Ipv4 = 0x0800,

    /// <summary>Address Resolution Protocol (RFC 826).</summary>
    Arp = 0x0806,

    /// <summary>Wake-on-LAN magic packet.</summary>
    WakeOnLan = 0x0842,

    /// <summary>A customer VLAN tag follows (IEEE 802.1Q).</summary>
    Vlan = 0x8100,

    /// <summary>Internet Protocol version 6 (RFC 2464).</summary>
    Ipv6 = 0x86DD,

    /// <summary>Ethernet flow control (IEEE 802.3x).</summary>
    FlowControl = 0x8808,

    /// <summary>MPLS unicast (RFC 3032).</summary>
    Mpls = 0x8847,

    /// <summary>PPPoE discovery (RFC 2516).</summary>
    PppoeDiscovery = 0x8863,

    /// <summary>PPPoE session (RFC 2516).</summary>
    PppoeSession = 0x8864,

    /// <summary>Port-based access control, EAP over LAN (IEEE 802.1X).</summary>
    Eapol = 0x888E,

    /// <summary>A service (outer) VLAN tag follows (IEEE 802.1ad).</summary>
    ServiceVlan = 0x88A8,

    /// <summary>Link Layer Discovery Protocol (IEEE 802.1AB).</summary>
    Lldp = 0x88CC,

    /// <summary>MAC security (IEEE 802.1AE).</summary>
    MacSecurity = 0x88E5,

    /// <summary>Precision Time Protocol over Ethernet (IEEE 1588).</summary>
    PrecisionTime = 0x88F7,
}
