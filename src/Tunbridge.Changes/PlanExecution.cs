// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>One carrying-out of a plan.</summary>
internal sealed class PlanExecution
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

        IReadOnlyList<NetlinkBatchFailure> failures = batch.Execute();
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
        HostState after = HostState.Read(_context.Netlink);
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

    private List<UndoFailure> Undo()
    {
        List<UndoFailure> failures = [];
        for (int i = _done.Count - 1; i >= 0; i--)
        {
            Change change = _done[i];
            // What was done to a card of this plan's making goes with the card.
            bool isOnOwnCard = _context.Created.Contains(change.Card) &&
                change is not (CreateCardChange or CreateBridgeChange or DeleteLinkChange);
            if (isOnOwnCard)
                continue;
            try
            {
                change.Undo(_context);
            }
            catch (LinuxException e)
            {
                failures.Add(new() { Change = change, Error = e });
            }
        }

        RestoreBridges(failures);
        return failures;
    }

    /// <summary>Gives bridges the hardware address back that they took from a port which is gone again.</summary>
    private void RestoreBridges(List<UndoFailure> failures)
    {
        foreach (PortChange join in _done.OfType<PortChange>().DistinctBy(p => p.Bridge))
        {
            if (join.Bridge is null || _plan.Before.Find(join.Bridge) is not Link before)
                continue;
            try
            {
                if (_context.Netlink.Links.TryGet(before.Index) is Link now && now.Address != before.Address)
                    _context.Netlink.Links.Change(before.Index, new LinkChange { Address = before.Address });
            }
            catch (LinuxException e)
            {
                failures.Add(new() { Change = join, Error = e });
            }
        }
    }
}
