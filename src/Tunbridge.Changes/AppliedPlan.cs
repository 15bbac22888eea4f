// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>A plan that was carried out and can be taken back while nobody changes the same cards.</summary>
/// <remarks>
/// Not for several threads at once; whichever uses it must be in the namespace. Borrows the netlink and the journal of the
/// applying.
/// </remarks>
public sealed class AppliedPlan
{
    private PlanExecution? _execution;

    internal AppliedPlan(PlanExecution? execution) => _execution = execution;

    /// <summary>Steps that the kernel did not take and that the plan went on without, with the reasons.</summary>
    public IReadOnlyList<RefusedChange> Refused => _execution?.Refused ?? [];

    /// <summary>Takes everything back, in reverse order; a second time does nothing.</summary>
    /// <returns>What could not be taken back; empty when all is as before.</returns>
    public IReadOnlyList<UndoFailure> Revert()
    {
        PlanExecution? execution = _execution;
        _execution = null;
        return execution?.Revert() ?? [];
    }
}
