// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Devices;

/// <summary>Settings of the card as an interface, over netlink.</summary>
public abstract partial class VirtualDevice
{
    /// <summary>The card as the kernel's network configuration shows it, in the namespace it is in.</summary>
    /// <exception cref="LinuxException">The card is gone, or its namespace may not be entered.</exception>
    public Link GetLink()
    {
        using RouteNetlink netlink = OpenNetlink();
        return netlink.Links.Get(GetInterface().Name);
    }

    /// <summary>
    /// Changes addresses, MTU, flags and the like, in the namespace the card is in; undone when a step is refused.
    /// </summary>
    /// <param name="configure">
    /// Says what to change: <c>link => link.Address("192.168.0.1/24").Promiscuous().Up()</c>.
    /// </param>
    /// <exception cref="LinuxException">
    /// A step was refused (EPERM without CAP_NET_ADMIN); the card is as it was before.
    /// </exception>
    /// <exception cref="FormatException">An address is none.</exception>
    public void Configure(Func<LinkConfiguration, LinkConfiguration> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        LinkConfiguration wish = configure(new LinkConfiguration());
        using RouteNetlink netlink = OpenNetlink();
        Link before = netlink.Links.Get(GetInterface().Name);
        UndoStack undo = new();
        try
        {
            Apply(netlink, before, wish, undo);
        }
        catch
        {
            undo.Run();
            throw;
        }
    }

    /// <summary>Does what <see cref="Configure"/> does, on another thread: the kernel may take milliseconds.</summary>
    /// <param name="configure">Says what to change.</param>
    /// <param name="cancellationToken">Keeps the change from being started; one that is under way is completed.</param>
    public Task ConfigureAsync(
        Func<LinkConfiguration, LinkConfiguration> configure, CancellationToken cancellationToken = default) =>
        Task.Run(() => Configure(configure), cancellationToken);

    private static void Apply(RouteNetlink netlink, Link before, LinkConfiguration wish, UndoStack undo)
    {
        LinkChange change = wish.Change;
        if (wish.BridgeName is string bridge)
            change = change with { MasterIndex = bridge.Length == 0 ? 0 : netlink.Links.Get(bridge).Index };
        // The kernel may have applied a part of what it refuses, so the way back covers all of it, from the start.
        undo.Push(() => netlink.Links.Change(before.Index, Back(before, change)));
        LinkChange settings = change with { Up = change.Up == false ? false : null };
        if (settings != new LinkChange())
            netlink.Links.Change(before.Index, settings);
        AddAddresses(netlink, before.Index, wish.Addresses, undo);
        if (change.Up == true)
            netlink.Links.Change(before.Index, new LinkChange { Up = true });
    }

    private static void AddAddresses(RouteNetlink netlink, int index, IReadOnlyList<string> wish, UndoStack undo)
    {
        if (wish.Count == 0)
            return;
        IReadOnlyList<InterfaceAddress> present = netlink.Addresses.List(index);
        foreach (string cidr in wish)
        {
            InterfaceAddress address = InterfaceAddress.Parse(index, cidr);
            if (present.Any(a => a.PrefixLength == address.PrefixLength && a.Address.Equals(address.Address)))
                continue;
            netlink.Addresses.Add(address);
            undo.Push(() => netlink.Addresses.Delete(address));
        }
    }

    private static LinkChange Back(Link before, LinkChange change) => new()
    {
        Up = change.Up is null ? null : before.IsUp,
        Promiscuous = change.Promiscuous is null ? null : before.Flags.HasFlag(LinkFlags.Promiscuous),
        AllMulticast = change.AllMulticast is null ? null : before.Flags.HasFlag(LinkFlags.AllMulticast),
        Multicast = change.Multicast is null ? null : before.Flags.HasFlag(LinkFlags.Multicast),
        Arp = change.Arp is null ? null : !before.Flags.HasFlag(LinkFlags.NoArp),
        Mtu = change.Mtu is null ? null : before.Mtu,
        Address = change.Address is null ? null : before.Address,
        TransmitQueueLength = change.TransmitQueueLength is null ? null : before.TransmitQueueLength,
        Alias = change.Alias is null ? null : before.Alias ?? "",
        MasterIndex = change.MasterIndex is null ? null : before.MasterIndex,
    };

    // Entering a namespace needs CAP_SYS_ADMIN, which a card in our own namespace does not ask for.
    private RouteNetlink OpenNetlink()
    {
        using NetworkNamespace? home = TryGetNamespace();
        return OpenNetlink(home);
    }

    internal static RouteNetlink OpenNetlink(NetworkNamespace? home)
    {
        if (home is null)
            return RouteNetlink.Open();
        using NetworkNamespace current = NetworkNamespace.OpenCurrent();
        return home.Inode == current.Inode ? RouteNetlink.Open() : RouteNetlink.Open(home);
    }
}
