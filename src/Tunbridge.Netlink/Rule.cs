// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Tunbridge.Netlink;

/// <summary>A policy rule: which table packets of a kind are looked up in; as read, and as it is to be added.</summary>
public sealed partial record Rule
{
    /// <summary>IPv4 or IPv6.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>Its place: the lowest is asked first. Null when adding lets the kernel choose, when deleting any.</summary>
    public uint? Priority { get; init; }

    /// <summary>Only packets from here; null for all.</summary>
    public IPNetwork? From { get; init; }

    /// <summary>Only packets to here; null for all.</summary>
    public IPNetwork? To { get; init; }

    /// <summary>Only packets that came in by this card (<c>lo</c>: made here); null for all.</summary>
    public string? InputLink { get; init; }

    /// <summary>Only packets of sockets bound to this card; null for all.</summary>
    public string? OutputLink { get; init; }

    /// <summary>Only packets with this mark; null for all.</summary>
    public uint? Mark { get; init; }

    /// <summary>The bits of the mark that count; null for all bits.</summary>
    public uint? MarkMask { get; init; }

    /// <summary>The table; 0 for none.</summary>
    public uint Table { get; init; }

    /// <summary>What it does.</summary>
    public RuleAction Action { get; init; } = RuleAction.Lookup;

    /// <summary>The rule to go on with (<see cref="RuleAction.Goto"/>).</summary>
    public uint? GotoPriority { get; init; }

    /// <summary>The first user whose packets match; null for all users.</summary>
    public uint? FirstUser { get; init; }

    /// <summary>The last user whose packets match; null for all users.</summary>
    public uint? LastUser { get; init; }

    /// <summary>Results of the table with a prefix this short or shorter are ignored; null for none.</summary>
    public int? SuppressPrefixLength { get; init; }

    /// <summary>Whether everything matches that otherwise would not (<c>ip rule add not …</c>).</summary>
    public bool IsInverted { get; init; }

    /// <summary>Only packets with this type of service; 0 for all.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>Only packets of this IP protocol; null for all.</summary>
    public byte? IPProtocol { get; init; }

    /// <summary>Who made it.</summary>
    public RouteProtocol Protocol { get; init; }

    /// <summary>The rule in the words of ip.</summary>
    public override string ToString()
    {
        string text = $"rule {Priority}: from {From?.ToString() ?? "all"}";
        if (To is not null)
            text += $" to {To}";
        if (Mark is not null)
            text += $" fwmark 0x{Mark:x}";
        return Action == RuleAction.Lookup ? $"{text} lookup {Table}" : text;
    }
}
