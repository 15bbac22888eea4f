// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Devices;

/// <summary>Finds out who has a card open.</summary>
/// <remarks>
/// The driver shows a descriptor's card as <c>iff: NAME</c> in /proc/PID/fdinfo, without its namespace. Where the
/// caller may trace the process, the descriptor is copied for a moment and asked (TUNGETDEVNETNS, TUNGETIFF);
/// otherwise the namespace that the process runs in is the hint. A holder that ends in that moment gives its card up a
/// moment later. Root sees every process, others their own.
/// </remarks>
public static class CardHolders
{
    private const int LongestCommand = 120;

    /// <summary>The processes that have a card open, by process id.</summary>
    /// <param name="card">The card's name.</param>
    /// <param name="home">The namespace the card is in; null for the caller's.</param>
    public static IReadOnlyList<CardHolder> Find(string card, NetworkNamespace? home = null)
    {
        ArgumentNullException.ThrowIfNull(card);
        ulong namespaceInode = InodeOf(home);
        List<CardHolder> here = [];
        List<CardHolder> elsewhere = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            string name = Path.GetFileName(directory);
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int process))
                continue;
            (CardHolder? holder, bool sameNamespace) = Look(process, directory, card, namespaceInode);
            if (holder is not null)
                (sameNamespace ? here : elsewhere).Add(holder);
        }

        List<CardHolder> found = here.Count > 0 ? here : elsewhere;
        found.Sort(static (a, b) => a.ProcessId.CompareTo(b.ProcessId));
        return found;
    }

    private static (CardHolder? Holder, bool SameNamespace) Look(
        int process, string directory, string card, ulong namespaceInode)
    {
        int queues = 0, detached = 0, looked = 0;
        foreach (string descriptor in Names(directory, card))
        {
            (ulong? inode, bool isDetached) = Ask(process, int.Parse(descriptor, CultureInfo.InvariantCulture));
            if (inode is not null)
            {
                looked++;
                // Certainly a card of that name in another namespace.
                if (inode != namespaceInode)
                    continue;
            }

            queues++;
            detached += isDetached ? 1 : 0;
        }

        if (queues == 0)
            return default;
        CardHolder holder = new()
        {
            ProcessId = process,
            Command = CommandOf(directory),
            QueueCount = queues,
            DetachedQueueCount = looked > 0 ? detached : null,
            IsCertain = looked > 0,
        };
        return (holder, looked > 0 || LinkTarget($"{directory}/ns/net") == $"net:[{namespaceInode}]");
    }

    // The numbers of a process's descriptors whose fdinfo names the card; none when it ended or may not be looked at.
    private static List<string> Names(string directory, string card)
    {
        List<string> numbers = [];
        try
        {
            foreach (string link in Directory.EnumerateFileSystemEntries($"{directory}/fd"))
            {
                // Sockets, pipes and eventfds have no slash in front; reading fdinfo of the rest is cheap.
                if (LinkTarget(link) is not ['/', ..])
                    continue;
                string number = Path.GetFileName(link);
                if (IsOfCard($"{directory}/fdinfo/{number}", card))
                    numbers.Add(number);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return numbers;
        }

        return numbers;
    }

    private static bool IsOfCard(string path, string card)
    {
        const string Key = "iff:";
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                if (line.StartsWith(Key, StringComparison.Ordinal))
                    return line.AsSpan(Key.Length).Trim().SequenceEqual(card);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // the descriptor was closed meanwhile
        }

        return false;
    }

    private static (ulong? NamespaceInode, bool IsDetached) Ask(int process, int number)
    {
        using FileDescriptor? copy = FileDescriptor.TryCopyFrom(process, number, out _);
        if (copy is null)
            return default;
        TunInterface card = TunControl.TryGetInterface(copy, out Errno errno);
        if (errno != Errno.None || TunControl.TryGetNamespace(copy, out NetworkNamespace? home) != Errno.None)
            return default;
        using (home)
            return (home!.Inode, (card.Flags & TunFlags.DetachQueue) != 0);
    }

    private static ulong InodeOf(NetworkNamespace? home)
    {
        if (home is not null)
            return home.Inode;
        using NetworkNamespace current = NetworkNamespace.OpenCurrent();
        return current.Inode;
    }

    private static string CommandOf(string directory)
    {
        try
        {
            string line = File.ReadAllText($"{directory}/cmdline").TrimEnd('\0').Replace('\0', ' ');
            if (line.Length == 0)
                return $"[{File.ReadAllText($"{directory}/comm").Trim()}]";
            return line.Length <= LongestCommand ? line : $"{line.AsSpan(0, LongestCommand)}…";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "[gone]";
        }
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
