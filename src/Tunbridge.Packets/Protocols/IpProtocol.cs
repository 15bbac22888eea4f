// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// What an IPv4 packet's protocol or an IPv6 packet's next-header field names (IANA protocol numbers).
/// Open: every value may occur and is kept.
/// </summary>
public enum IpProtocol : byte
{
    /// <summary>IPv6 hop-by-hop options (RFC 8200 section 4.3).</summary>
    HopByHopOptions = 0,

    /// <summary>Internet Control Message Protocol (RFC 792).</summary>
    Icmp = 1,

    /// <summary>Internet Group Management Protocol (RFC 3376).</summary>
    Igmp = 2,

    /// <summary>IPv4 in IP (RFC 2003).</summary>
    Ipv4 = 4,

    /// <summary>Transmission Control Protocol (RFC 9293).</summary>
    Tcp = 6,

    /// <summary>User Datagram Protocol (RFC 768).</summary>
    Udp = 17,

    /// <summary>Datagram Congestion Control Protocol (RFC 4340).</summary>
    Dccp = 33,

    /// <summary>IPv6 in IP (RFC 2473).</summary>
    Ipv6 = 41,

    /// <summary>IPv6 routing header (RFC 8200 section 4.4).</summary>
    Routing = 43,

    /// <summary>IPv6 fragment header (RFC 8200 section 4.5).</summary>
    Fragment = 44,

    /// <summary>Generic Routing Encapsulation (RFC 2784).</summary>
    Gre = 47,

    /// <summary>Encapsulating Security Payload (RFC 4303).</summary>
    Esp = 50,

    /// <summary>Authentication Header (RFC 4302).</summary>
    AuthenticationHeader = 51,

    /// <summary>ICMP for IPv6 (RFC 4443).</summary>
    Icmpv6 = 58,

    /// <summary>Nothing follows this IPv6 header (RFC 8200 section 4.7).</summary>
    NoNextHeader = 59,

    /// <summary>IPv6 destination options (RFC 8200 section 4.6).</summary>
    DestinationOptions = 60,

    /// <summary>Open Shortest Path First (RFC 2328).</summary>
    Ospf = 89,

    /// <summary>Protocol Independent Multicast (RFC 7761).</summary>
    Pim = 103,

    /// <summary>Virtual Router Redundancy Protocol (RFC 9568).</summary>
    Vrrp = 112,

    /// <summary>Stream Control Transmission Protocol (RFC 9260).</summary>
    Sctp = 132,

    /// <summary>UDP-Lite (RFC 3828).</summary>
    UdpLite = 136,
}
