// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

public static partial class HostGuard
{
    /// <summary>A card that carries a default route may not lose it.</summary>
    private static void ExamineLoss(HostState state, string card, string how, List<Refusal> refusals)
    {
        if (state.Find(card) is Link link && state.RoutesOver(link).FirstOrDefault(r => r.IsDefault) is { } route)
        {
            refusals.Add(new()
            {
                Card = card,
                Message = $"{card} carries the default route ('{route} dev {card}') and would lose it by {how}",
            });
        }
    }

    /// <summary>Whether a default route over the card leans on an address that goes, and on none that stays or comes.</summary>
    private static bool CarriesDefaultRoute(HostState state, RemoveAddressChange remove, IReadOnlyList<Change> changes)
    {
        if (state.Find(remove.Card) is not Link link)
            return false;
        IpPrefix[] gone = [.. changes.OfType<RemoveAddressChange>().Where(c => c.Card == remove.Card).Select(c => c.Address)];
        IpPrefix[] left =
        [
            .. state.GivenAddressesOf(link).Select(HostState.PrefixOf).Where(a => !gone.Contains(a)),
            .. changes.OfType<AddAddressChange>().Where(c => c.Card == remove.Card).Select(c => c.Address),
        ];
        // With its last IPv4 address a card loses every IPv4 route; otherwise it is the way to the router that counts.
        return state.RoutesOver(link).Any(r => r.IsDefault && r.Destination.IsIPv6 == remove.Address.IsIPv6 &&
            ((!remove.Address.IsIPv6 && left.All(a => a.IsIPv6)) ||
                (r.Gateway is { } gateway && remove.Address.Contains(gateway) && !left.Any(a => a.Contains(gateway)))));
    }

    /// <summary>A foreign bridge that carries the default route may not change its hardware address.</summary>
    /// <remarks>
    /// A bridge takes the lowest address of its ports unless it was given one: a new port with a lower address, or the
    /// first port of all, changes it, and every neighbour and DHCP server then knows the host under the wrong address.
    /// </remarks>
    private static void ExamineBridge(
        HostState state, string card, string bridgeName, IReadOnlyList<Change> changes, string? instance, List<Refusal> refusals)
    {
        if (state.Find(bridgeName) is not Link bridge || IsOf(bridge, instance) ||
            state.RoutesOver(bridge).FirstOrDefault(r => r.IsDefault) is not { } route)
            return;
        HardwareAddress? mac = changes.OfType<MacChange>().FirstOrDefault(m => m.Card == card)?.Mac ?? state.Find(card)?.Address;
        bool keepsItsPort = state.Links.Any(l => l.MasterIndex == bridge.Index && l.Name != card && l.Address == bridge.Address);
        if (keepsItsPort && mac is HardwareAddress own && Compare(own, bridge.Address) > 0)
            return;
        string remedy = keepsItsPort
            ? $"give {card} a mac above {bridge.Address}, such as fe:00:00:00:00:01"
            : $"{bridgeName} has no other port whose address it could keep";
        refusals.Add(new()
        {
            Card = card,
            Message = $"{card} as a port of {bridgeName} may change the hardware address {bridge.Address} of {bridgeName}, " +
                $"which carries the default route ('{route} dev {bridgeName}'): {remedy}",
        });
    }

    private static int Compare(HardwareAddress left, HardwareAddress right)
    {
        Span<byte> a = stackalloc byte[HardwareAddress.MaximumLength];
        Span<byte> b = stackalloc byte[HardwareAddress.MaximumLength];
        return a[..left.CopyTo(a)].SequenceCompareTo(b[..right.CopyTo(b)]);
    }
}
