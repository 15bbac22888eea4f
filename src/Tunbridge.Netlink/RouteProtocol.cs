// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>Who made a route (RTPROT_*). Open: other values occur.</summary>
public enum RouteProtocol : byte
{
    /// <summary>Nobody said; in a deletion: any (RTPROT_UNSPEC).</summary>
    Unspecified = 0,

    /// <summary>An ICMP redirect (RTPROT_REDIRECT).</summary>
    Redirect = 1,

    /// <summary>The kernel, with an address (RTPROT_KERNEL).</summary>
    Kernel = 2,

    /// <summary>A command, as ip and ifconfig mark it (RTPROT_BOOT).</summary>
    Boot = 3,

    /// <summary>An administrator (RTPROT_STATIC).</summary>
    Static = 4,

    /// <summary>A router's announcement (RTPROT_RA).</summary>
    RouterAdvertisement = 9,

    /// <summary>DHCP (RTPROT_DHCP).</summary>
    Dhcp = 16,
}
