// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;
using Tunbridge.Programs;
using Tunbridge.Trials;

namespace Tunbridge.Commands;

/// <summary>A file's plans, one for each namespace that its cards are in, carried out all or none.</summary>
/// <remarks>
/// It holds the namespaces open from its making on, so that all of it works in the same ones. To be used on the thread
/// that made it, or another of the program's own namespace.
/// </remarks>
internal sealed class FileWork : IDisposable
{
    private readonly FileNamespaces _namespaces;

    internal FileWork(DesiredState desired, PlanOptions options, string? home, Func<DesiredState, HostState, PlanOptions, ChangePlan> make)
    {
        Desired = desired;
        Options = options;
        Make = make;
        Planner.CheckNames(desired, options);
        _namespaces = FileNamespaces.Open(desired, options, home);
    }

    /// <summary>The file.</summary>
    internal DesiredState Desired { get; }

    private PlanOptions Options { get; }

    private Func<DesiredState, HostState, PlanOptions, ChangePlan> Make { get; }

    /// <summary>Whether a person at a terminal may be asked about making cards anew.</summary>
    internal bool MayAsk { get; init; } = true;

    /// <summary>Where what is done is written down until somebody confirms it; null when it stays at once.</summary>
    internal Trial? Trial { get; init; }

    /// <summary>How it waits for another run; null for a command, which a signal interrupts in good order.</summary>
    internal LockWait? Waiting { get; init; }

    /// <summary>What leads to the namespaces that it works in; null for the program's own.</summary>
    internal IReadOnlyList<string?> Namespaces => [.. Places.Select(n => n.Name)];

    private IReadOnlyList<FileNamespace> Places => _namespaces.All;

    public void Dispose() => _namespaces.Dispose();

    /// <summary>Makes the plans and changes nothing.</summary>
    internal IReadOnlyList<ChangePlan> Preview() =>
        [.. Places.Select(place => place.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            DesiredState part = place.Part;
            PlanOptions options = OptionsFor(part, ChangeJournal.PeekRules(Desired.Instance));
            return MakeWhole(part, Planner.Read(netlink, part), options, ChangeJournal.PeekPending(Desired.Instance)).Plan;
        }))];

    /// <summary>Looks at every namespace of the file.</summary>
    internal StatusReport Status() => new()
    {
        Devices = [.. Places.SelectMany(place => place.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            DesiredState part = place.Part;
            HostState state = Planner.Read(netlink, part);
            return CardPrograms.Extend(StatusReport.Create(part, state, OptionsFor(part, [])).Devices, part, state).ToList();
        }))],
    };

    /// <summary>The DHCP clients that run, or ran, for cards of the file.</summary>
    internal IReadOnlyList<DhcpProcess> Clients() =>
        [.. Places.SelectMany(place => place.Run(() => DhcpProcess.List(Desired.Instance)))];

    /// <summary>Carries the plans out.</summary>
    /// <remarks>
    /// The locks are taken in the order of their names: two runs over the same namespaces, whatever order their files have
    /// them in, must not wait for each other. A signal has all taken back, unless it comes when all is done.
    /// </remarks>
    /// <param name="whenDone">Run when all is done and can still be taken back: an exception does so.</param>
    internal IReadOnlyList<ChangePlan> Apply(Action? whenDone = null)
    {
        // A refusal in one namespace must come before a change in another.
        if (Places.Count > 1 && Preview() is { } plans && plans.SelectMany(p => p.Refusals).Where(r => !r.IsRemake || !MayAsk).ToList() is { Count: > 0 } refusals)
            throw new ChangeRefusedException(refusals);
        using Interruption? interruption = Waiting is null ? new() : null;
        CancellationToken interrupted = interruption?.Token ?? CancellationToken.None;
        LockWait waiting = Waiting ?? new() { Cancelled = interrupted };
        IEnumerable<FileNamespace> order = Places.Count == 1 ? Places : Places.OrderBy(p => p.Run(ChangeJournal.FindPath), StringComparer.Ordinal);
        Stack<NamespaceWork> begun = [];
        try
        {
            // Each from the program's own, and once more to go back: on a thread that is in another one already, the work
            // of cards without a name would be done there.
            foreach (FileNamespace place in order)
            {
                place.Run(() =>
                {
                    begun.Push(NamespaceWork.Begin(place, Desired.Instance, waiting));
                    Carry(begun.Peek(), interrupted);
                });
            }

            whenDone?.Invoke();
        }
        catch
        {
            foreach (NamespaceWork work in begun)
                GoBack(work);
            throw;
        }
        finally
        {
            foreach (NamespaceWork work in begun)
                work.Dispose();
        }

        return [.. Places.Select(place => begun.Single(w => w.Place == place).Plan!)];
    }

    private void Carry(NamespaceWork work, CancellationToken interrupted)
    {
        DesiredState part = work.Place.Part;
        PlanOptions options = OptionsFor(part, work.Journal.OwnRules);
        (ChangePlan plan, ProgramPicture picture) = MakeWhole(part, Planner.Read(work.Netlink, part), options, work.Journal.Pending, interrupted);
        if (MayAsk && plan.Refusals.Count > 0 && plan.Refusals.All(r => r.IsRemake) && AskRemake(plan, interrupted))
        {
            options = options with { MayRemake = true };
            (plan, picture) = MakeWhole(part, Planner.Read(work.Netlink, part), options, work.Journal.Pending, interrupted);
        }

        PlanOutput.WarnOverridden(plan);
        if (!plan.IsEmpty && plan.Refusals.Count == 0)
            Trial?.Begin(TrialRecord.Of(part, plan.Before, picture, options));
        work.Apply(plan, isTrial: Trial is not null, interrupted);
    }

    // One that cannot be gone back to must not keep the others from it.
    private void GoBack(NamespaceWork work)
    {
        try
        {
            work.Place.Run(() => work.GoBack(isTrial: Trial is not null));
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            Terminal.Warn($"not everything could be undone: {failure.Message}");
        }
    }

    private (ChangePlan Plan, ProgramPicture Picture) MakeWhole(
        DesiredState part, HostState state, PlanOptions options, IReadOnlyList<string> pending, CancellationToken interrupted = default)
    {
        ChangePlan plan = Make(part, state, options);
        ProgramPicture picture = ProgramPicture.Read(plan, part, options, pending);
        return (CardPrograms.Extend(plan, part, options, picture, isRemoval: Make == Planner.Down, interrupted), picture);
    }

    /// <summary>
    /// Takes the lock of the thread's namespace, takes back what a killed `try` left there, and says what there is to say.
    /// To be called before the kernel is looked at: what another run changes meanwhile would not be in the plan.
    /// </summary>
    internal static ChangeJournal OpenJournal(RouteNetlink netlink, string instance, LockWait? waiting = null)
    {
        waiting ??= new();
        ChangeJournal journal = Lock(netlink, instance, waiting);
        // The journal must be that of the trial's instance. Whoever is faster between the two does the same.
        while (Trial.FindInstance() is string other)
        {
            journal.Dispose();
            using (ChangeJournal its = Lock(netlink, other, waiting))
                Trial.TakeBack(netlink, its);
            journal = Lock(netlink, instance, waiting);
        }

        return journal;
    }

    private static ChangeJournal Lock(RouteNetlink netlink, string instance, LockWait waiting)
    {
        bool hasWaited = false;
        ChangeJournal journal;
        try
        {
            journal = ChangeJournal.Open(
                netlink, instance,
                () =>
                {
                    hasWaited = true;
                    waiting.Began();
                },
                waiting.Cancelled);
        }
        finally
        {
            if (hasWaited)
                waiting.Ended?.Invoke();
        }

        foreach (string damage in journal.Damages)
            Terminal.Warn($"note: {damage}");
        if (journal.Recovered is string recovered)
            Terminal.Warn($"note: an earlier run was killed, and what it left half-way is mended: {recovered}");
        return journal;
    }

    private static bool AskRemake(ChangePlan plan, CancellationToken interrupted)
    {
        if (Console.IsInputRedirected)
            return false;
        foreach (Refusal refusal in plan.Refusals)
            Console.Error.WriteLine(refusal.Message);
        // The answer is read by a thread that may be left to itself: Ctrl-C is an answer, too.
        return Task.Run(() => Terminal.Confirm("Delete and make anew?"), CancellationToken.None).WaitAsync(interrupted).GetAwaiter().GetResult();
    }

    private PlanOptions OptionsFor(DesiredState part, IReadOnlyList<string> ownRules) => Options with
    {
        OwnRules = ownRules,
        Devices = [.. Options.Devices.Where(name => part.Devices.Any(d => d.Name == name))],
    };
}
