// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// Why a destination is unreachable, the code of <see cref="Icmpv6Type.DestinationUnreachable"/> (RFC 4443
/// section 3.1). Open: every value may occur and is kept.
/// </summary>
public enum Icmpv6UnreachableCode : byte
{
    /// <summary>No route to the destination.</summary>
    NoRoute = 0,

    /// <summary>A policy forbids the communication.</summary>
    AdministrativelyProhibited = 1,

    /// <summary>The destination lies beyond the scope of the source address.</summary>
    BeyondScope = 2,

    /// <summary>The host does not answer on its link.</summary>
    Address = 3,

    /// <summary>Nobody listens on the port.</summary>
    Port = 4,

    /// <summary>The source address failed an ingress or egress policy.</summary>
    SourcePolicy = 5,

    /// <summary>The route to the destination rejects traffic.</summary>
    RejectRoute = 6,
}
