// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Doctor.Facts;

internal sealed partial record NetworkFacts
{
    /// <summary>Asks rtnetlink for the calling thread's network namespace.</summary>
    public static NetworkFacts Read(DoctorRoot root)
    {
        Func<string, int?> sysctl = path => ReadSysctl(root, path);
        try
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            IReadOnlyList<Link> links = netlink.Links.List();
            ILookup<int, InterfaceAddress> addresses = netlink.Addresses.List().ToLookup(a => a.LinkIndex);
            Dictionary<int, string> names = links.ToDictionary(l => l.Index, l => l.Name);
            return new()
            {
                Interfaces = [.. links.Where(l => !l.Flags.HasFlag(LinkFlags.Loopback)).Select(l => Convert(l, addresses[l.Index], names))],
                Sysctl = sysctl,
            };
        }
        catch (LinuxException e)
        {
            return new() { Interfaces = [], Refusal = e.Message, Sysctl = sysctl };
        }
    }

    private static CardFacts Convert(Link link, IEnumerable<InterfaceAddress> addresses, Dictionary<int, string> names) => new()
    {
        Name = link.Name,
        IsCard = link.Tun is not null,
        ForeignKind = link.Tun is null ? link.Kind : null,
        IsTap = link.Tun?.IsTap == true,
        IsMultiQueue = link.Tun?.IsMultiQueue == true,
        HasVirtioHeader = link.Tun?.HasVirtioHeader == true,
        HasPacketInformation = link.Tun?.HasPacketInformation == true,
        IsPersistent = link.Tun?.IsPersistent == true,
        Owner = link.Tun?.Owner,
        Group = link.Tun?.Group,
        IsMarked = OwnershipMark.TryParse(link.Alias, out _),
        IsUp = link.IsUp,
        HasCarrier = link.HasCarrier,
        Master = link.MasterIndex != 0 && names.TryGetValue(link.MasterIndex, out string? master) ? master : null,
        // A peer, where there is one, is what the prefix belongs to.
        Prefixes = [.. addresses.Select(a => ConnectedPrefix.Of(a.Peer ?? a.Address, a.PrefixLength) with { Address = a.Address })],
    };
}
