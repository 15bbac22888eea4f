// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

internal sealed partial class PlanExecution
{
    /// <summary>Takes back what was done, in reverse order, and mends what goes with it.</summary>
    private List<UndoFailure> Undo()
    {
        List<UndoFailure> failures = [];
        for (int i = _done.Count - 1; i >= 0; i--)
        {
            Change change = _done[i];
            // What was done to a card of this plan's making goes with the card.
            bool isOnOwnCard = change.GoesWithCard && _context.Created.Contains(change.Card);
            if (!isOnOwnCard)
                Attempt(change, failures, () => change.Undo(_context));
        }

        foreach (PortChange join in _done.OfType<PortChange>().DistinctBy(p => p.Bridge))
            Attempt(join, failures, () => RestoreBridge(join));
        foreach (Change change in _done.DistinctBy(c => c.Card))
        {
            if (_plan.Before.Find(change.Card) is not Link before)
                continue;
            // Made anew, it has another index and everything that its making restores.
            if (_context.Netlink.Links.TryGet(before.Index) is null)
                continue;
            Attempt(change, failures, () => RestoreAddressOrder(before));
            Attempt(change, failures, () => RestoreIPv6(before));
            Attempt(change, failures, () => RestoreRoutes(before));
        }

        return failures;
    }

    private static void Attempt(Change change, List<UndoFailure> failures, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            failures.Add(new() { Change = change, Error = e });
        }
    }

    /// <summary>Gives a bridge the hardware address back that it took from a port which is gone again.</summary>
    private void RestoreBridge(PortChange join)
    {
        if (join.Bridge is not null && _plan.Before.Find(join.Bridge) is Link before &&
            _context.Netlink.Links.TryGet(before.Index) is Link now && now.Address != before.Address)
            _context.Netlink.Links.Change(before.Index, new LinkChange { Address = before.Address });
    }

    /// <summary>
    /// IPv4 addresses in their old order: the first of a prefix is its primary, from which the host speaks, and an address
    /// that was taken away and given back comes last.
    /// </summary>
    private void RestoreAddressOrder(Link before)
    {
        List<InterfaceAddress> old = [.. _plan.Before.GivenAddressesOf(before).Where(a => !a.IsIPv6)];
        List<InterfaceAddress> now = [.. _context.Netlink.Addresses.List(before.Index).Where(a => !a.IsIPv6)];
        if (old.Select(a => a.ToString()).SequenceEqual(now.Select(a => a.ToString())) ||
            !old.Select(a => a.ToString()).ToHashSet().SetEquals(now.Select(a => a.ToString())))
            return;
        using NetlinkBatch batch = _context.Netlink.CreateBatch();
        // Secondaries first, so that none goes with its primary.
        foreach (InterfaceAddress address in Enumerable.Reverse(now))
            batch.Addresses.Delete(address);
        foreach (InterfaceAddress address in old)
            batch.Addresses.Replace(address);
        if (batch.Execute().FirstOrDefault(f => f.Error.Errno != Errno.EADDRNOTAVAIL) is { } failure)
            throw failure.Error;
    }

    /// <summary>IPv6 addresses that went with the card's being up, or with IPv6 itself.</summary>
    private void RestoreIPv6(Link before)
    {
        List<InterfaceAddress> old = [.. _plan.Before.GivenAddressesOf(before).Where(a => a.IsIPv6)];
        if (old.Count == 0)
            return;
        HashSet<string> now = [.. _context.Netlink.Addresses.List(before.Index).Select(a => a.ToString())];
        foreach (InterfaceAddress address in old)
        {
            if (!now.Contains(address.ToString()))
                _context.Netlink.Addresses.Replace(address);
        }
    }

    /// <summary>Routes that somebody had laid over a card, and that went with its addresses or its being up.</summary>
    private void RestoreRoutes(Link before)
    {
        List<Route> old = [.. _plan.Before.GivenRoutesOver(before)];
        if (old.Count == 0)
            return;
        HashSet<RouteKey> now = [.. _context.Netlink.Routes.List(table: 0).Select(KeyOf)];
        // Routers are reached by routes without one, so those come first.
        foreach (Route route in old.OrderBy(r => r.Gateway is not null))
        {
            if (!now.Contains(KeyOf(route)))
                _context.Netlink.Routes.Add(route);
        }
    }

    private static RouteKey KeyOf(Route route) => new()
    {
        Destination = route.Destination.ToString(),
        Gateway = route.Gateway?.ToString(),
        LinkIndex = route.LinkIndex,
        Table = route.Table,
        Metric = route.Metric,
    };

    private readonly record struct RouteKey
    {
        internal string Destination { get; init; }

        internal string? Gateway { get; init; }

        internal int LinkIndex { get; init; }

        internal uint Table { get; init; }

        internal uint Metric { get; init; }
    }
}
