// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Finds the steps of a plan that would cut the host off or harm what belongs to others.</summary>
/// <remarks>See docs/changes.md. Stateless; looks at nothing but its arguments.</remarks>
public static partial class HostGuard
{
    // The host talks to itself by these, whether lo is up or not (RFC 1122 3.2.1.3, RFC 4291 2.5.3).
    private static readonly IpPrefix[] s_loopback = [IpPrefix.Parse("127.0.0.0/8"), IpPrefix.Parse("::1/128")];

    /// <summary>Judges a plan.</summary>
    /// <param name="state">The picture it was made from.</param>
    /// <param name="changes">Its steps.</param>
    /// <param name="instance">The instance whose other cards are not foreign; null when every other interface is.</param>
    /// <returns>One refusal for each pair of sides, in the order of the steps.</returns>
    public static IReadOnlyList<Refusal> Examine(HostState state, IReadOnlyList<Change> changes, string? instance)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(changes);
        List<Refusal> refusals = [];
        List<Link> foreign = [.. state.Links.Where(l => !IsOf(l, instance))];
        foreach (Change change in changes)
        {
            switch (change)
            {
                case AddAddressChange add:
                    ExamineAddress(state, add.Card, add.Address, foreign, refusals);
                    if (add.Reached != add.Address)
                        ExamineAddress(state, add.Card, add.Reached, foreign, refusals);
                    break;
                case UpChange { Up: true } up when state.Find(up.Card) is Link link:
                    // The routes of its addresses come with it.
                    foreach (InterfaceAddress address in state.GivenAddressesOf(link))
                    {
                        IpPrefix prefix = HostState.PrefixOf(address);
                        if (!changes.Any(c => c is RemoveAddressChange r && r.Card == up.Card && r.Address == prefix))
                            ExamineAddress(state, up.Card, prefix, foreign, refusals);
                    }

                    break;
                case AddRouteChange { Action: "add-route" } route when route.Route.Table is 0 or Route.MainTable:
                    IpPrefix destination = new(route.Route.Destination.BaseAddress, route.Route.Destination.PrefixLength);
                    refusals.AddRange(ExamineRoute(state, route.Card, destination, instance));
                    break;
                case RemoveAddressChange remove when CarriesDefaultRoute(state, remove, changes):
                    ExamineLoss(state, remove.Card, $"losing the address {remove.Address}", refusals);
                    break;
                case UpChange { Up: false } down:
                    ExamineLoss(state, down.Card, "going down", refusals);
                    break;
                case DeleteLinkChange delete:
                    ExamineLoss(state, delete.Card, "being deleted", refusals);
                    break;
                case PortChange { Bridge: string bridge } port:
                    ExamineLoss(state, port.Card, $"becoming a port of {bridge}", refusals);
                    ExamineBridge(state, port.Card, bridge, changes, instance, refusals);
                    break;
            }
        }

        return [.. refusals.Distinct()];
    }

    /// <summary>Judges an address that a card is to have.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="card">The card.</param>
    /// <param name="address">The address.</param>
    /// <param name="instance">The instance whose other cards are not foreign; null when every other interface is.</param>
    public static IReadOnlyList<Refusal> ExamineAddress(HostState state, string card, IpPrefix address, string? instance)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(card);
        List<Refusal> refusals = [];
        ExamineAddress(state, card, address, state.Links.Where(l => !IsOf(l, instance)), refusals);
        return refusals;
    }

    /// <summary>Judges a route that is to lead over a card.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="card">The card.</param>
    /// <param name="destination">Where it leads; length 0 for a default route.</param>
    /// <param name="instance">The instance whose other cards are not foreign; null when every other interface is.</param>
    public static IReadOnlyList<Refusal> ExamineRoute(HostState state, string card, IpPrefix destination, string? instance)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(card);
        List<Refusal> refusals = [];
        foreach (Link link in state.Links)
        {
            if (link.Name == card || IsOf(link, instance))
                continue;
            string? why = destination.IsDefault
                ? state.RoutesOver(link).FirstOrDefault(r => r.IsDefault && r.Destination.IsIPv6 == destination.IsIPv6) is { } found
                    ? $"takes the place of '{found}' on {link.Name}"
                    : null
                : FindConflict(state, link, destination);
            if (why is not null)
                refusals.Add(new() { Card = card, Message = $"route {Name(destination)} of {card} {why}" });
        }

        return refusals;
    }

    private static void ExamineAddress(
        HostState state, string card, IpPrefix address, IEnumerable<Link> foreign, List<Refusal> refusals)
    {
        foreach (IpPrefix loopback in s_loopback)
        {
            if (address.Overlaps(loopback))
                refusals.Add(new() { Card = card, Message = $"address {address} of {card} overlaps {loopback} on lo, by which the host talks to itself" });
        }

        foreach (Link link in foreign)
        {
            if (link.Name != card && FindConflict(state, link, address) is string why)
                refusals.Add(new() { Card = card, Message = $"address {address} of {card} {why}" });
        }
    }

    /// <summary>How a prefix conflicts with a foreign interface; null when it does not.</summary>
    private static string? FindConflict(HostState state, Link link, IpPrefix prefix)
    {
        if (prefix.IsLinkLocalIPv6 || link.Flags.HasFlag(LinkFlags.Loopback) && s_loopback.Any(prefix.Overlaps))
            return null;
        foreach (InterfaceAddress address in state.AddressesOf(link))
        {
            foreach (IpPrefix theirs in PrefixesOf(address))
            {
                if (!theirs.IsLinkLocalIPv6 && prefix.Overlaps(theirs))
                    return $"overlaps {theirs.Network} on {link.Name} ({address})";
            }
        }

        foreach (HostRoute route in state.RoutesOver(link))
        {
            if (route.Gateway is IPAddress gateway && prefix.Contains(gateway))
                return $"takes in the gateway {gateway} on {link.Name} ('{route}')";
            if (!IsBroad(route.Destination) && !route.Destination.IsLinkLocalIPv6 && prefix.Overlaps(route.Destination))
                return $"overlaps {route.Destination} on {link.Name} ('{route}')";
        }

        return null;
    }

    private static IEnumerable<IpPrefix> PrefixesOf(InterfaceAddress address)
    {
        if (address.Peer is null)
            return [HostState.PrefixOf(address)];
        // With a peer, the prefix is the peer's and the own address stands alone (ip-address(8)).
        return [new IpPrefix(address.Address, address.IsIPv6 ? 128 : 32), new IpPrefix(address.Peer, address.PrefixLength)];
    }

    /// <summary>
    /// Whether a route is a default route or does a default route's work (0.0.0.0/1, 2000::/3): a network taken out of
    /// the whole Internet cuts nobody off.
    /// </summary>
    private static bool IsBroad(IpPrefix destination) => destination.Length < (destination.IsIPv6 ? 16 : 8);

    private static bool IsOf(Link link, string? instance) =>
        instance is not null && OwnershipMark.TryParse(link.Alias, out OwnershipMark? mark) && mark!.Instance == instance;

    private static string Name(IpPrefix destination) => destination.IsDefault ? "default" : destination.ToString();
}
