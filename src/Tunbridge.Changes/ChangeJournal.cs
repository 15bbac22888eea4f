// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>
/// What is being done to a namespace, written down before it is done, so that the next run can mend what a killed one
/// left; and the lock that keeps two runs apart.
/// </summary>
/// <remarks>
/// One file per boot and namespace (SO_NETNS_COOKIE) in <see cref="StateDirectory"/>, mode 0600, replaced atomically. See
/// docs/changes.md. Not for several threads at once; whichever uses it must be in the namespace, but for disposing, which
/// lets go of the lock.
/// </remarks>
public sealed partial class ChangeJournal : IDisposable
{
    private readonly JournalLock _lock;
    private readonly List<string> _damages = [];
    private readonly string _path;
    private readonly string _rulesPath;
    private readonly string _pendingPath;
    private readonly Dictionary<string, List<string>> _rules;
    private readonly Dictionary<string, List<string>> _pending;
    private JournalEntry? _entry;

    private ChangeJournal(JournalLock held, string path, string instance)
    {
        _lock = held;
        _path = path + ".journal";
        _rulesPath = path + ".rules";
        Instance = instance;
        _pendingPath = path + ".pending";
        _rules = ReadOrRemove(_rulesPath);
        _pending = ReadOrRemove(_pendingPath);
    }

    /// <summary>Whose run it is.</summary>
    public string Instance { get; }

    /// <summary>What an earlier run, which was killed, had begun and this one took back or goes on with; null for none.</summary>
    public string? Recovered { get; private set; }

    /// <summary>Files that nobody can read any more, which only a hand can have done, and what is lost with them.</summary>
    public IReadOnlyList<string> Damages => _damages;

    /// <summary>The policy rules, and routes over no card, that this instance added to the namespace, as text.</summary>
    public IReadOnlyList<string> OwnRules => ReadOwnRules(_rules, Instance);

    /// <summary>Cards of this instance whose coming was not over when a run was killed: their hooks are run again.</summary>
    public IReadOnlyList<string> Pending => ReadOwnRules(_pending, Instance);

    /// <summary>Takes the lock of the calling thread's namespace, and mends what a killed run left there.</summary>
    /// <param name="netlink">The namespace.</param>
    /// <param name="instance">Whose run it is.</param>
    /// <param name="waiting">Told when another run holds the lock, before waiting for it; null for nobody.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="IOException">The journal cannot be written.</exception>
    /// <exception cref="InvalidOperationException">This process holds the lock already, or waits for it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while another run held the lock.</exception>
    public static ChangeJournal Open(
        RouteNetlink netlink, string instance, Action? waiting = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(netlink);
        ArgumentNullException.ThrowIfNull(instance);
        string path = PathOf(StateDirectory.Prepare());
        RemoveLeftOvers(path);
        JournalLock held = JournalLock.Take(path + LockEnding, waiting, cancellationToken);
        ChangeJournal journal;
        try
        {
            journal = new(held, path, instance);
        }
        catch
        {
            held.Dispose();
            throw;
        }

        try
        {
            journal.Recover(netlink);
        }
        catch
        {
            journal.Dispose();
            throw;
        }

        return journal;
    }

    /// <summary>The policy rules that an instance added to the calling thread's namespace, without taking the lock.</summary>
    /// <param name="instance">The instance.</param>
    public static IReadOnlyList<string> PeekRules(string instance) => Peek(instance, ".rules");

    /// <summary><see cref="Pending"/> of the calling thread's namespace, without taking the lock.</summary>
    /// <param name="instance">The instance.</param>
    public static IReadOnlyList<string> PeekPending(string instance) => Peek(instance, ".pending");

    private static List<string> Peek(string instance, string ending)
    {
        ArgumentNullException.ThrowIfNull(instance);
        try
        {
            return StateDirectory.Find() is string directory
                ? ReadOwnRules(ReadRules(PathOf(directory) + ending), instance)
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // Root's own, and looked at by somebody else: nothing of it is this user's. Or damaged, which the next run tells.
            return [];
        }
    }

    /// <summary>Where what belongs to the calling thread's namespace is kept, less the ending; the directory is made.</summary>
    /// <exception cref="IOException">There is no directory for it.</exception>
    public static string FindPath() => PathOf(StateDirectory.Prepare());

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>Writes down what comes next.</summary>
    internal void Note(JournalEntry entry)
    {
        _entry = entry;
        Write(_path, entry.Write);
    }

    /// <summary>Writes down the cards whose link group changes for a moment.</summary>
    internal void NoteGroups(uint group, IReadOnlyDictionary<int, uint> before) =>
        Note((_entry ?? new() { Instance = Instance }) with { Group = group, GroupsBefore = before });

    /// <summary>Nothing is left half-way.</summary>
    internal void Close()
    {
        _entry = null;
        File.Delete(_path);
    }

    /// <summary>Remembers rules as this instance's.</summary>
    internal void KeepRules(IEnumerable<string> rules) => Keep(rules, OwnRules, _rules, _rulesPath);

    /// <summary>Remembers cards whose coming is not over.</summary>
    internal void KeepPending(IEnumerable<string> cards) => Keep(cards, Pending, _pending, _pendingPath);

    private void Keep(IEnumerable<string> texts, IReadOnlyList<string> before, Dictionary<string, List<string>> all, string path)
    {
        List<string> kept = [.. texts.Distinct()];
        if (kept.SequenceEqual(before))
            return;
        if (kept.Count == 0)
            all.Remove(Instance);
        else
            all[Instance] = kept;
        if (all.Count == 0)
        {
            File.Delete(path);
            return;
        }

        Write(path, json =>
        {
            foreach ((string instance, List<string> own) in all)
            {
                json.WriteStartArray(instance);
                foreach (string text in own)
                    json.WriteStringValue(text);
                json.WriteEndArray();
            }
        });
    }

    private void Recover(RouteNetlink netlink)
    {
        if (JournalEntry.TryRead(_path) is not { } entry)
            return;
        foreach (string name in entry.Bridges)
        {
            bool isUnfinished = netlink.Links.TryGet(name) is { Kind: "bridge", Group: CreateBridgeChange.UnfinishedGroup } bridge &&
                netlink.Links.List(masterIndex: bridge.Index).Count == 0;
            if (isUnfinished)
                netlink.Links.Delete(name);
        }

        foreach ((int index, uint before) in entry.GroupsBefore)
        {
            if (netlink.Links.TryGet(index) is { } link && link.Group == entry.Group)
                netlink.Links.Change(index, new LinkChange { Group = before });
        }

        Recovered = $"process {entry.ProcessId} ('{entry.Instance}') ended in the middle of: {entry.What}";
        Close();
    }

    private static List<string> ReadOwnRules(Dictionary<string, List<string>> rules, string instance) =>
        rules.GetValueOrDefault(instance) ?? [];

    private static string PathOf(string directory)
    {
        ulong key;
        try
        {
            // By no right but that of being in it: the service has fewer than root's shell and must find the same key.
            key = NetworkNamespace.GetCurrentCookie();
        }
        catch (LinuxException)
        {
            // Before Linux 5.14: the inode, which may be used again.
            using NetworkNamespace here = NetworkNamespace.OpenCurrent();
            key = here.Inode;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{directory}/{BootId()}-{key}");
    }

    private static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
