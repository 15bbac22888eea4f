// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Turns what a card is to be like into steps.</summary>
/// <remarks>Stateless; looks at nothing but its arguments. A plan sorts the steps of all cards (<see cref="ChangePlan"/>).</remarks>
public static partial class CardPlanner
{
    /// <summary>The steps that make a new card.</summary>
    /// <param name="wanted">What it is to be like.</param>
    /// <param name="state">The picture.</param>
    public static IReadOnlyList<Change> Create(CardSettings wanted, HostState state)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(state);
        List<Change> steps = [new CreateCardChange(wanted)];
        if (wanted.TransmitQueueLength is int length)
            steps.Add(new QueueLengthChange(wanted.Name, null, length));
        if (wanted.Mtu is int mtu and not CardSettings.DefaultMtu)
            steps.Add(new MtuChange(wanted.Name, null, mtu));
        if (wanted.Mac is HardwareAddress mac)
            steps.Add(new MacChange(wanted.Name, null, mac));
        AddNames(steps, wanted.Name, [], wanted);
        if (wanted.Bridge is { Length: > 0 } bridge)
            AddJoin(steps, wanted, state, null, bridge);
        foreach (AddressSettings address in wanted.Addresses ?? [])
            steps.Add(Add(wanted, address, isRestored: false));
        if (wanted.Promiscuous == true)
            steps.Add(new PromiscuousChange(wanted.Name, on: true));
        if (wanted.Up == true)
            steps.Add(new UpChange(wanted.Name, up: true, []));
        AddDetails(steps, null, wanted, state);
        return steps;
    }

    /// <summary>The steps that make an existing card what it is to be like; empty when it is.</summary>
    /// <remarks>What cannot change on an existing card is told by <see cref="FindRemakeReason"/> and is not among them.</remarks>
    /// <param name="found">The card.</param>
    /// <param name="wanted">What it is to be like.</param>
    /// <param name="state">The picture.</param>
    public static IReadOnlyList<Change> Adjust(Link found, CardSettings wanted, HostState state)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(state);
        List<Change> steps = [];
        if (wanted.Mark is OwnershipMark mark && !mark.IsOn(found))
            steps.Add(new MarkChange(found.Name, found.Alias, mark.ToString()));
        else if (wanted.Mark is OwnershipMark own && own.Description != OwnershipMark.DescriptionOf(found))
            steps.Add(new DescriptionChange(found, own));
        bool goesDown = wanted.Up == false && found.IsUp;
        if (goesDown)
            steps.Add(new UpChange(found.Name, up: false, [.. state.GivenAddressesOf(found).Where(a => a.IsIPv6)]));
        if (wanted.TransmitQueueLength is int length && length != found.TransmitQueueLength)
            steps.Add(new QueueLengthChange(found.Name, found.TransmitQueueLength, length));
        if (wanted.Mtu is int mtu && mtu != found.Mtu)
            steps.Add(new MtuChange(found.Name, found.Mtu, mtu));
        if (wanted.Mac is HardwareAddress mac && mac != found.Address && !wanted.KeepMac)
            steps.Add(new MacChange(found.Name, found.Address, mac));
        AddNames(steps, found.Name, found.AlternativeNames, wanted);
        if (wanted.Bridge is string bridge)
        {
            string? current = found.MasterIndex == 0 ? null : state.Find(found.MasterIndex)?.Name;
            if (bridge.Length == 0 && found.MasterIndex != 0)
                steps.Add(new PortChange(found.Name, current, null));
            else if (bridge.Length > 0 && bridge != current)
                AddJoin(steps, wanted, state, current, bridge);
            else if (bridge.Length > 0)
                AddBridgeSettings(steps, wanted, state, bridge);
        }

        if (wanted.Addresses is not null)
            AddAddressSteps(steps, found, wanted, state, goesDown);
        if (wanted.Promiscuous is bool promiscuous && promiscuous != found.Flags.HasFlag(LinkFlags.Promiscuous))
            steps.Add(new PromiscuousChange(found.Name, promiscuous));
        if (wanted.Up == true && !found.IsUp)
            steps.Add(new UpChange(found.Name, up: true, []));
        AddDetails(steps, found, wanted, state);
        if (found.Tun is { } tun)
        {
            uint? owner = wanted.Owner == tun.Owner ? null : wanted.Owner;
            uint? group = wanted.Group == tun.Group ? null : wanted.Group;
            if (owner is not null || group is not null)
                steps.Add(new OwnerChange(found.Name, tun, owner, group));
            bool header = wanted.VirtioHeader ?? tun.HasVirtioHeader;
            bool information = wanted.PacketInformation ?? tun.HasPacketInformation;
            if (header != tun.HasVirtioHeader || information != tun.HasPacketInformation)
                steps.Add(new PacketFormatChange(found.Name, tun, header, information));
        }

        return steps;
    }

    /// <summary>Why a card must be made anew to become what it is to be like; null when it need not.</summary>
    /// <param name="found">The card.</param>
    /// <param name="wanted">What it is to be like.</param>
    public static string? FindRemakeReason(Link found, CardSettings wanted)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(wanted);
        if (found.Tun is not { } tun)
            return null;
        if (tun.IsTap != (wanted.Kind == CardKind.Tap))
            return tun.IsTap ? "it is a TAP and is to be a TUN" : "it is a TUN and is to be a TAP";
        if (wanted.MultiQueue is bool multiQueue && multiQueue != tun.IsMultiQueue)
            return tun.IsMultiQueue ? "it has several queues and is to have one" : "it has one queue and is to have several";
        return null;
    }

    /// <summary>The step that deletes a card or bridge.</summary>
    /// <param name="found">What goes.</param>
    /// <param name="state">The picture.</param>
    /// <param name="isRemade">Whether the plan makes a card of that name anew.</param>
    /// <param name="rank">Cards of a higher rank go in a step before those of a lower one.</param>
    public static Change Delete(Link found, HostState state, bool isRemade = false, int rank = 0)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(state);
        return new DeleteLinkChange(found, Recreate(found, state), isRemade, rank);
    }

    /// <summary>The step that takes a further name from a card, before another one gets it.</summary>
    /// <param name="found">The card.</param>
    /// <param name="name">The name.</param>
    public static Change FreeName(Link found, string name)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new AlternativeNameChange(found.Name, name, isAdded: false);
    }

    /// <summary>What a link carries; null when it is no TUN or TAP.</summary>
    /// <param name="link">The link.</param>
    public static CardKind? KindOf(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return link.Tun is { } tun ? tun.IsTap ? CardKind.Tap : CardKind.Tun : null;
    }

    private static void AddJoin(List<Change> steps, CardSettings wanted, HostState state, string? current, string bridge)
    {
        if (state.Find(bridge) is null && wanted.CreateBridge)
        {
            steps.Add(new CreateBridgeChange(bridge, wanted.Mark is not null));
            if (wanted.Mark is OwnershipMark mark)
                steps.Add(new MarkChange(bridge, null, (mark with { Description = null }).ToString(), endsMaking: true));
            steps.Add(new UpChange(bridge, up: true, []));
        }

        AddBridgeSettings(steps, wanted, state, bridge);

        steps.Add(new PortChange(wanted.Name, current, bridge));
    }

    private static void AddAddressSteps(List<Change> steps, Link found, CardSettings wanted, HostState state, bool goesDown)
    {
        List<InterfaceAddress> removed = wanted.RemovedAddresses is { } listed
            ? [.. state.AddressesOf(found).Where(a => listed.Contains(HostState.PrefixOf(a)))]
            : [.. state.GivenAddressesOf(found).Where(
                a => !wanted.Addresses!.Any(w => w.IsSameAs(a) && w.FitsInPlace(a, found.Name)))];
        foreach (InterfaceAddress address in removed)
            steps.Add(new RemoveAddressChange(found.Name, address));
        foreach (AddressSettings address in wanted.Addresses!)
        {
            InterfaceAddress? there = state.AddressesOf(found).FirstOrDefault(a => address.IsSameAs(a) && !removed.Contains(a));
            // A secondary IPv4 address goes with the primary of its prefix; IPv6 ones go with the card's going down.
            bool isAtRisk = address.Address.IsIPv6
                ? goesDown && !address.Address.IsLinkLocalIPv6
                : removed.Any(r => !r.IsIPv6 && HostState.PrefixOf(r).Network == address.Address.Network);
            bool endsOtherwise = there is not null && !address.HasLifetimeOf(there);
            if (there is null || isAtRisk || endsOtherwise)
                steps.Add(Add(wanted, address, there is not null));
        }
    }

    private static AddAddressChange Add(CardSettings wanted, AddressSettings address, bool isRestored) =>
        // As `ifconfig` and `ip address add … brd +` do, where there is something like a broadcast.
        new(wanted.Name, address, wanted.Kind == CardKind.Tap ? address.Address.Broadcast : null, isRestored);

    private static BridgePortChange? PortOf(Link link) => link.BridgePort is { } port
        ? new()
        {
            Priority = port.Priority,
            Cost = (int)port.Cost,
            Hairpin = port.Hairpin,
            Guard = port.Guard,
            RootBlock = port.RootBlock,
            Learning = port.Learning,
            Flood = port.Flood,
            MulticastFlood = port.MulticastFlood,
            BroadcastFlood = port.BroadcastFlood,
            Isolated = port.Isolated,
            NeighbourSuppression = port.NeighbourSuppression,
            Locked = port.Locked,
        }
        : null;

    /// <summary>The steps that would make a deleted link anew.</summary>
    private static List<Change> Recreate(Link link, HostState state)
    {
        List<Change> steps = [];
        if (link.Tun is { } tun)
        {
            steps.AddRange(Create(
                new()
                {
                    Name = link.Name,
                    Kind = tun.IsTap ? CardKind.Tap : CardKind.Tun,
                    Owner = tun.Owner,
                    Group = tun.Group,
                    MultiQueue = tun.IsMultiQueue,
                    VirtioHeader = tun.HasVirtioHeader,
                    PacketInformation = tun.HasPacketInformation,
                    TransmitQueueLength = link.TransmitQueueLength,
                    Mtu = link.Mtu,
                    Mac = tun.IsTap ? link.Address : null,
                    Bridge = link.MasterIndex == 0 ? null : state.Find(link.MasterIndex)?.Name,
                    Addresses = [.. state.GivenAddressesOf(link).Select(AddressSettings.Of)],
                    Promiscuous = link.Flags.HasFlag(LinkFlags.Promiscuous),
                    AllMulticast = link.Flags.HasFlag(LinkFlags.AllMulticast),
                    AlternativeNames = link.AlternativeNames,
                    Multicast = link.Flags.HasFlag(LinkFlags.Multicast),
                    Arp = !link.Flags.HasFlag(LinkFlags.NoArp),
                    BridgePort = PortOf(link),
                    Routes = [.. state.GivenRoutesOver(link)],
                    Up = link.IsUp,
                },
                state));
        }
        else
        {
            steps.Add(new CreateBridgeChange(link.Name, isMarked: false));
            steps.Add(new MacChange(link.Name, null, link.Address));
            if (link.Bridge is { } bridge)
                steps.Add(new BridgeSettingsChange(link.Name, null, BridgeText.AllOf(link, bridge)));
            foreach (string name in link.AlternativeNames)
                steps.Add(new AlternativeNameChange(link.Name, name, isAdded: true));
            if (link.IsUp)
                steps.Add(new UpChange(link.Name, up: true, []));
        }

        if (link.Alias is { Length: > 0 } alias)
            steps.Add(new MarkChange(link.Name, null, alias));
        return steps;
    }
}
