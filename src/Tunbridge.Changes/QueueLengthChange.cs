// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Sets how many packets wait for a card's reader (IFLA_TXQLEN).</summary>
public sealed class QueueLengthChange : LinkAttributeChange
{
    private readonly int? _from;
    private readonly int _to;

    internal QueueLengthChange(string card, int? from, int to)
        : base(card)
    {
        _from = from;
        _to = to;
    }

    /// <inheritdoc/>
    public override string Action => "set-txqueuelen";

    /// <inheritdoc/>
    public override string Description => $"set the queue length of {Card} to {_to} packets";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Tune;

    /// <inheritdoc/>
    public override string? From => _from?.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string? To => _to.ToString(CultureInfo.InvariantCulture);

    private protected override string Attribute => $"IFLA_TXQLEN {_to}";

    private protected override string Read(Link link, HostState state) =>
        link.TransmitQueueLength.ToString(CultureInfo.InvariantCulture);

    private protected override LinkChange Forward(ChangeContext context) => new() { TransmitQueueLength = _to };

    private protected override LinkChange? Backward(ChangeContext context) =>
        _from is int length ? new() { TransmitQueueLength = length } : null;
}
