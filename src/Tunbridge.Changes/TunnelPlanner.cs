// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Finds the steps from what a tunnel has on the host to what it is to have.</summary>
/// <remarks>Pure: looks at nothing but its arguments. The guard is not asked, leading the host's traffic elsewhere being what a tunnel is for.</remarks>
public static class TunnelPlanner
{
    /// <summary>Makes the plan.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="before">What it has, as it was last asked for; null for nothing.</param>
    /// <param name="wanted">What it is to have; null for nothing, which takes everything back.</param>
    /// <param name="left">Routes that are not laid, since somebody else's are in their place.</param>
    /// <returns>The plan.</returns>
    public static ChangePlan Create(HostState state, TunnelNetwork? before, TunnelNetwork? wanted, out IReadOnlyList<CardRoute> left)
    {
        ArgumentNullException.ThrowIfNull(state);
        List<Change> changes = [];
        if (before is not null)
            RemoveAddresses(state, before, wanted, changes);
        if (wanted is not null && state.Find(wanted.Card) is { } link)
            SetUp(state, link, wanted, changes);
        List<CardRoute> blocked = [];
        AddRoutes(state, before, wanted, changes, blocked);
        left = blocked;
        return ChangePlan.CreateUnguarded(state, changes);
    }

    private static void RemoveAddresses(HostState state, TunnelNetwork before, TunnelNetwork? wanted, List<Change> changes)
    {
        if (state.Find(before.Card) is not { } link)
            return;
        IReadOnlyList<AddressSettings> kept = wanted?.Card == before.Card ? wanted.Addresses : [];
        foreach (AddressSettings gone in before.Addresses.Where(a => !kept.Contains(a)))
        {
            if (state.AddressesOf(link).FirstOrDefault(gone.IsSameAs) is { } entry)
                changes.Add(new RemoveAddressChange(before.Card, entry));
        }
    }

    private static void SetUp(HostState state, Link link, TunnelNetwork wanted, List<Change> changes)
    {
        if (wanted.Mtu is int mtu && link.Mtu != mtu)
            changes.Add(new MtuChange(link.Name, link.Mtu, mtu));
        if (wanted.QueueLength is int length && link.TransmitQueueLength != length)
            changes.Add(new QueueLengthChange(link.Name, link.TransmitQueueLength, length));
        if (wanted.Mac is { } mac && link.Address != mac)
            changes.Add(new MacChange(link.Name, link.Address, mac));
        foreach (AddressSettings address in wanted.Addresses)
        {
            bool isThere = state.AddressesOf(link).Any(address.IsSameAs);
            if (!isThere)
                changes.Add(new AddAddressChange(link.Name, address, link.Tun is { IsTap: true } ? address.Address.Broadcast : null, isRestored: false));
        }
        if (!link.IsUp)
            changes.Add(new UpChange(link.Name, up: true, []));
    }

    private static void AddRoutes(HostState state, TunnelNetwork? before, TunnelNetwork? wanted, List<Change> changes, List<CardRoute> blocked)
    {
        List<Route> replaced = [];
        foreach (CardRoute route in wanted?.Routes ?? [])
        {
            if (route.FindIn(state) is not null)
                continue;
            Route? inPlace = state.RouteRecords.FirstOrDefault(r => RouteText.HasSameKey(r, route.Route) && r.Type == RouteType.Unicast);
            bool isOurs = inPlace is not null && (before?.Routes.Any(r => RouteText.HasSameKey(r.Route, inPlace) && inPlace.Protocol == r.Route.Protocol) ?? false);
            bool stepsAside = inPlace is not null && wanted!.Displaced.Any(d => RouteText.HasSameKey(d.Route, inPlace));
            if (inPlace is not null && !isOurs && !stepsAside)
            {
                blocked.Add(route);
                continue;
            }
            if (inPlace is not null)
                replaced.Add(inPlace);
            changes.Add(new AddRouteChange(route.Card, route.Route, inPlace, isRestored: false) { IsOptional = route.MayBeRefused });
        }
        foreach (CardRoute original in before?.Displaced ?? [])
            Restore(state, original, wanted, changes, replaced);
        foreach (CardRoute gone in before?.Routes ?? [])
        {
            bool stays = wanted?.Routes.Any(gone.IsSameAs) ?? false;
            if (!stays && gone.FindIn(state) is { } found && !replaced.Contains(found))
                changes.Add(new RemoveRouteChange(gone.Card, found));
        }
    }

    private static void Restore(HostState state, CardRoute original, TunnelNetwork? wanted, List<Change> changes, List<Route> replaced)
    {
        bool staysAside = wanted?.Displaced.Any(d => RouteText.HasSameKey(d.Route, original.Route)) ?? false;
        // A card that is gone or down took its routes with it; whoever sets it up again lays them again.
        if (staysAside || state.Find(original.Card) is not { IsUp: true })
            return;
        Route? inPlace = state.RouteRecords.FirstOrDefault(r => RouteText.HasSameKey(r, original.Route) && r.Type == RouteType.Unicast);
        if (inPlace is not null && inPlace.Protocol != RouteOrigin.Protocol)
            return;
        if (inPlace is not null)
            replaced.Add(inPlace);
        changes.Add(new AddRouteChange(original.Card, original.Route, inPlace, isRestored: false));
    }
}
