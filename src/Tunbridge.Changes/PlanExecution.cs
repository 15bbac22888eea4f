// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>One carrying-out of a plan.</summary>
internal sealed partial class PlanExecution
{
    private readonly ChangePlan _plan;
    private readonly ChangeContext _context;

    // In the order of doing.
    private readonly List<Change> _done = [];

    internal PlanExecution(RouteNetlink netlink, ChangePlan plan)
    {
        _plan = plan;
        _context = new(netlink, plan.Before);
    }

    internal void Run()
    {
        Change? current = null;
        try
        {
            foreach (IGrouping<ChangePhase, Change> phase in _plan.Changes.GroupBy(c => c.Phase))
                RunPhase([.. phase], ref current);
        }
        catch (Exception e)
        {
            // Whatever it was, the host must not be left half-way.
            IReadOnlyList<UndoFailure> failures = Undo();
            string what = current is null ? e.Message : $"could not {current.Description}: {e.Message}";
            throw new ChangeFailedException(what, e, current, failures);
        }

        Verify();
    }

    private void RunPhase(List<Change> changes, ref Change? current)
    {
        List<NetlinkChange> requests = [];
        List<DeleteLinkChange> deletions = [];
        foreach (Change change in changes)
        {
            current = change;
            switch (change)
            {
                case NetlinkChange request:
                    requests.Add(request);
                    break;
                case DeleteLinkChange deletion:
                    deletions.Add(deletion);
                    break;
                default:
                    change.Apply(_context);
                    _done.Add(change);
                    break;
            }
        }

        RunBatch(requests, ref current);
        if (deletions.Count > 0)
        {
            current = deletions[0];
            GroupDeletion.Run(_context, deletions, _done);
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

        List<NetlinkBatchFailure> failures =
            [.. batch.Execute().Where(f => !requests[f.Index].IsAlreadyDone(f.Error))];
        HashSet<int> failed = [.. failures.Select(f => f.Index)];
        // The kernel does the requests after a failed one, too.
        for (int i = 0; i < requests.Count; i++)
        {
            if (!failed.Contains(i))
                _done.Add(requests[i]);
        }

        if (failures.Count > 0)
        {
            current = requests[failures[0].Index];
            throw ChangeHints.Explain(current, failures[0].Error);
        }
    }

    private void Verify()
    {
        HostState after;
        try
        {
            after = HostState.Read(_context.Netlink);
        }
        catch (LinuxException e)
        {
            // What cannot be verified does not stay.
            throw new ChangeFailedException($"verification failed: {e.Message}", e, null, Undo());
        }

        HashSet<string> remade = [.. _plan.Changes.OfType<CreateCardChange>().Select(c => c.Card)];
        foreach (Change change in _plan.Changes)
        {
            if (change.Phase == ChangePhase.MakeRoom && remade.Contains(change.Card))
                continue;
            if (change.FindMismatch(after) is not string mismatch)
                continue;
            IReadOnlyList<UndoFailure> failures = Undo();
            throw new ChangeFailedException(
                $"verification failed: after '{change.Description}' {mismatch}", null, change, failures);
        }
    }
}
