// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>The kernel's settings below <c>net.ipv4.conf</c> and <c>net.ipv6.conf</c> of a card (<c>sysctl</c>).</summary>
/// <remarks>Members that are null are left as they are.</remarks>
public sealed record DeviceSysctl
{
    /// <summary>Whether a packet's source must be reachable: 0 off, 1 by this card, 2 at all (<c>rp-filter</c>).</summary>
    public int? ReversePathFilter { get; init; }

    /// <summary>Whether packets are forwarded, IPv4 and IPv6 (<c>forwarding</c>).</summary>
    public bool? Forwarding { get; init; }

    /// <summary>Whether the card has no IPv6 (<c>disable-ipv6</c>).</summary>
    public bool? DisableIPv6 { get; init; }

    /// <summary>Whether routes over the card are passed over while nobody is attached (<c>ignore-routes-with-linkdown</c>).</summary>
    public bool? IgnoreRoutesWithLinkDown { get; init; }

    /// <summary>Whether it answers ARP for addresses that are reached elsewhere (<c>proxy-arp</c>).</summary>
    public bool? ProxyArp { get; init; }
}
