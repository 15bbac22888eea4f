// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>A setting of a card below /proc/sys/net/ipv4/conf or ipv6/conf was written (RTM_NEWNETCONF).</summary>
/// <remarks>
/// The kernel tells forwarding, rp_filter, mc_forwarding, proxy_arp (for IPv6 proxy_ndp) and ignore_routes_with_linkdown;
/// all other settings have no event of their own.
/// </remarks>
public sealed record SettingsEvent : NetlinkEvent
{
    /// <summary>The index that stands for every card (conf/all).</summary>
    public const int AllLinks = -1;

    /// <summary>The index that stands for cards to come (conf/default).</summary>
    public const int FutureLinks = -2;

    private const ushort InterfaceIndexAttribute = 1;

    /// <summary>The card's number, <see cref="AllLinks"/> or <see cref="FutureLinks"/>.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>Whether it is one of IPv6.</summary>
    public bool IsIPv6 { get; init; }

    /// <summary>Reads the payload.</summary>
    /// <remarks>
    /// <code>
    /// struct netconfmsg: | family 1 | padding 3 | attributes: NETCONFA_IFINDEX 4, then those that changed
    /// </code>
    /// </remarks>
    internal static SettingsEvent? Parse(ReadOnlySpan<byte> payload, bool isRemoved)
    {
        int start = WireSize.Align(WireSize.NetConfMsg);
        if (payload.Length < start || payload[0] is not (Af.AF_INET or Af.AF_INET6))
            return null;
        AttributeReader reader = new(payload[start..]);
        while (reader.MoveNext())
        {
            if (reader.Type == InterfaceIndexAttribute)
                return new() { LinkIndex = reader.Int32, IsIPv6 = payload[0] == Af.AF_INET6, IsRemoved = isRemoved };
        }

        return null;
    }
}
