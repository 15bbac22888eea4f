// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Steps in an order in which each can be undone, and the reasons, if any, not to take them.</summary>
/// <remarks>Immutable. See docs/changes.md for the theory of operation.</remarks>
public sealed class ChangePlan
{
    private ChangePlan(HostState before, IReadOnlyList<Change> changes, IReadOnlyList<Refusal> refusals, IReadOnlyList<Refusal> overridden)
    {
        Before = before;
        Changes = changes;
        Refusals = refusals;
        Overridden = overridden;
    }

    /// <summary>The picture it was made from.</summary>
    public HostState Before { get; }

    /// <summary>The steps in the order in which they are done.</summary>
    public IReadOnlyList<Change> Changes { get; }

    /// <summary>Why the plan is not carried out; empty when it may be.</summary>
    public IReadOnlyList<Refusal> Refusals { get; }

    /// <summary>What force has overridden, to be told as warnings.</summary>
    public IReadOnlyList<Refusal> Overridden { get; }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Changes.Count == 0;

    /// <summary>Orders steps and asks the guard.</summary>
    /// <param name="state">The picture the steps were made from.</param>
    /// <param name="changes">The steps, in any order; equal creations of a bridge count once.</param>
    /// <param name="instance">The instance whose other cards are not foreign; null when every other interface is.</param>
    /// <param name="refusals">Reasons that the planner found itself.</param>
    /// <param name="force">Whether reasons that may be overridden are.</param>
    public static ChangePlan Create(
        HostState state, IEnumerable<Change> changes, string? instance, IEnumerable<Refusal>? refusals = null, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(state);
        List<Change> ordered = Order(changes);
        List<Refusal> all = [.. refusals ?? [], .. HostGuard.Examine(state, ordered, instance)];
        return new(
            state, ordered,
            [.. all.Where(r => !force || !r.CanForce)],
            force ? [.. all.Where(r => r.CanForce)] : []);
    }

    /// <summary>Orders steps and asks no guard: for taking away one's own.</summary>
    /// <param name="state">The picture the steps were made from.</param>
    /// <param name="changes">The steps, in any order.</param>
    public static ChangePlan CreateUnguarded(HostState state, IEnumerable<Change> changes)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(state, Order(changes), [], []);
    }

    /// <summary>This plan with steps and reasons more, in the order in which all can be undone.</summary>
    /// <param name="changes">The steps, which the guard is not asked about.</param>
    /// <param name="refusals">The reasons.</param>
    /// <param name="pending">
    /// Cards whose coming is not over until the last step: the journal remembers them when the run is killed.
    /// </param>
    public ChangePlan With(
        IEnumerable<ProgramChange> changes, IEnumerable<Refusal>? refusals = null, IEnumerable<string>? pending = null) =>
        new(Before, Order([.. Changes, .. changes]), [.. Refusals, .. refusals ?? []], Overridden) { Pending = [.. pending ?? []] };

    /// <summary>Cards whose coming is not over until the last step.</summary>
    internal IReadOnlyList<string> Pending { get; private init; } = [];

    private static List<Change> Order(IEnumerable<Change> changes) =>
        // OrderBy is stable: within a phase, cards keep the order of the file. Two cards may both want the same new bridge.
        [.. changes.DistinctBy(c => IsOneOfMany(c) ? (c.Card, c.Operation) : (c.Card, c.Action)).OrderBy(c => c.Phase)];

    // A card has one MTU but several addresses.
    private static bool IsOneOfMany(Change change) => change is AddAddressChange or RemoveAddressChange or AddRouteChange or
        RemoveRouteChange or AddRuleChange or RemoveRuleChange or SysctlChange or AlternativeNameChange;

    /// <summary>Does the steps, verifies them, and takes them back when one fails.</summary>
    /// <param name="netlink">The namespace of the picture; the calling thread must be in it.</param>
    /// <param name="journal">Where what comes next is written down; null for nowhere, and a kill leaves what it leaves.</param>
    /// <param name="beginning">Told of each step of a program before it is done; null for nobody.</param>
    /// <param name="cancellationToken">Has what was done undone before the next step; after the last one it comes too late.</param>
    /// <returns>What was done, to be taken back if need be.</returns>
    /// <exception cref="ChangeRefusedException">There are <see cref="Refusals"/>; nothing was changed.</exception>
    /// <exception cref="ChangeFailedException">A step or the verification failed, or it was cancelled; what was done is undone.</exception>
    public AppliedPlan Apply(
        RouteNetlink netlink, ChangeJournal? journal = null, Action<ProgramChange>? beginning = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(netlink);
        if (Refusals.Count > 0)
            throw new ChangeRefusedException(Refusals);
        if (IsEmpty)
            return new(null);
        PlanExecution execution = new(netlink, this, journal);
        execution.Run(beginning, cancellationToken);
        return new(execution);
    }

    /// <summary>Does each step by itself, whatever becomes of the others: for taking away one's own as far as it goes.</summary>
    /// <param name="netlink">The namespace of the picture; the calling thread must be in it.</param>
    /// <returns>The steps that failed, with the reasons; empty when all are done.</returns>
    public IReadOnlyList<UndoFailure> ApplyEach(RouteNetlink netlink)
    {
        ArgumentNullException.ThrowIfNull(netlink);
        ChangeContext context = new(netlink, Before);
        List<UndoFailure> failures = [];
        foreach (Change change in Changes)
        {
            try
            {
                change.Apply(context);
            }
            catch (Exception e) when (e is Linux.LinuxException or IOException)
            {
                failures.Add(new() { Change = change, Error = e });
            }
        }
        return failures;
    }

    /// <summary>
    /// Gives what another process has done of this plan, for taking it back when that process was killed: the steps that
    /// the kernel shows as done, and those of programs that are known to have begun.
    /// </summary>
    /// <param name="netlink">The namespace of the picture; the calling thread must be in it.</param>
    /// <param name="journal">The journal of the instance whose plan it was.</param>
    /// <param name="hasBegun">Whether a step of a program had begun.</param>
    /// <param name="pending">Cards whose coming was not over before the plan.</param>
    /// <returns>What was done.</returns>
    public AppliedPlan FindDone(
        RouteNetlink netlink, ChangeJournal journal, Func<ProgramChange, bool> hasBegun, IReadOnlyList<string> pending)
    {
        ArgumentNullException.ThrowIfNull(netlink);
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(hasBegun);
        ArgumentNullException.ThrowIfNull(pending);
        PlanExecution execution = new(netlink, this, journal);
        execution.FindDone(hasBegun, pending);
        return new(execution);
    }
}
