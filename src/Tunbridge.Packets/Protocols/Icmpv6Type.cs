// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// The kind of an ICMPv6 message (RFC 4443, RFC 4861). Open: every value may occur and is kept.
/// </summary>
public enum Icmpv6Type : byte
{
    /// <summary>No message named (reserved).</summary>
    None = 0,

    /// <summary>The packet quoted could not be delivered; the code says why.</summary>
    DestinationUnreachable = 1,

    /// <summary>The packet quoted does not fit the next link; the message names its MTU.</summary>
    PacketTooBig = 2,

    /// <summary>Hop limit (code 0) or reassembly time (code 1) ran out.</summary>
    TimeExceeded = 3,

    /// <summary>A field of the packet quoted is wrong.</summary>
    ParameterProblem = 4,

    /// <summary>Asks for an echo reply.</summary>
    EchoRequest = 128,

    /// <summary>Answer to an echo request.</summary>
    EchoReply = 129,

    /// <summary>Multicast listener query (RFC 2710).</summary>
    MulticastListenerQuery = 130,

    /// <summary>Multicast listener report, version 1 (RFC 2710).</summary>
    MulticastListenerReport = 131,

    /// <summary>Multicast listener done (RFC 2710).</summary>
    MulticastListenerDone = 132,

    /// <summary>Asks routers to advertise themselves (RFC 4861 section 4.1).</summary>
    RouterSolicitation = 133,

    /// <summary>A router advertises itself, prefixes and parameters (RFC 4861 section 4.2).</summary>
    RouterAdvertisement = 134,

    /// <summary>Asks who has an address (RFC 4861 section 4.3).</summary>
    NeighborSolicitation = 135,

    /// <summary>Says who has an address (RFC 4861 section 4.4).</summary>
    NeighborAdvertisement = 136,

    /// <summary>A better first hop exists (RFC 4861 section 4.5).</summary>
    Redirect = 137,

    /// <summary>Multicast listener report, version 2 (RFC 3810).</summary>
    MulticastListenerReportV2 = 143,
}
