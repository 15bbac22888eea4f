// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>The kind of an ICMP message (RFC 792). Open: every value may occur and is kept.</summary>
public enum IcmpType : byte
{
    /// <summary>Answer to an echo request.</summary>
    EchoReply = 0,

    /// <summary>The packet quoted could not be delivered; the code says why.</summary>
    DestinationUnreachable = 3,

    /// <summary>Deprecated congestion signal (RFC 6633).</summary>
    SourceQuench = 4,

    /// <summary>A better first hop exists for the destination quoted.</summary>
    Redirect = 5,

    /// <summary>Asks for an echo reply.</summary>
    EchoRequest = 8,

    /// <summary>A router names itself (RFC 1256).</summary>
    RouterAdvertisement = 9,

    /// <summary>Asks routers to name themselves (RFC 1256).</summary>
    RouterSolicitation = 10,

    /// <summary>Time to live (code 0) or reassembly time (code 1) ran out.</summary>
    TimeExceeded = 11,

    /// <summary>A field of the packet quoted is wrong.</summary>
    ParameterProblem = 12,

    /// <summary>Asks for the time of day.</summary>
    TimestampRequest = 13,

    /// <summary>The time of day.</summary>
    TimestampReply = 14,
}
