// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Turns one of a card's flags on or off: all multicast, multicast, or address resolution.</summary>
public sealed class FlagChange : LinkAttributeChange
{
    private readonly LinkFlags _flag;
    private readonly bool _on;

    /// <param name="card">The card.</param>
    /// <param name="flag">AllMulticast, Multicast or NoArp.</param>
    /// <param name="on">The flag's new value.</param>
    internal FlagChange(string card, LinkFlags flag, bool on)
        : base(card)
    {
        _flag = flag;
        _on = on;
    }

    /// <inheritdoc/>
    public override string Action => _flag switch
    {
        LinkFlags.AllMulticast => "set-all-multicast",
        LinkFlags.Multicast => "set-multicast",
        _ => "set-arp",
    };

    /// <inheritdoc/>
    public override string Description => _flag switch
    {
        LinkFlags.AllMulticast => $"turn all-multicast mode of {Card} {Word(_on)}",
        LinkFlags.Multicast => $"turn multicast of {Card} {Word(_on)}",
        _ => $"turn address resolution of {Card} {Word(!_on)}",
    };

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Promiscuous;

    /// <inheritdoc/>
    public override string? From => Text(!_on);

    /// <inheritdoc/>
    public override string? To => Text(_on);

    private protected override string Attribute => $"ifi_flags {(_on ? '+' : '-')}" + _flag switch
    {
        LinkFlags.AllMulticast => "IFF_ALLMULTI",
        LinkFlags.Multicast => "IFF_MULTICAST",
        _ => "IFF_NOARP",
    };

    private protected override string Read(Link link, HostState state) => Text(link.Flags.HasFlag(_flag));

    private protected override LinkChange Forward(ChangeContext context) => Request(_on);

    private protected override LinkChange? Backward(ChangeContext context) => Request(!_on);

    private LinkChange Request(bool on) => _flag switch
    {
        LinkFlags.AllMulticast => new() { AllMulticast = on },
        LinkFlags.Multicast => new() { Multicast = on },
        _ => new() { Arp = !on },
    };

    // The key is "arp", the flag says the contrary.
    private string Text(bool on) => on == (_flag != LinkFlags.NoArp) ? "true" : "false";

    private static string Word(bool on) => on ? "on" : "off";
}
