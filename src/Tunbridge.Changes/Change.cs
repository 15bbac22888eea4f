// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>One step of a plan: one attribute of one card, with the value before and after.</summary>
/// <remarks>Immutable: a step holds all that its undoing needs, and may be kept, printed and applied by anyone.</remarks>
public abstract class Change
{
    private protected Change(string card) => Card = card;

    /// <summary>The card or bridge it is about.</summary>
    public string Card { get; }

    /// <summary>What kind of step it is, for machines: <c>create</c>, <c>set-mtu</c>, <c>add-address</c> …</summary>
    public abstract string Action { get; }

    /// <summary>The step in a plain sentence without a full stop.</summary>
    public abstract string Description { get; }

    /// <summary>The exact operation of the kernel, as <c>--dry-run</c> shows it.</summary>
    public abstract string Operation { get; }

    /// <summary>When it is done.</summary>
    public abstract ChangePhase Phase { get; }

    /// <summary>The value before, as text; null when there was none.</summary>
    public virtual string? From => null;

    /// <summary>The value after, as text; null when there is none.</summary>
    public virtual string? To => null;

    /// <summary>The description.</summary>
    public override string ToString() => Description;

    /// <summary>Whether deleting the card undoes it.</summary>
    internal virtual bool GoesWithCard => true;

    /// <summary>What the instance must remember of it, since nothing in the kernel tells whose it is; null for nothing.</summary>
    internal virtual string? AddedNote => null;

    /// <summary>What the instance may forget with it.</summary>
    internal virtual string? RemovedNote => null;

    /// <summary>Does it at once.</summary>
    /// <param name="context">The namespace.</param>
    /// <exception cref="Linux.LinuxException">The kernel refused; nothing was changed by this step.</exception>
    internal abstract void Apply(ChangeContext context);

    /// <summary>Takes it back.</summary>
    /// <param name="context">The namespace.</param>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    internal abstract void Undo(ChangeContext context);

    /// <summary>What the kernel shows instead of the effect of this step; null when the effect is there.</summary>
    /// <param name="after">The picture after applying.</param>
    internal abstract string? FindMismatch(HostState after);
}
