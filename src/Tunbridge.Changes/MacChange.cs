// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Sets a TAP's MAC address (IFLA_ADDRESS).</summary>
public sealed class MacChange : LinkAttributeChange
{
    private readonly HardwareAddress? _from;

    internal MacChange(string card, HardwareAddress? from, HardwareAddress to)
        : base(card)
    {
        _from = from;
        Mac = to;
    }

    /// <summary>The address it gets.</summary>
    public HardwareAddress Mac { get; }

    /// <inheritdoc/>
    public override string Action => "set-mac";

    /// <inheritdoc/>
    public override string Description => $"set the MAC address of {Card} to {Mac}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Tune;

    /// <inheritdoc/>
    public override string? From => _from?.ToString();

    /// <inheritdoc/>
    public override string? To => Mac.ToString();

    private protected override string Attribute => $"IFLA_ADDRESS {Mac}";

    private protected override string Read(Link link, HostState state) => link.Address.ToString();

    private protected override LinkChange Forward(ChangeContext context) => new() { Address = Mac };

    private protected override LinkChange? Backward(ChangeContext context) =>
        _from is HardwareAddress mac ? new() { Address = mac } : null;
}
