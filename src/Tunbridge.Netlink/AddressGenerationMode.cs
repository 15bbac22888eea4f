// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>How IPv6 addresses are made on a card (IN6_ADDR_GEN_MODE_*).</summary>
public enum AddressGenerationMode : byte
{
    /// <summary>From the link-layer address.</summary>
    Eui64 = 0,

    /// <summary>Not at all: no link-local address either.</summary>
    None = 1,

    /// <summary>From a secret (RFC 7217).</summary>
    StablePrivacy = 2,

    /// <summary>From a secret drawn now.</summary>
    Random = 3,
}
