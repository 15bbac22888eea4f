// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Commands;

/// <summary>The network namespaces that a file's cards are in, each once however many names lead to it.</summary>
/// <remarks>
/// The one that the program runs in may have a name (<c>ip netns exec lab</c>, <c>--netns lab</c>), and a file may write
/// one namespace in two ways. Entered a second time, it would wait for its own lock and take its own cards for left-overs.
/// </remarks>
internal sealed class FileNamespaces : IDisposable
{
    // Held open, so that no number is used again while they are compared.
    private readonly List<NetworkNamespace> _opened = [];
    private readonly List<(string? Name, ulong? Inode, List<DeviceDefinition> Cards)> _found = [];
    private readonly string? _home;

    private FileNamespaces(string? home) => _home = home;

    /// <summary>Finds them.</summary>
    /// <param name="desired">The file.</param>
    /// <param name="options">Which of its cards; of these only the namespaces count.</param>
    /// <param name="home">The namespace of cards that name none; null for the thread's.</param>
    /// <returns>How to enter each from home (null: home itself), and the file's cards in it.</returns>
    internal static IReadOnlyList<(string? Name, DesiredState Part)> Find(DesiredState desired, PlanOptions options, string? home)
    {
        using FileNamespaces namespaces = new(home);
        namespaces.Enlist(null);
        foreach (DeviceDefinition device in desired.Devices)
            namespaces.Enlist(device.NetworkNamespace).Add(device);
        if (options.Devices.Count == 0)
            namespaces.EnlistLeftOvers(desired);
        return
        [
            .. namespaces._found
                .Where(n => options.Devices.Count == 0 || n.Cards.Exists(d => options.Devices.Contains(d.Name)))
                .Select(n => (n.Name, desired with { Devices = n.Cards })),
        ];
    }

    public void Dispose() => _opened.ForEach(n => n.Dispose());

    /// <summary>Gives the list of a namespace's cards, a new one where it is met for the first time.</summary>
    private List<DeviceDefinition> Enlist(string? name)
    {
        if (_found.Find(n => n.Name == name) is { Cards: { } known })
            return known;
        ulong? inode = InodeOf(name);
        if (inode is not null && _found.Find(n => n.Inode == inode) is { Cards: { } same })
            return same;
        List<DeviceDefinition> cards = [];
        _found.Add((name, inode, cards));
        return cards;
    }

    /// <summary>Those by name that hold cards which the file declared once.</summary>
    private void EnlistLeftOvers(DesiredState desired)
    {
        foreach (string name in NetworkNamespace.ListNames())
        {
            try
            {
                using NetworkNamespace target = NetworkNamespace.OpenByName(name);
                ulong inode = target.Inode;
                if (_found.Exists(n => n.Inode == inode))
                    continue;
                using RouteNetlink netlink = RouteNetlink.Open(target);
                if (netlink.Links.List("tun").Any(desired.Mark.IsOn))
                    Enlist(name);
            }
            catch (LinuxException)
            {
                // Gone meanwhile, or not to be entered by this user, who then has made nothing in it.
                continue;
            }
        }
    }

    private ulong? InodeOf(string? name)
    {
        try
        {
            NetworkNamespace opened = (name ?? _home) is string text ? NetworkNamespace.Open(text) : NetworkNamespace.OpenCurrent();
            _opened.Add(opened);
            return opened.Inode;
        }
        catch (LinuxException)
        {
            // Whoever enters it is told why it cannot be.
            return null;
        }
    }
}
