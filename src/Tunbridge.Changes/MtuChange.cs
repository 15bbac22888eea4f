// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Sets a card's MTU (IFLA_MTU).</summary>
public sealed class MtuChange : LinkAttributeChange
{
    private readonly int? _from;
    private readonly int _to;

    internal MtuChange(string card, int? from, int to)
        : base(card)
    {
        _from = from;
        _to = to;
    }

    /// <inheritdoc/>
    public override string Action => "set-mtu";

    /// <inheritdoc/>
    public override string Description => $"set the MTU of {Card} to {_to}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Tune;

    /// <inheritdoc/>
    public override string? From => _from?.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string? To => _to.ToString(CultureInfo.InvariantCulture);

    private protected override string Attribute => $"IFLA_MTU {_to}";

    private protected override string Read(Link link, HostState state) => link.Mtu.ToString(CultureInfo.InvariantCulture);

    private protected override LinkChange Forward(ChangeContext context) => new() { Mtu = _to };

    private protected override LinkChange? Backward(ChangeContext context) => _from is int mtu ? new() { Mtu = mtu } : null;
}
