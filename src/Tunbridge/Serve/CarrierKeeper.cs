// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Commands;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Serve;

/// <summary>Holds one detached queue of each keep-carrier card: the card keeps its carrier whoever comes and goes.</summary>
/// <remarks>
/// A detached queue (TUNSETQUEUE, IFF_DETACH_QUEUE) gets no packets and counts for the carrier. Only a multi-queue card
/// has room for it beside its readers, which is why the file refuses keep-carrier for others. Not thread-safe.
/// </remarks>
internal sealed class CarrierKeeper(ServiceNotifier notifier) : IDisposable
{
    private readonly Dictionary<string, FileDescriptor> _queues = [];

    /// <summary>How many cards are held.</summary>
    internal int Count => _queues.Count;

    /// <summary>Takes what the service manager kept over a restart.</summary>
    internal void Adopt(IEnumerable<(string Card, FileDescriptor Queue)> stored)
    {
        foreach ((string card, FileDescriptor queue) in stored)
        {
            if (!_queues.TryAdd(card, queue))
                queue.Dispose();
        }
    }

    /// <summary>Holds the cards that want it and are there, and lets go of all others.</summary>
    /// <returns>What could not be held, as messages.</returns>
    internal IReadOnlyList<string> Refresh(DesiredState desired)
    {
        List<string> mistakes = [];
        List<DeviceDefinition> wanted = [.. desired.Devices.Where(d => d.KeepCarrier && !d.IsAbsent)];
        foreach (string card in _queues.Keys.Except(wanted.Select(d => d.Name)).ToList())
            Release(card);
        foreach (IGrouping<string?, DeviceDefinition> group in wanted.GroupBy(d => d.NetworkNamespace))
        {
            try
            {
                mistakes.AddRange(CommonOptions.In(group.Key, () => RefreshHere(desired.Mark, group)));
            }
            catch (LinuxException e)
            {
                // The namespace is gone; so are the cards in it.
                mistakes.Add(e.Message);
            }
        }

        return mistakes;
    }

    /// <summary>Lets go of a card.</summary>
    internal void Release(string card)
    {
        if (!_queues.Remove(card, out FileDescriptor? queue))
            return;
        notifier.Unstore(card);
        queue.Dispose();
    }

    public void Dispose()
    {
        foreach (FileDescriptor queue in _queues.Values)
            queue.Dispose();
        _queues.Clear();
    }

    private List<string> RefreshHere(OwnershipMark mark, IEnumerable<DeviceDefinition> devices)
    {
        List<string> mistakes = [];
        using RouteNetlink netlink = RouteNetlink.Open();
        ulong cookie = NetworkNamespace.GetCurrentCookie();
        Dictionary<string, Link> links = netlink.Links.List("tun").ToDictionary(l => l.Name);
        foreach (string name in devices.Select(d => d.Name))
        {
            if (_queues.TryGetValue(name, out FileDescriptor? held))
            {
                if (IsQueueOf(held, name, cookie))
                    continue;
                Release(name);
            }

            if (!links.TryGetValue(name, out Link? link) || link.Tun is not { IsMultiQueue: true } tun || !mark.IsOn(link))
                continue;
            FileDescriptor queue = TunControl.Open();
            Errno errno = TunControl.TrySetInterface(queue, name, FlagsOf(tun), out _);
            if (errno == Errno.None)
                errno = TunControl.TrySetQueue(queue, attach: false);
            if (errno != Errno.None)
            {
                queue.Dispose();
                mistakes.Add($"the carrier of {name} cannot be held: {LinuxException.Describe(errno)}");
                continue;
            }

            _queues.Add(name, queue);
            notifier.Store(name, queue);
        }

        return mistakes;
    }

    // A card that was deleted and made anew has the name of the old one, whose queue is dead.
    private static bool IsQueueOf(FileDescriptor queue, string name, ulong cookie)
    {
        TunInterface found = TunControl.TryGetInterface(queue, out Errno errno);
        if (errno != Errno.None || found.Name != name || TunControl.TryGetNamespace(queue, out NetworkNamespace? space) != Errno.None)
            return false;
        using (space)
            return space!.GetCookie() == cookie;
    }

    // An attach sets the card's format to its own flags, so these are the card's.
    private static TunFlags FlagsOf(TunLinkInfo tun) =>
        (tun.IsTap ? TunFlags.Tap : TunFlags.Tun) | TunFlags.MultiQueue |
        (tun.HasPacketInformation ? TunFlags.None : TunFlags.NoPacketInformation) |
        (tun.HasVirtioHeader ? TunFlags.VirtioHeader : TunFlags.None);
}
