// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Makes a card take frames for others too, or not (IFF_PROMISC).</summary>
public sealed class PromiscuousChange : LinkAttributeChange
{
    private readonly bool _on;

    internal PromiscuousChange(string card, bool on)
        : base(card) => _on = on;

    /// <inheritdoc/>
    public override string Action => "set-promiscuous";

    /// <inheritdoc/>
    public override string Description => $"turn promiscuous mode of {Card} {(_on ? "on" : "off")}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Promiscuous;

    /// <inheritdoc/>
    public override string? From => _on ? "false" : "true";

    /// <inheritdoc/>
    public override string? To => _on ? "true" : "false";

    private protected override string Attribute => $"ifi_flags {(_on ? '+' : '-')}IFF_PROMISC";

    private protected override string Read(Link link, HostState state) =>
        link.Flags.HasFlag(LinkFlags.Promiscuous) ? "true" : "false";

    private protected override LinkChange Forward(ChangeContext context) => new() { Promiscuous = _on };

    private protected override LinkChange? Backward(ChangeContext context) => new() { Promiscuous = !_on };
}
