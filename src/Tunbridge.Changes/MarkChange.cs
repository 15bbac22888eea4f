// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Writes the ownership mark, or any alias, onto a card (IFLA_IFALIAS).</summary>
public sealed class MarkChange : LinkAttributeChange
{
    private readonly string? _from;
    private readonly string _to;
    private readonly bool _endsMaking;

    /// <param name="card">The card or bridge.</param>
    /// <param name="from">The alias before; null for none.</param>
    /// <param name="to">The alias after.</param>
    /// <param name="endsMaking">Whether it is a bridge that this plan makes, which leaves its group now.</param>
    internal MarkChange(string card, string? from, string to, bool endsMaking = false)
        : base(card)
    {
        _endsMaking = endsMaking;
        _from = from;
        _to = to;
    }

    /// <inheritdoc/>
    public override string Action => "mark";

    /// <inheritdoc/>
    public override string Description => $"mark {Card} as '{_to}'";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Mark;

    /// <inheritdoc/>
    public override string? From => _from;

    /// <inheritdoc/>
    public override string? To => _to;

    private protected override string Attribute => $"IFLA_IFALIAS '{_to}'";

    private protected override string Read(Link link, HostState state) => link.Alias ?? "";

    private protected override LinkChange Forward(ChangeContext context) => new() { Alias = _to, Group = _endsMaking ? 0 : null };

    private protected override LinkChange? Backward(ChangeContext context) => new() { Alias = _from ?? "" };
}
