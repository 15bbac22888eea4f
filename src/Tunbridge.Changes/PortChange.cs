// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Makes a card a port of a bridge, or of none (IFLA_MASTER).</summary>
public sealed class PortChange : LinkAttributeChange
{
    private readonly string? _from;

    internal PortChange(string card, string? from, string? to)
        : base(card)
    {
        _from = from;
        Bridge = to;
    }

    /// <summary>The bridge it joins; null when it leaves its bridge.</summary>
    public string? Bridge { get; }

    /// <inheritdoc/>
    public override string Action => Bridge is null ? "leave-bridge" : "join-bridge";

    /// <inheritdoc/>
    public override string Description =>
        Bridge is null ? $"take {Card} out of the bridge {_from}" : $"make {Card} a port of the bridge {Bridge}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Bridge;

    /// <inheritdoc/>
    public override string? From => _from;

    /// <inheritdoc/>
    public override string? To => Bridge;

    private protected override string Attribute => $"IFLA_MASTER {Bridge ?? "0"}";

    private protected override string Read(Link link, HostState state) =>
        link.MasterIndex == 0 ? "" : state.Find(link.MasterIndex)?.Name ?? "";

    private protected override LinkChange Forward(ChangeContext context) => Master(context, Bridge);

    private protected override LinkChange? Backward(ChangeContext context) => Master(context, _from);

    private static LinkChange Master(ChangeContext context, string? bridge) =>
        new() { MasterIndex = bridge is null ? 0 : context.IndexOf(bridge) };
}
