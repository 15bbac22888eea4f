// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>A step that is one netlink request, so that many travel together.</summary>
public abstract class NetlinkChange : Change
{
    private protected NetlinkChange(string card)
        : base(card)
    {
    }

    /// <summary>Records exactly one request.</summary>
    /// <param name="context">Knows the indices of cards.</param>
    /// <param name="batch">Takes the request.</param>
    internal abstract void Record(ChangeContext context, NetlinkBatch batch);

    /// <summary>Records the requests that take it back.</summary>
    /// <param name="context">Knows the indices of cards.</param>
    /// <param name="batch">Takes the requests.</param>
    internal abstract void RecordUndo(ChangeContext context, NetlinkBatch batch);

    internal override void Apply(ChangeContext context) => Execute(context, Record);

    internal override void Undo(ChangeContext context) => Execute(context, RecordUndo);

    private void Execute(ChangeContext context, Action<ChangeContext, NetlinkBatch> record)
    {
        using NetlinkBatch batch = context.Netlink.CreateBatch();
        record(context, batch);
        IReadOnlyList<NetlinkBatchFailure> failures = batch.Execute();
        if (failures.Count > 0)
            throw ChangeHints.Explain(this, failures[0].Error);
    }
}
