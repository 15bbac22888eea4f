// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// The kind of a neighbour discovery option (RFC 4861 section 4.6). Open: every value may occur and is
/// kept.
/// </summary>
public enum NdpOptionType : byte
{
    /// <summary>No option named.</summary>
    None = 0,

    /// <summary>The sender's link-layer address.</summary>
    SourceLinkLayerAddress = 1,

    /// <summary>The target's link-layer address.</summary>
    TargetLinkLayerAddress = 2,

    /// <summary>A prefix for on-link determination and autoconfiguration.</summary>
    PrefixInformation = 3,

    /// <summary>The packet that led to a redirect.</summary>
    RedirectedHeader = 4,

    /// <summary>The link's MTU.</summary>
    Mtu = 5,

    /// <summary>A nonce against looped-back probes (RFC 3971, RFC 7527).</summary>
    Nonce = 14,

    /// <summary>A route with its preference (RFC 4191).</summary>
    RouteInformation = 24,

    /// <summary>Recursive DNS servers (RFC 8106).</summary>
    RecursiveDnsServer = 25,
}
