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
internal sealed class FileWork
{
    private readonly IReadOnlyList<(string? Name, DesiredState Part)> _namespaces;

    internal FileWork(DesiredState desired, PlanOptions options, string? home, Func<DesiredState, HostState, PlanOptions, ChangePlan> make)
    {
        Desired = desired;
        Options = options;
        Home = home;
        Make = make;
        Planner.CheckNames(desired, options);
        _namespaces = FileNamespaces.Find(desired, options, home);
    }

    /// <summary>The file.</summary>
    internal DesiredState Desired { get; }

    private PlanOptions Options { get; }

    /// <summary>The namespace of cards that name none; null for the program's own.</summary>
    private string? Home { get; }

    private Func<DesiredState, HostState, PlanOptions, ChangePlan> Make { get; }

    /// <summary>Whether a person at a terminal may be asked about making cards anew.</summary>
    internal bool MayAsk { get; init; } = true;

    /// <summary>Where what is done is written down until somebody confirms it; null when it stays at once.</summary>
    internal Trial? Trial { get; init; }

    /// <summary>How it waits for another run; null for a command, which a signal interrupts in good order.</summary>
    internal LockWait? Waiting { get; init; }

    /// <summary>The namespaces that it works in; null for <see cref="Home"/>.</summary>
    internal IReadOnlyList<string?> Namespaces => [.. _namespaces.Select(n => n.Name)];

    /// <summary>Makes the plans and changes nothing.</summary>
    internal IReadOnlyList<ChangePlan> Preview() =>
        [.. _namespaces.Select(n => Enter(n.Name, () =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            DesiredState part = n.Part;
            PlanOptions options = OptionsFor(part, ChangeJournal.PeekRules(Desired.Instance));
            return MakeWhole(part, Planner.Read(netlink, part), options, ChangeJournal.PeekPending(Desired.Instance)).Plan;
        }))];

    /// <summary>Looks at every namespace of the file.</summary>
    internal StatusReport Status() => new()
    {
        Devices = [.. _namespaces.SelectMany(n => Enter(n.Name, () =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            DesiredState part = n.Part;
            HostState state = Planner.Read(netlink, part);
            return CardPrograms.Extend(StatusReport.Create(part, state, OptionsFor(part, [])).Devices, part, state).ToList();
        }))],
    };

    /// <summary>The DHCP clients that run, or ran, for cards of the file.</summary>
    internal IReadOnlyList<DhcpProcess> Clients() =>
        [.. _namespaces.SelectMany(n => Enter(n.Name, () => DhcpProcess.List(Desired.Instance)))];

    /// <summary>Carries the plans out.</summary>
    /// <remarks>
    /// The locks are taken in the order of their names: two runs over the same namespaces, whatever order their files have
    /// them in, must not wait for each other. A signal has all taken back, unless it comes when all is done.
    /// </remarks>
    /// <param name="whenDone">Run when all is done and can still be taken back: an exception does so.</param>
    internal IReadOnlyList<ChangePlan> Apply(Action? whenDone = null)
    {
        // A refusal in one namespace must come before a change in another.
        if (_namespaces.Count > 1 && Preview() is { } plans && plans.SelectMany(p => p.Refusals).Where(r => !r.IsRemake || !MayAsk).ToList() is { Count: > 0 } refusals)
            throw new ChangeRefusedException(refusals);
        using Interruption? interruption = Waiting is null ? new() : null;
        CancellationToken interrupted = interruption?.Token ?? CancellationToken.None;
        Course course = new()
        {
            Order = _namespaces.Count == 1 ? [0] : [.. Enumerable.Range(0, _namespaces.Count).OrderBy(i => Enter(_namespaces[i].Name, ChangeJournal.FindPath), StringComparer.Ordinal)],
            Done = new ChangePlan[_namespaces.Count],
            WhenDone = whenDone,
            Waiting = Waiting ?? new() { Cancelled = interrupted },
            Interrupted = interrupted,
        };
        Descend(0, course);
        return course.Done;
    }

    // Each namespace is a thread's: the next one is entered from within, so that going back is possible in each.
    private void Descend(int at, Course course)
    {
        if (at == _namespaces.Count)
        {
            course.WhenDone?.Invoke();
            return;
        }

        (string? name, DesiredState part) = _namespaces[course.Order[at]];
        Enter(name, () =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            using ChangeJournal journal = OpenJournal(netlink, Desired.Instance, course.Waiting);
            PlanOptions options = OptionsFor(part, journal.OwnRules);
            (ChangePlan plan, ProgramPicture picture) = MakeWhole(part, Planner.Read(netlink, part), options, journal.Pending, course.Interrupted);
            if (MayAsk && plan.Refusals.Count > 0 && plan.Refusals.All(r => r.IsRemake) && AskRemake(plan, course.Interrupted))
            {
                options = options with { MayRemake = true };
                (plan, picture) = MakeWhole(part, Planner.Read(netlink, part), options, journal.Pending, course.Interrupted);
            }

            PlanOutput.WarnOverridden(plan);
            AppliedPlan? applied = null;
            try
            {
                if (!plan.IsEmpty && plan.Refusals.Count == 0)
                    Trial?.Begin(TrialRecord.Of(part, plan.Before, picture, options));
                applied = plan.Apply(netlink, journal, Trial is null ? null : Trial.NoteProgram, course.Interrupted);
                course.Done[course.Order[at]] = plan;
                Descend(at + 1, course);
            }
            catch
            {
                foreach (UndoFailure failure in applied?.Revert() ?? [])
                    Terminal.Warn($"not everything could be undone: {failure}");
                if (Trial is not null)
                    Trial.Forget();
                throw;
            }

            return 0;
        });
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

    private T Enter<T>(string? ns, Func<T> action) =>
        CommonOptions.In(Home, () => ns is null ? action() : CommonOptions.In(ns, action));

    private PlanOptions OptionsFor(DesiredState part, IReadOnlyList<string> ownRules) => Options with
    {
        OwnRules = ownRules,
        Devices = [.. Options.Devices.Where(name => part.Devices.Any(d => d.Name == name))],
    };

    /// <summary>One carrying-out.</summary>
    private sealed class Course
    {
        /// <summary>Which namespace comes when.</summary>
        internal required int[] Order { get; init; }

        /// <summary>In the order of the file.</summary>
        internal required ChangePlan[] Done { get; init; }

        internal required Action? WhenDone { get; init; }

        internal required LockWait Waiting { get; init; }

        internal required CancellationToken Interrupted { get; init; }
    }
}
