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

    /// <summary>The namespaces that it works in; null for <see cref="Home"/>.</summary>
    internal IReadOnlyList<string?> Namespaces => [.. _namespaces.Select(n => n.Name)];

    /// <summary>Makes the plans and changes nothing.</summary>
    internal IReadOnlyList<ChangePlan> Preview() =>
        [.. _namespaces.Select(n => Enter(n.Name, () =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            DesiredState part = n.Part;
            PlanOptions options = OptionsFor(part, ChangeJournal.PeekRules(Desired.Instance));
            return MakeWhole(part, Planner.Read(netlink, part), options, ChangeJournal.PeekPending(Desired.Instance));
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
    /// <param name="whenDone">Run when all is done and can still be taken back: an exception does so.</param>
    internal IReadOnlyList<ChangePlan> Apply(Action? whenDone = null)
    {
        // A refusal in one namespace must come before a change in another.
        if (_namespaces.Count > 1 && Preview() is { } plans && plans.SelectMany(p => p.Refusals).Where(r => !r.IsRemake || !MayAsk).ToList() is { Count: > 0 } refusals)
            throw new ChangeRefusedException(refusals);
        List<ChangePlan> done = [];
        Descend(0, done, whenDone);
        return done;
    }

    // Each namespace is a thread's: the next one is entered from within, so that going back is possible in each.
    private void Descend(int at, List<ChangePlan> done, Action? whenDone)
    {
        if (at == _namespaces.Count)
        {
            whenDone?.Invoke();
            return;
        }

        (string? name, DesiredState part) = _namespaces[at];
        Enter(name, () =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            using ChangeJournal journal = OpenJournal(netlink, Desired.Instance);
            PlanOptions options = OptionsFor(part, journal.OwnRules);
            ChangePlan plan = MakeWhole(part, Planner.Read(netlink, part), options, journal.Pending);
            if (MayAsk && plan.Refusals.Count > 0 && plan.Refusals.All(r => r.IsRemake) && AskRemake(plan))
            {
                options = options with { MayRemake = true };
                plan = MakeWhole(part, Planner.Read(netlink, part), options, journal.Pending);
            }

            PlanOutput.WarnOverridden(plan);
            AppliedPlan? applied = null;
            try
            {
                if (!plan.IsEmpty && plan.Refusals.Count == 0)
                    Trial?.Begin(TrialRecord.Of(part, plan.Before, options));
                applied = plan.Apply(netlink, journal);
                done.Add(plan);
                Descend(at + 1, done, whenDone);
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

    private ChangePlan MakeWhole(DesiredState part, HostState state, PlanOptions options, IReadOnlyList<string> pending) =>
        CardPrograms.Extend(Make(part, state, options), part, options, pending, isRemoval: Make == Planner.Down);

    /// <summary>
    /// Takes the lock of the thread's namespace, takes back what a killed `try` left there, and says what there is to say.
    /// To be called before the kernel is looked at: what another run changes meanwhile would not be in the plan.
    /// </summary>
    internal static ChangeJournal OpenJournal(RouteNetlink netlink, string instance)
    {
        ChangeJournal journal = Lock(netlink, instance);
        // The journal must be that of the trial's instance. Whoever is faster between the two does the same.
        while (Trial.FindInstance() is string other)
        {
            journal.Dispose();
            using (ChangeJournal its = Lock(netlink, other))
                Trial.TakeBack(netlink, its);
            journal = Lock(netlink, instance);
        }

        return journal;
    }

    private static ChangeJournal Lock(RouteNetlink netlink, string instance)
    {
        ChangeJournal journal = ChangeJournal.Open(
            netlink, instance, () => Terminal.Warn("note: another run is changing this namespace; waiting for it"));
        if (journal.Recovered is string recovered)
            Terminal.Warn($"note: an earlier run was killed, and what it left half-way is mended: {recovered}");
        return journal;
    }

    private static bool AskRemake(ChangePlan plan)
    {
        if (Console.IsInputRedirected)
            return false;
        foreach (Refusal refusal in plan.Refusals)
            Console.Error.WriteLine(refusal.Message);
        return Terminal.Confirm("Delete and make anew?");
    }

    private T Enter<T>(string? ns, Func<T> action) =>
        CommonOptions.In(Home, () => ns is null ? action() : CommonOptions.In(ns, action));

    private PlanOptions OptionsFor(DesiredState part, IReadOnlyList<string> ownRules) => Options with
    {
        OwnRules = ownRules,
        Devices = [.. Options.Devices.Where(name => part.Devices.Any(d => d.Name == name))],
    };
}
