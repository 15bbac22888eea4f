// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Changes what a card's mark says of it (IFLA_IFALIAS); whose it is stays.</summary>
public sealed class DescriptionChange : LinkAttributeChange
{
    private readonly string _alias;
    private readonly OwnershipMark _mark;

    /// <param name="found">The card, which carries the mark's instance.</param>
    /// <param name="mark">The mark with the description, or without one.</param>
    internal DescriptionChange(Link found, OwnershipMark mark)
        : base(found.Name)
    {
        _alias = found.Alias ?? "";
        _mark = mark;
        From = OwnershipMark.DescriptionOf(found);
    }

    /// <inheritdoc/>
    public override string Action => "set-description";

    /// <inheritdoc/>
    public override string Description => _mark.Description is null ? $"take the description of {Card} away"
        : $"describe {Card} as '{_mark.Description}'";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Mark;

    /// <inheritdoc/>
    public override string? From { get; }

    /// <inheritdoc/>
    public override string? To => _mark.Description;

    private protected override string Attribute => $"IFLA_IFALIAS '{_mark}'";

    private protected override string Read(Link link, HostState state) => OwnershipMark.DescriptionOf(link) ?? "";

    private protected override LinkChange Forward(ChangeContext context) => new() { Alias = _mark.ToString() };

    private protected override LinkChange? Backward(ChangeContext context) => new() { Alias = _alias };
}
