// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Commands;

/// <summary>The network namespaces that a file's cards are in, each once however many names lead to it, held open.</summary>
/// <remarks>
/// The one that the program runs in may have a name (<c>ip netns exec lab</c>, <c>--netns lab</c>), and a file may write
/// one namespace in two ways. Entered a second time, it would wait for its own lock and take its own cards for left-overs.
/// Names are looked up here and nowhere else: one that is given to another namespace meanwhile changes nothing.
/// </remarks>
internal sealed class FileNamespaces : IDisposable
{
    private readonly NetworkNamespace _here = NetworkNamespace.OpenCurrent();
    private readonly List<Found> _found = [];
    private readonly string? _home;

    private FileNamespaces(string? home) => _home = home;

    /// <summary>Those to work in, that of cards without a name first, then in the order of the file.</summary>
    internal IReadOnlyList<FileNamespace> All { get; private set; } = [];

    /// <summary>Finds and opens them.</summary>
    /// <param name="desired">The file.</param>
    /// <param name="options">Which of its cards; of these only the namespaces count.</param>
    /// <param name="home">The namespace of cards that name none; null for the thread's.</param>
    /// <exception cref="LinuxException">There is no such namespace, or it may not be looked at.</exception>
    internal static FileNamespaces Open(DesiredState desired, PlanOptions options, string? home)
    {
        FileNamespaces namespaces = new(home);
        try
        {
            namespaces.Enlist(null);
            foreach (DeviceDefinition device in desired.Devices)
                namespaces.Enlist(device.NetworkNamespace).Cards.Add(device);
            if (options.Devices.Count == 0)
                namespaces.EnlistLeftOvers(desired);
            namespaces.All =
            [
                .. namespaces._found
                    .Where(n => options.Devices.Count == 0 || n.Cards.Exists(d => options.Devices.Contains(d.Name)))
                    .Select(n => namespaces.Give(n, desired with { Devices = n.Cards })),
            ];
            return namespaces;
        }
        catch
        {
            namespaces.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _found.ForEach(n => n.Namespace?.Dispose());
        _here.Dispose();
    }

    private FileNamespace Give(Found found, DesiredState part)
    {
        if (found.Refusal is not null)
            throw found.Refusal;
        // Whoever is in a namespace already needs no right to enter it.
        bool isHere = found.Namespace!.Inode == _here.Inode;
        // Another process, in another directory, may have to find it, too.
        string? name = found.Name?.Contains('/') == true ? Path.GetFullPath(found.Name) : found.Name;
        return new(isHere ? null : found.Namespace) { Name = isHere ? null : name, Part = part };
    }

    /// <summary>Gives what is known of the namespace that a name leads to, which is opened when it is met for the first time.</summary>
    private Found Enlist(string? name)
    {
        if (_found.Find(n => n.Names.Contains(name)) is { } known)
            return known;
        try
        {
            string? text = name ?? _home;
            return Enlist(name, text is null ? NetworkNamespace.OpenCurrent() : NetworkNamespace.Open(text));
        }
        catch (LinuxException e)
        {
            // It matters only when there is something to do in it.
            Found closed = new() { Name = name ?? _home, Names = [name], Refusal = e };
            _found.Add(closed);
            return closed;
        }
    }

    /// <summary>The same of an opened one, which is kept or closed here.</summary>
    private Found Enlist(string? name, NetworkNamespace opened)
    {
        if (_found.Find(n => n.Namespace?.Inode == opened.Inode) is { } same)
        {
            opened.Dispose();
            same.Names.Add(name);
            return same;
        }

        Found found = new() { Name = name ?? _home, Names = [name], Namespace = opened };
        _found.Add(found);
        return found;
    }

    /// <summary>Those by name that hold cards which the file declared once.</summary>
    private void EnlistLeftOvers(DesiredState desired)
    {
        foreach (string name in NetworkNamespace.ListNames())
        {
            try
            {
                if (OpenIfLeftOver(name, desired) is { } target)
                    Enlist(name, target);
            }
            catch (LinuxException)
            {
                // Gone meanwhile, or not to be entered by this user, who then has made nothing in it.
                continue;
            }
        }
    }

    private NetworkNamespace? OpenIfLeftOver(string name, DesiredState desired)
    {
        NetworkNamespace target = NetworkNamespace.OpenByName(name);
        bool isLeftOver = false;
        try
        {
            ulong inode = target.Inode;
            if (!_found.Exists(n => n.Namespace?.Inode == inode))
            {
                using RouteNetlink netlink = RouteNetlink.Open(target);
                isLeftOver = netlink.Links.List("tun").Any(desired.Mark.IsOn);
            }
        }
        finally
        {
            if (!isLeftOver)
                target.Dispose();
        }

        return isLeftOver ? target : null;
    }

    private sealed class Found
    {
        /// <summary>What leads to it from the thread's own; null for the thread's own.</summary>
        internal required string? Name { get; init; }

        /// <summary>The ways in which the file writes it.</summary>
        internal required List<string?> Names { get; init; }

        /// <summary>Null where it cannot be opened.</summary>
        internal NetworkNamespace? Namespace { get; init; }

        internal LinuxException? Refusal { get; init; }

        internal List<DeviceDefinition> Cards { get; } = [];
    }
}
