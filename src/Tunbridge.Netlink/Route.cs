// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Tunbridge.Netlink;

/// <summary>A route, as read, and as it is to be added.</summary>
public sealed partial record Route
{
    /// <summary>The number of the main table.</summary>
    public const uint MainTable = 254;

    /// <summary>The number of the table of the host's own addresses.</summary>
    public const uint LocalTable = 255;

    /// <summary>The destination of IPv4's default route.</summary>
    public static IPNetwork DefaultIPv4 { get; } = new(IPAddress.Any, 0);

    /// <summary>The destination of IPv6's default route.</summary>
    public static IPNetwork DefaultIPv6 { get; } = new(IPAddress.IPv6Any, 0);

    /// <summary>Where it leads; a prefix of length 0 is the default route.</summary>
    public required IPNetwork Destination { get; init; }

    /// <summary>IPv6: only packets from here; null for all.</summary>
    public IPNetwork? Source { get; init; }

    /// <summary>The router, or null when the destination is on the link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The card; 0 when the gateway decides, or there are several ways.</summary>
    public int LinkIndex { get; init; }

    /// <summary>The metric: the lowest wins. 0 is the kernel's (IPv6: 1024).</summary>
    public uint Metric { get; init; }

    /// <summary>The table; 0 when adding or deleting is the main table.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>How far away the destination is; null when adding lets type and gateway decide, as ip does.</summary>
    public AddressScope? Scope { get; init; }

    /// <summary>What it does with packets.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Who made it; unspecified when adding is <see cref="RouteProtocol.Boot"/>, when deleting any.</summary>
    public RouteProtocol Protocol { get; init; }

    /// <summary>The address that packets without one get; null for the kernel's choice.</summary>
    public IPAddress? PreferredSource { get; init; }

    /// <summary>The path's MTU in bytes; 0 for the card's.</summary>
    public int Mtu { get; init; }

    /// <summary>The TCP segment size that is announced; 0 for the kernel's.</summary>
    public int AdvertisedSegmentSize { get; init; }

    /// <summary>Its state; when adding, <see cref="RouteFlags.OnLink"/> counts.</summary>
    public RouteFlags Flags { get; init; }

    /// <summary>IPv6: how good the router is; null when the kernel does not say.</summary>
    public RouterPreference? Preference { get; init; }

    /// <summary>IPv6: how long it stays; null for ever. Read only, in seconds.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>Several ways; empty when there is one. Never null.</summary>
    public IReadOnlyList<RouteNextHop> NextHops { get; init; } = [];

    /// <summary>Whether it is a default route.</summary>
    public bool IsDefault => Destination.PrefixLength == 0;

    /// <summary>Whether it is an IPv6 route.</summary>
    public bool IsIPv6 => Destination.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Destination and gateway as ip writes them.</summary>
    public override string ToString()
    {
        string destination = IsDefault ? "default" : Destination.ToString();
        return Gateway is null ? destination : $"{destination} via {Gateway}";
    }
}
