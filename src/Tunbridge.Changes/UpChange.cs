// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Sets a card up or down (IFF_UP).</summary>
public sealed class UpChange : LinkAttributeChange
{
    private readonly IReadOnlyList<InterfaceAddress> _lost;

    /// <param name="card">The card.</param>
    /// <param name="up">Which.</param>
    /// <param name="lost">The IPv6 addresses that the kernel takes away when the card goes down.</param>
    internal UpChange(string card, bool up, IReadOnlyList<InterfaceAddress> lost)
        : base(card)
    {
        Up = up;
        _lost = lost;
    }

    /// <summary>Whether it goes up.</summary>
    public bool Up { get; }

    /// <inheritdoc/>
    public override string Action => Up ? "up" : "down";

    /// <inheritdoc/>
    public override string Description => $"set {Card} {(Up ? "up" : "down")}";

    /// <inheritdoc/>
    public override ChangePhase Phase => Up ? ChangePhase.Up : ChangePhase.Down;

    /// <inheritdoc/>
    public override string? From => Up ? "false" : "true";

    /// <inheritdoc/>
    public override string? To => Up ? "true" : "false";

    private protected override string Attribute => $"ifi_flags {(Up ? '+' : '-')}IFF_UP";

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch)
    {
        base.RecordUndo(context, batch);
        foreach (InterfaceAddress address in _lost)
            batch.Addresses.Replace(address);
    }

    private protected override string Read(Link link, HostState state) => link.IsUp ? "true" : "false";

    private protected override LinkChange Forward(ChangeContext context) => new() { Up = Up };

    private protected override LinkChange? Backward(ChangeContext context) => new() { Up = !Up };
}
