// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Changes;

/// <summary>One way out of a routing table: a unicast route, or one next hop of it.</summary>
public sealed record HostRoute
{
    /// <summary>Where it leads; length 0 for a default route.</summary>
    public required IpPrefix Destination { get; init; }

    /// <summary>The card it uses.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>The next router; null for what is reached directly.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Whether it is a default route.</summary>
    public bool IsDefault => Destination.IsDefault;

    /// <summary>The route as <c>ip route</c> starts it, without the card.</summary>
    public override string ToString()
    {
        string to = IsDefault ? "default" : Destination.ToString();
        return Gateway is null ? to : $"{to} via {Gateway}";
    }
}
