// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration;

/// <summary>One route over a card (an entry of <c>routes</c>).</summary>
public sealed record DeviceRoute
{
    /// <summary>Where it leads (<c>to</c>), host bits cleared; length 0 for <c>default</c>.</summary>
    public required IpPrefix Destination { get; init; }

    /// <summary>The router (<c>via</c>); null when the destination is on the card itself.</summary>
    public IPAddress? Via { get; init; }

    /// <summary>What it does with packets (<c>type</c>); unicast unless said.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Whether it leads over the card, rather than nowhere (blackhole, unreachable, prohibit, throw).</summary>
    public bool HasCard => Type is RouteType.Unicast or RouteType.Local;

    /// <summary>The metric (<c>metric</c>); null for the kernel's.</summary>
    public uint? Metric { get; init; }

    /// <summary>The routing table (<c>table</c>); null for main, and for local of type local.</summary>
    public uint? Table { get; init; }

    /// <summary>The source address of packets that have none yet (<c>source</c>).</summary>
    public IPAddress? Source { get; init; }

    /// <summary>How far away the destination is (<c>scope</c>); null for what type and router give.</summary>
    public AddressScope? Scope { get; init; }

    /// <summary>The path's MTU in bytes (<c>mtu</c>); null for the card's.</summary>
    public int? Mtu { get; init; }

    /// <summary>Whether the router is taken to be on the card though no address says so (<c>on-link</c>).</summary>
    public bool OnLink { get; init; }

    /// <summary>Where it stands.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>The route as <c>ip route</c> starts it, without the card.</summary>
    public override string ToString()
    {
        string to = Destination.IsDefault ? "default" : Destination.ToString();
        return (Type == RouteType.Unicast ? "" : $"{Type.ToString().ToLowerInvariant()} ") + (Via is null ? to : $"{to} via {Via}") + (Metric is uint metric ? $" metric {metric}" : "");
    }
}
