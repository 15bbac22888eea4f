// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>One carrying-out of a plan.</summary>
internal sealed partial class PlanExecution
{
    private readonly ChangePlan _plan;
    private readonly ChangeContext _context;
    private readonly ChangeJournal? _journal;

    // In the order of doing.
    private readonly List<Change> _done = [];

    // What the kernel did not take, and need not have.
    private readonly List<RefusedChange> _refused = [];

    private IReadOnlyList<string> _pendingBefore = [];
    private Action<ProgramChange>? _beginning;
    private CancellationToken _interrupted;

    internal PlanExecution(RouteNetlink netlink, ChangePlan plan, ChangeJournal? journal)
    {
        _plan = plan;
        _journal = journal;
        _context = new(netlink, plan.Before, journal);
    }

    internal IReadOnlyList<RefusedChange> Refused => _refused;

    internal void Run(Action<ProgramChange>? beginning, CancellationToken interrupted)
    {
        _beginning = beginning;
        _interrupted = interrupted;
        Change? current = null;
        IReadOnlyList<string> rulesBefore = _journal?.OwnRules ?? [];
        try
        {
            // Before the rules are there: a rule without this note would be nobody's.
            _journal?.KeepRules([.. rulesBefore, .. AddedNotes]);
            _pendingBefore = _journal?.Pending ?? [];
            _journal?.KeepPending(_pendingBefore.Union(_plan.Pending));
            foreach (IGrouping<ChangePhase, Change> phase in _plan.Changes.Where(c => c.Phase < ChangePhase.PostUp).GroupBy(c => c.Phase))
                RunPhase([.. phase], ref current);
            current = null;
            Verify();
            // What comes after a card is there is told that it is there only when it is.
            foreach (IGrouping<ChangePhase, Change> phase in _plan.Changes.Where(c => c.Phase >= ChangePhase.PostUp).GroupBy(c => c.Phase))
                RunPhase([.. phase], ref current);
            _journal?.KeepPending(_pendingBefore.Except(_plan.Changes.Select(c => c.Card)));
            _journal?.KeepRules(OwnRules.Except(RemovedNotes));
            _journal?.Close();
        }
        catch (Exception e)
        {
            // Whatever it was, the host must not be left half-way.
            IReadOnlyList<UndoFailure> failures = Undo();
            CloseAfterUndo(rulesBefore);
            if (e is MismatchException mismatch)
                throw new ChangeFailedException(mismatch.Message, mismatch.InnerException, mismatch.Change, failures);
            string what = e is OperationCanceledException ? "interrupted" : current is null ? e.Message : $"could not {current.Description}: {e.Message}";
            throw new ChangeFailedException(what, e, current, failures);
        }
    }

    /// <summary>Takes back what was done and verified.</summary>
    internal IReadOnlyList<UndoFailure> Revert()
    {
        _journal?.Note(EntryFor(_done));
        IReadOnlyList<UndoFailure> failures = Undo();
        _journal?.KeepRules([.. OwnRules.Except(AddedNotes), .. RemovedNotes]);
        _journal?.KeepPending(_pendingBefore);
        _journal?.Close();
        return failures;
    }

    private IReadOnlyList<string> OwnRules => _journal?.OwnRules ?? [];

    private IEnumerable<string> AddedNotes => _plan.Changes.Select(c => c.AddedNote).OfType<string>();

    private IEnumerable<string> RemovedNotes => _plan.Changes.Select(c => c.RemovedNote).OfType<string>();

    private void CloseAfterUndo(IReadOnlyList<string> rulesBefore)
    {
        try
        {
            _journal?.KeepRules(rulesBefore);
            _journal?.KeepPending(_pendingBefore);
            _journal?.Close();
        }
        catch (IOException)
        {
            // The failure that is being reported matters; the next run finds the journal and has nothing to mend.
            return;
        }
    }

    private JournalEntry EntryFor(IReadOnlyList<Change> changes) => new()
    {
        Instance = _journal!.Instance,
        Steps = [.. changes.Select(c => c.Description)],
        Bridges = [.. _plan.Changes.OfType<CreateBridgeChange>().Select(c => c.Card)],
    };

    private void RunPhase(List<Change> changes, ref Change? current)
    {
        _interrupted.ThrowIfCancellationRequested();
        _journal?.Note(EntryFor(changes));
        List<NetlinkChange> requests = [];
        List<DeleteLinkChange> deletions = [];
        List<CreateCardChange> cards = [];
        foreach (Change change in changes)
        {
            switch (change)
            {
                case NetlinkChange request:
                    requests.Add(request);
                    break;
                case DeleteLinkChange deletion:
                    deletions.Add(deletion);
                    break;
                case CreateCardChange card:
                    cards.Add(card);
                    break;
                case ProgramChange program:
                    current = program;
                    _interrupted.ThrowIfCancellationRequested();
                    // Before it is run: one that fails half-way has left something, too.
                    _done.Add(program);
                    _beginning?.Invoke(program);
                    program.Apply(_context);
                    break;
                default:
                    current = change;
                    change.Apply(_context);
                    _done.Add(change);
                    break;
            }
        }

        foreach (CreateCardChange[] some in cards.Chunk(MostHeldCards))
            CreateCards(some, ref current);
        RunBatch(requests, ref current);
        foreach (IGrouping<int, DeleteLinkChange> rank in deletions.GroupBy(d => d.Rank).OrderByDescending(g => g.Key))
        {
            current = rank.First();
            GroupDeletion.Run(_context, [.. rank], _done);
        }
    }

    private void RunBatch(List<NetlinkChange> requests, ref Change? current)
    {
        if (requests.Count == 0)
            return;
        using NetlinkBatch batch = _context.Netlink.CreateBatch();
        foreach (NetlinkChange request in requests)
        {
            current = request;
            request.Record(_context, batch);
        }

        IReadOnlyList<NetlinkBatchFailure> refusals;
        try
        {
            refusals = batch.Execute();
        }
        catch (LinuxException)
        {
            // How far it got is unknown; undoing what was not done does no harm.
            current = requests[0];
            _done.AddRange(requests);
            throw;
        }

        List<NetlinkBatchFailure> failures = [.. refusals.Where(f => !requests[f.Index].IsAlreadyDone(f.Error))];
        HashSet<int> failed = [.. failures.Select(f => f.Index)];
        // The kernel does the requests after a failed one, too.
        for (int i = 0; i < requests.Count; i++)
        {
            if (!failed.Contains(i))
                _done.Add(requests[i]);
        }

        foreach (NetlinkBatchFailure failure in failures)
        {
            current = requests[failure.Index];
            LinuxException reason = ChangeHints.Explain(current, failure.Error);
            if (!requests[failure.Index].MayBeRefused)
                throw reason;
            _refused.Add(new() { Change = current, Error = reason });
        }
    }

    private void Verify()
    {
        HostState after = ReadAfter();
        HashSet<Change> refused = [.. _refused.Select(r => r.Change)];
        HashSet<string> remade = [.. _plan.Changes.OfType<CreateCardChange>().Select(c => c.Card)];
        foreach (Change change in _plan.Changes)
        {
            if (refused.Contains(change) || (change.Phase == ChangePhase.MakeRoom && remade.Contains(change.Card)))
                continue;
            if (change.FindMismatch(after) is string mismatch)
                throw new MismatchException(change, mismatch);
        }
    }

    private HostState ReadAfter()
    {
        try
        {
            return HostState.Read(_context.Netlink, _plan.Changes.OfType<SysctlChange>().Select(c => c.Key));
        }
        catch (LinuxException e)
        {
            // What cannot be verified does not stay.
            throw new MismatchException(null, e.Message, e);
        }
    }

    private sealed class MismatchException(Change? change, string mismatch, Exception? inner = null)
        : Exception(change is null ? $"verification failed: {mismatch}" : $"verification failed: after '{change.Description}' {mismatch}", inner)
    {
        internal Change? Change { get; } = change;
    }
}
