// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// Why a destination is unreachable, the code of <see cref="IcmpType.DestinationUnreachable"/> (RFC 792,
/// RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). Open: every value may occur and is kept.
/// </summary>
public enum IcmpUnreachableCode : byte
{
    /// <summary>No route to the network.</summary>
    Network = 0,

    /// <summary>The host does not answer on its link.</summary>
    Host = 1,

    /// <summary>The host does not speak the protocol.</summary>
    Protocol = 2,

    /// <summary>Nobody listens on the port.</summary>
    Port = 3,

    /// <summary>
    /// The packet is too big and must not be fragmented; the message names the next hop's MTU (RFC 1191).
    /// </summary>
    FragmentationNeeded = 4,

    /// <summary>The source route failed.</summary>
    SourceRouteFailed = 5,

    /// <summary>The network is not known.</summary>
    NetworkUnknown = 6,

    /// <summary>The host is not known.</summary>
    HostUnknown = 7,

    /// <summary>A policy forbids the network.</summary>
    NetworkProhibited = 9,

    /// <summary>A policy forbids the host.</summary>
    HostProhibited = 10,

    /// <summary>A policy forbids the communication.</summary>
    AdministrativelyProhibited = 13,
}
