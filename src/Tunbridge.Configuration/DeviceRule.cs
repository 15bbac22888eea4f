// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;

namespace Tunbridge.Configuration;

/// <summary>One policy rule that goes with a card (an entry of <c>rules</c>).</summary>
public sealed record DeviceRule
{
    /// <summary>Whether it is a rule for IPv6; told by from, to, or <c>family</c>.</summary>
    public bool IsIPv6 { get; init; }

    /// <summary>Only packets from here (<c>from</c>); null for all.</summary>
    public IpPrefix? From { get; init; }

    /// <summary>Only packets to here (<c>to</c>); null for all.</summary>
    public IpPrefix? To { get; init; }

    /// <summary>Its place (<c>priority</c>), the lowest is asked first.</summary>
    public required uint Priority { get; init; }

    /// <summary>The table that is looked up (<c>table</c>).</summary>
    public required uint Table { get; init; }

    /// <summary>Only packets with this mark (<c>mark</c>); null for all.</summary>
    public uint? Mark { get; init; }

    /// <summary>The bits of the mark that count; null for all of them.</summary>
    public uint? MarkMask { get; init; }

    /// <summary>Whether only packets that came in by this card match (<c>incoming</c>).</summary>
    public bool Incoming { get; init; }

    /// <summary>Whether only packets of sockets bound to this card match (<c>outgoing</c>).</summary>
    public bool Outgoing { get; init; }

    /// <summary>Where it stands.</summary>
    public SourcePosition Position { get; init; }
}
