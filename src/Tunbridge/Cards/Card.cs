// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Cards;

/// <summary>A TUN or TAP as list and show present it: its link, its addresses and whose it is.</summary>
internal sealed record Card
{
    internal required Link Link { get; init; }

    internal required TunLinkInfo Tun { get; init; }

    internal required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    /// <summary>The name of the bridge it is a port of, or null.</summary>
    internal required string? Bridge { get; init; }

    internal string Name => Link.Name;

    internal string Kind => Tun.IsTap ? "tap" : "tun";

    internal string? Owner => Tun.Owner is { } id ? UserDatabase.FindUserName(id) ?? $"{id}" : null;

    internal string? Group => Tun.Group is { } id ? UserDatabase.FindGroupName(id) ?? $"{id}" : null;

    internal string? Mac => Link.Address.IsEmpty ? null : Link.Address.ToString();

    internal bool HasCarrier => Link.Flags.HasFlag(LinkFlags.LowerUp);

    /// <summary>The instance that created it, or null for a foreign card.</summary>
    internal string? Instance => OwnershipMark.TryParse(Link.Alias, out OwnershipMark? mark) ? mark?.Instance : null;

    /// <summary>What it is for, as its file says; null when nothing is said or it is another program's.</summary>
    internal string? Description => OwnershipMark.DescriptionOf(Link);

    /// <summary>All cards of a namespace, in the kernel's order: three dumps, whatever their number.</summary>
    internal static IReadOnlyList<Card> ReadAll(RouteNetlink netlink)
    {
        IReadOnlyList<Link> links = netlink.Links.List();
        if (!links.Any(l => l.Tun is not null))
            return [];
        ILookup<int, InterfaceAddress> addresses = netlink.Addresses.List().ToLookup(a => a.LinkIndex);
        Dictionary<int, string> names = links.ToDictionary(l => l.Index, l => l.Name);
        return [.. links.Where(l => l.Tun is not null).Select(l => new Card
        {
            Link = l,
            Tun = l.Tun!,
            Addresses = [.. addresses[l.Index]],
            Bridge = names.GetValueOrDefault(l.MasterIndex),
        })];
    }

    /// <summary>One card.</summary>
    /// <exception cref="RefusedException">There is no interface of that name, or it is no TUN or TAP.</exception>
    internal static Card Read(RouteNetlink netlink, string name)
    {
        Link link = netlink.Links.TryGet(name) ?? throw new RefusedException(NoSuchCard(netlink, name));
        TunLinkInfo tun = link.Tun ?? throw new RefusedException(
            $"{name} is no TUN or TAP but {(link.Kind is null ? "another kind of interface" : $"a {link.Kind}")}");
        return new()
        {
            Link = link,
            Tun = tun,
            Addresses = netlink.Addresses.List(link.Index),
            Bridge = link.MasterIndex == 0 ? null : netlink.Links.TryGet(link.MasterIndex)?.Name,
        };
    }

    private static string NoSuchCard(RouteNetlink netlink, string name)
    {
        string[] cards = [.. ReadAll(netlink).Select(c => c.Name)];
        return cards.Length switch
        {
            0 => $"there is no card {name}; there is none at all (make one: tunbridge add {name} --kind tap)",
            > 12 => $"there is no card {name}; see `tunbridge list`",
            _ => $"there is no card {name}; there are: {string.Join(", ", cards)}",
        };
    }
}
