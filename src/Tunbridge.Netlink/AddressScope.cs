// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>How far an address or route is valid (RT_SCOPE_*). Open: other values occur.</summary>
public enum AddressScope : byte
{
    /// <summary>Everywhere (RT_SCOPE_UNIVERSE).</summary>
    Global = 0,

    /// <summary>In this site (RT_SCOPE_SITE).</summary>
    Site = 200,

    /// <summary>On this link (RT_SCOPE_LINK).</summary>
    Link = 253,

    /// <summary>On this host (RT_SCOPE_HOST).</summary>
    Host = 254,

    /// <summary>Nowhere (RT_SCOPE_NOWHERE).</summary>
    Nowhere = 255,
}
