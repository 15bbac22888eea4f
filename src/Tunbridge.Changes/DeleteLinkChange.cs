// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Deletes a card or bridge (RTM_DELLINK).</summary>
/// <remarks>Undoing makes it anew with the same name, MAC, settings and addresses; its index and its routes differ.</remarks>
public sealed class DeleteLinkChange : Change
{
    private readonly Link _link;
    private readonly IReadOnlyList<Change> _recreation;
    private readonly bool _isRemade;

    /// <param name="link">What goes.</param>
    /// <param name="recreation">The steps that make it anew.</param>
    /// <param name="isRemade">Whether a later step of the plan makes another card of that name.</param>
    /// <param name="rank">Cards of a higher rank go first, those of one rank together.</param>
    internal DeleteLinkChange(Link link, IReadOnlyList<Change> recreation, bool isRemade, int rank)
        : base(link.Name)
    {
        Rank = rank;
        _link = link;
        _recreation = recreation;
        _isRemade = isRemade;
    }

    /// <inheritdoc/>
    public override string Action => _link.Kind == "bridge" ? "delete-bridge" : "delete";

    /// <inheritdoc/>
    public override string Description => _link.Kind == "bridge" ? $"delete the bridge {Card}"
        : _isRemade ? $"delete {Card}, to make it anew" : $"delete {Card}";

    /// <inheritdoc/>
    public override string Operation => $"RTM_DELLINK {Card}";

    /// <inheritdoc/>
    public override ChangePhase Phase => _isRemade ? ChangePhase.MakeRoom : ChangePhase.Delete;

    /// <inheritdoc/>
    public override string? From => _link.Tun is { } tun ? tun.IsTap ? "tap" : "tun" : _link.Kind;

    /// <summary>Cards of a higher rank go first, those of one rank together.</summary>
    internal int Rank { get; }

    /// <summary>The card's index when the plan was made.</summary>
    internal int Index => _link.Index;

    internal override bool GoesWithCard => false;

    internal override void Apply(ChangeContext context)
    {
        context.Netlink.Links.Delete(_link.Index);
        context.Forget(Card);
    }

    internal override void Undo(ChangeContext context)
    {
        foreach (Change step in _recreation)
            step.Apply(context);
        // It was there before the plan: undoing earlier steps on it is due again.
        context.Created.Remove(Card);
    }

    internal override string? FindMismatch(HostState after) =>
        after.Find(_link.Index) is { } still && still.Name == Card ? "it is still there" : null;
}
