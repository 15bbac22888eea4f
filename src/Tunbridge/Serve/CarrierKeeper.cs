// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Commands;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Serve;

/// <summary>Holds detached queues of each keep-carrier card: the card keeps its carrier whoever comes and goes.</summary>
/// <remarks>
/// One queue, or as many as the file says (<c>queues</c>). A detached queue (TUNSETQUEUE, IFF_DETACH_QUEUE) gets no packets and counts for the carrier. Only a multi-queue card
/// has room for it beside its readers, which is why the file refuses keep-carrier for others. Not thread-safe.
/// </remarks>
internal sealed class CarrierKeeper(ServiceNotifier notifier) : IDisposable
{
    private readonly Dictionary<string, List<FileDescriptor>> _queues = [];

    /// <summary>How many cards are held.</summary>
    internal int Count => _queues.Count;

    /// <summary>Takes what the service manager kept over a restart.</summary>
    internal void Adopt(IEnumerable<(string Card, FileDescriptor Queue)> stored)
    {
        foreach ((string card, FileDescriptor queue) in stored)
        {
            if (!_queues.TryGetValue(card, out List<FileDescriptor>? queues))
                _queues.Add(card, queues = []);
            queues.Add(queue);
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
                mistakes.AddRange(TargetNamespace.In(group.Key, () => RefreshHere(desired.Mark, group)));
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
        if (!_queues.Remove(card, out List<FileDescriptor>? queues))
            return;
        notifier.Unstore(card);
        queues.ForEach(q => q.Dispose());
    }

    public void Dispose()
    {
        foreach (FileDescriptor queue in _queues.Values.SelectMany(q => q))
            queue.Dispose();
        _queues.Clear();
    }

    private List<string> RefreshHere(OwnershipMark mark, IEnumerable<DeviceDefinition> devices)
    {
        List<string> mistakes = [];
        using RouteNetlink netlink = RouteNetlink.Open();
        using NetworkNamespace here = NetworkNamespace.OpenCurrent();
        Dictionary<string, Link> links = netlink.Links.List("tun").ToDictionary(l => l.Name);
        foreach (DeviceDefinition device in devices)
        {
            string name = device.Name;
            int count = device.Queues ?? 1;
            if (_queues.TryGetValue(name, out List<FileDescriptor>? held))
            {
                if (!held.TrueForAll(q => IsQueueOf(q, name, here)))
                    Release(name);
                else if (held.Count >= count)
                {
                    Keep(name, held, count);
                    continue;
                }
            }

            if (!links.TryGetValue(name, out Link? link) || link.Tun is not { IsMultiQueue: true } tun || !mark.IsOn(link))
                continue;
            if (Hold(name, count, FlagsOf(tun)) is string mistake)
                mistakes.Add(mistake);
        }

        return mistakes;
    }

    private void Keep(string name, List<FileDescriptor> held, int count)
    {
        if (held.Count == count)
            return;
        // The manager knows all queues of a card by one name, and lets go of all of them.
        notifier.Unstore(name);
        held[count..].ForEach(q => q.Dispose());
        held.RemoveRange(count, held.Count - count);
        held.ForEach(q => notifier.Store(name, q));
    }

    private string? Hold(string name, int count, TunFlags flags)
    {
        List<FileDescriptor> queues = _queues.GetValueOrDefault(name) ?? [];
        while (queues.Count < count)
        {
            FileDescriptor queue = TunControl.Open();
            Errno errno = TunControl.TrySetInterface(queue, name, flags, out _);
            if (errno == Errno.None)
                errno = TunControl.TrySetQueue(queue, attach: false);
            if (errno != Errno.None)
            {
                queue.Dispose();
                string what = count == 1 ? $"the carrier of {name} cannot be held" : $"queue {queues.Count + 1} of {count} of {name} cannot be held";
                return $"{what}: {LinuxException.Describe(errno)}";
            }

            queues.Add(queue);
            _queues[name] = queues;
            notifier.Store(name, queue);
        }

        return null;
    }

    // A card that was deleted and made anew has the name of the old one, whose queue is dead. Namespaces are told apart
    // by their inodes, both being open: entering one to ask for its cookie is a right that the service does not have.
    private static bool IsQueueOf(FileDescriptor queue, string name, NetworkNamespace here)
    {
        TunInterface found = TunControl.TryGetInterface(queue, out Errno errno);
        if (errno != Errno.None || found.Name != name || TunControl.TryGetNamespace(queue, out NetworkNamespace? space) != Errno.None)
            return false;
        using (space)
            return space!.Inode == here.Inode;
    }

    // An attach sets the card's format to its own flags, so these are the card's.
    private static TunFlags FlagsOf(TunLinkInfo tun) =>
        (tun.IsTap ? TunFlags.Tap : TunFlags.Tun) | TunFlags.MultiQueue |
        (tun.HasPacketInformation ? TunFlags.None : TunFlags.NoPacketInformation) |
        (tun.HasVirtioHeader ? TunFlags.VirtioHeader : TunFlags.None);
}
