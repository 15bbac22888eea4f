// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>A step that sets one attribute of an existing link.</summary>
public abstract class LinkAttributeChange : NetlinkChange
{
    private protected LinkAttributeChange(string card)
        : base(card)
    {
    }

    /// <inheritdoc/>
    public override string Operation => $"RTM_SETLINK {Card} {Attribute}";

    /// <summary>The kernel's name of the attribute, and the value.</summary>
    private protected abstract string Attribute { get; }

    /// <summary>The value a link has, as text comparable with <see cref="Change.To"/>.</summary>
    private protected abstract string Read(Link link, HostState state);

    /// <summary>The request.</summary>
    private protected abstract LinkChange Forward(ChangeContext context);

    /// <summary>The request that takes it back; null when the card did not exist before.</summary>
    private protected abstract LinkChange? Backward(ChangeContext context);

    internal override void Record(ChangeContext context, NetlinkBatch batch) => batch.Links.Change(Card, Forward(context));

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch)
    {
        if (Backward(context) is LinkChange change)
            batch.Links.Change(Card, change);
    }

    internal override string? FindMismatch(HostState after)
    {
        if (after.Find(Card) is not Link link)
            return "the card is gone";
        string found = Read(link, after);
        return found == (To ?? "") ? null : $"it is '{found}'";
    }
}
