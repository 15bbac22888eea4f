// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

internal sealed partial class PlanExecution
{
    /// <summary>
    /// Takes as done what the kernel shows as done; what somebody has changed since is theirs, and is left.
    /// </summary>
    internal void FindDone(Func<ProgramChange, bool> hasBegun, IReadOnlyList<string> pending)
    {
        _pendingBefore = pending;
        HostState now = ReadAfter();
        foreach (Change change in _plan.Changes)
        {
            // What a program has done, in whole or in part, nothing in the kernel shows.
            if (change is ProgramChange program)
            {
                if (hasBegun(program))
                    _done.Add(program);
                continue;
            }

            // A card of that name without our mark was made by somebody else.
            if (change.FindMismatch(now) is not null || (change is CreateCardChange or CreateBridgeChange && !IsOwn(now, change.Card)))
                continue;
            _done.Add(change);
            if (change is CreateCardChange or CreateBridgeChange)
                _context.Created.Add(change.Card);
            if (change is CreateCardChange or CreateBridgeChange or DeleteLinkChange)
                _context.Forget(change.Card);
        }
    }

    private bool IsOwn(HostState now, string card) =>
        now.Find(card) is { } link && new OwnershipMark { Instance = _journal!.Instance }.IsOn(link);
}
