// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>A route and the card that it leads over, by name: cards may be made anew while a tunnel runs.</summary>
public sealed record CardRoute
{
    /// <summary>The card.</summary>
    public required string Card { get; init; }

    /// <summary>The route; its own card index is not looked at.</summary>
    public required Route Route { get; init; }

    /// <summary>The plan goes on without it when the kernel does not take it; such are told in <see cref="AppliedPlan.Refused"/>.</summary>
    public bool MayBeRefused { get; init; }

    // The kernel's route that is this one; null when it is not there.
    internal Route? FindIn(HostState state) => state.Find(Card) is { } link
        ? state.RouteRecords.FirstOrDefault(r => r.Protocol == Route.Protocol && RouteText.IsSame(r, Route, link.Index))
        : null;

    /// <summary>Whether both are one route.</summary>
    /// <param name="other">The other.</param>
    public bool IsSameAs(CardRoute other) => other is not null &&
        Card == other.Card && RouteText.HasSameKey(Route, other.Route) && Equals(Route.Gateway, other.Route.Gateway) && Route.Type == other.Route.Type;

    /// <inheritdoc/>
    public override string ToString() => RouteText.HasCard(Route) ? $"{RouteText.Of(Route)} dev {Card}" : RouteText.Of(Route);
}
