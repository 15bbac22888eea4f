// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Netlink;
using Tunbridge.Output;
using Tunbridge.Programs;

namespace Tunbridge.Trials;

/// <summary>
/// What nobody has confirmed yet. Each namespace's part is written down, beside its journal, before it is done: whoever
/// gets the namespace's lock and finds a record takes back what it tells, for whoever wrote it is dead.
/// </summary>
internal sealed class Trial
{
    // Those of all namespaces, for confirming them at once.
    private readonly List<string> _paths = [];

    /// <summary>Writes down what comes next in the thread's namespace, whose lock is held.</summary>
    internal void Begin(TrialRecord record)
    {
        string path = PathHere();
        string fresh = path + ".new";
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Tunbridge runs on Linux.");
        using (FileStream file = new(fresh, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            JsonSerializer.Serialize(file, record, TrialJson.Default.TrialRecord);
        }

        // Those of a trial before, which nobody has, would count as this one's.
        File.Delete(StepsOf(path));
        File.Move(fresh, path, overwrite: true);
        _paths.Add(path);
    }

    /// <summary>Writes down that a program of the thread's namespace begins.</summary>
    internal static void NoteProgram(ProgramChange step) => File.AppendAllText(StepsOf(PathHere()), $"{NameOf(step)}\n");

    /// <summary>From now on it stays, whatever happens to this process.</summary>
    internal void Confirm()
    {
        foreach (string path in _paths)
            Remove(path);
    }

    /// <summary>The thread's namespace is as before.</summary>
    internal static void Forget() => Remove(PathHere());

    /// <summary>Whose trial was left in the thread's namespace by a process that was killed; null when none was.</summary>
    internal static string? FindInstance() => File.Exists(PathHere()) ? TryRead()?.Instance ?? OwnershipMark.CommandLineInstance : null;

    /// <summary>Takes it back; the journal is that of its instance.</summary>
    internal static void TakeBack(RouteNetlink netlink, ChangeJournal journal)
    {
        if (!File.Exists(PathHere()))
            return;
        if (TryRead() is { } record)
        {
            HashSet<string> begun = [.. File.Exists(StepsOf(PathHere())) ? File.ReadAllLines(StepsOf(PathHere())) : []];
            AppliedPlan done = record.MakePlan().FindDone(netlink, journal, step => begun.Contains(NameOf(step)), record.Programs.Pending);
            IReadOnlyList<UndoFailure> failures = done.Revert();
            DhcpSteps.StopOthers(record.Instance, record.Cards, record.Programs);
            Terminal.Warn($"note: a `try` of {record.Path} was killed before anybody confirmed it, and is taken back");
            foreach (UndoFailure failure in failures)
                Terminal.Warn($"not everything could be undone: {failure}");
        }

        Forget();
    }

    private static TrialRecord? TryRead()
    {
        string path = PathHere();
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, TrialJson.Default.TrialRecord);
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            // Renamed into its place whole, so only a hand, or another version of the program, can have made it so.
            Terminal.Warn($"a `try` was killed, and cannot be taken back: {path}: {Terminal.OneLine(e.Message)}");
            return null;
        }
    }

    private static void Remove(string path)
    {
        // The record last: without it, nobody looks at the other.
        File.Delete(StepsOf(path));
        File.Delete(path);
    }

    private static string NameOf(ProgramChange step) => $"{step.Card} {step.Action}";

    private static string StepsOf(string path) => Path.ChangeExtension(path, ".steps");

    private static string PathHere() => ChangeJournal.FindPath() + ".trial";
}
