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

    /// <summary>Whether the plan goes on without it when the kernel does not take it.</summary>
    internal virtual bool MayBeRefused => false;

    /// <summary>Records exactly one request.</summary>
    /// <param name="context">Knows the indices of cards.</param>
    /// <param name="batch">Takes the request.</param>
    internal abstract void Record(ChangeContext context, NetlinkBatch batch);

    /// <summary>Records the requests that take it back.</summary>
    /// <param name="context">Knows the indices of cards.</param>
    /// <param name="batch">Takes the requests.</param>
    internal abstract void RecordUndo(ChangeContext context, NetlinkBatch batch);

    /// <summary>Whether the refusal means that the effect is there already.</summary>
    internal virtual bool IsAlreadyDone(LinuxException error) => false;

    /// <summary>Whether the refusal of the undoing means that it is undone already.</summary>
    internal virtual bool IsAlreadyUndone(LinuxException error) => false;

    internal override void Apply(ChangeContext context) => Execute(context, Record, IsAlreadyDone);

    internal override void Undo(ChangeContext context) => Execute(context, RecordUndo, IsAlreadyUndone);

    private void Execute(ChangeContext context, Action<ChangeContext, NetlinkBatch> record, Func<LinuxException, bool> isHarmless)
    {
        using NetlinkBatch batch = context.Netlink.CreateBatch();
        record(context, batch);
        if (batch.Execute().FirstOrDefault(f => !isHarmless(f.Error)) is { } failure)
            throw ChangeHints.Explain(this, failure.Error);
    }
}
