// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Where steps are applied: a namespace's netlink socket, and the indices of its cards.</summary>
internal sealed class ChangeContext
{
    private readonly Dictionary<string, int> _indices = [];

    /// <summary>Borrows a socket; the calling thread must be in the same namespace, since cards are created by it.</summary>
    internal ChangeContext(RouteNetlink netlink, HostState before, ChangeJournal? journal = null)
    {
        Journal = journal;
        Netlink = netlink;
        Before = before;
        foreach (Link link in before.Links)
            _indices[link.Name] = link.Index;
    }

    internal RouteNetlink Netlink { get; }

    /// <summary>Where what comes next is written down; null for nowhere.</summary>
    internal ChangeJournal? Journal { get; }

    /// <summary>The picture from which the plan was made.</summary>
    internal HostState Before { get; }

    /// <summary>Cards and bridges that this plan created and did not delete again.</summary>
    internal HashSet<string> Created { get; } = [];

    /// <summary>Forgets the index of a card that is gone or new.</summary>
    internal void Forget(string name) => _indices.Remove(name);

    /// <summary>The index of a card; the first question after creations reads all links once.</summary>
    /// <exception cref="LinuxException">There is no such card.</exception>
    internal int IndexOf(string name)
    {
        if (_indices.TryGetValue(name, out int index))
            return index;
        foreach (Link link in Netlink.Links.List())
            _indices[link.Name] = link.Index;
        return _indices.TryGetValue(name, out index)
            ? index
            : throw LinuxException.Create(Errno.ENODEV, "RTM_GETLINK", name, "there is no such card");
    }
}
