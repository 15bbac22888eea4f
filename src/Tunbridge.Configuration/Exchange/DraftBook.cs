// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Linux;

namespace Tunbridge.Configuration.Exchange;

/// <summary>The cards and bridges that the imported files have named so far, and what was left behind.</summary>
internal sealed class DraftBook
{
    private readonly Dictionary<string, CardDraft> _cards = new(StringComparer.Ordinal);
    private readonly HashSet<string> _bridges = new(StringComparer.Ordinal);
    private readonly List<Diagnostic> _notes = [];

    // Routes of which only the router is known: whose they are shows when all addresses are read.
    private readonly List<(DeviceRoute Route, Origin Origin)> _homeless = [];

    internal IReadOnlyList<Diagnostic> Notes => _notes;

    internal IEnumerable<CardDraft> Cards => _cards.Values;

    internal IReadOnlySet<string> Bridges => _bridges;

    internal CardDraft Card(string name, Origin origin)
    {
        if (!_cards.TryGetValue(name, out CardDraft? card))
            _cards[name] = card = new CardDraft(name, origin);
        return card;
    }

    internal CardDraft Create(string name, CardKind kind, Origin origin)
    {
        CardDraft card = Card(name, origin);
        card.Kind = kind;
        return card;
    }

    internal bool Has(string name) => _cards.ContainsKey(name);

    internal void AddBridge(string name) => _bridges.Add(name);

    internal void Remove(string name) => _cards.Remove(name);

    internal void Note(Origin origin, string message)
    {
        Diagnostic note = new() { Path = origin.Path, Line = origin.Line, Column = 1, Message = message };
        // A loop meets the same line again and again.
        if (!_notes.Contains(note))
            _notes.Add(note);
    }

    /// <summary>What it is for, the first of several words on it.</summary>
    internal void Describe(CardDraft card, string text, Origin origin)
    {
        if (OwnershipMark.FindDescriptionMistake(text) is string mistake)
            Note(origin, $"{card.Name}: the description {mistake}: not carried over");
        else
            card.Description ??= text;
    }

    internal void AddNames(CardDraft card, IEnumerable<string> names, Origin origin)
    {
        foreach (string name in names.Except(card.AlternativeNames))
        {
            bool isTaken = _cards.Values.Any(c => c.AlternativeNames.Contains(name)) || _cards.ContainsKey(name);
            string? mistake = isTaken ? $"'{name}' is another card's name" : InterfaceName.FindAlternativeMistake(name, card.Name);
            if (mistake is null)
                card.AlternativeNames.Add(name);
            else
                Note(origin, $"{card.Name}: {mistake}: not carried over");
        }
    }

    internal void AddAddress(CardDraft card, string text, string? peer, Origin origin)
    {
        if (!IpPrefix.TryParse(text.Contains('/', StringComparison.Ordinal) ? text : $"{text}/{HostLength(text)}", out IpPrefix prefix))
        {
            Note(origin, $"'{text}' is no address with prefix length: not carried over");
            return;
        }

        IpPrefix? other = null;
        if (peer is not null)
        {
            if (!IpPrefix.TryParse(peer.Contains('/', StringComparison.Ordinal) ? peer : $"{peer}/{HostLength(peer)}", out IpPrefix end))
            {
                Note(origin, $"the peer '{peer}' is no address: not carried over");
                return;
            }

            other = end;
        }

        if (!card.Addresses.Exists(a => a.Prefix.Address.Equals(prefix.Address)))
            card.Addresses.Add((prefix, other));
    }

    /// <summary>A route; without a card, that of the card whose prefix has the router.</summary>
    internal void AddRoute(string? card, string to, string? via, string? metric, Origin origin)
    {
        string destination = to == "default" ? via?.Contains(':', StringComparison.Ordinal) == true ? "::/0" : "0.0.0.0/0"
            : to.Contains('/', StringComparison.Ordinal) ? to : $"{to}/{HostLength(to)}";
        IPAddress? router = null;
        uint number = 0;
        if (!IpPrefix.TryParse(destination, out IpPrefix prefix) ||
            (via is not null && !IPAddress.TryParse(via, out router)) ||
            (metric is not null && !uint.TryParse(metric, NumberStyles.None, CultureInfo.InvariantCulture, out number)))
        {
            Note(origin, $"the route to '{to}' is not understood: not carried over");
            return;
        }

        DeviceRoute route = new() { Destination = prefix.Network, Via = router, Metric = metric is null ? null : number };
        if (card is not null)
            AddRoute(Card(card, origin), route);
        else if (router is not null)
            _homeless.Add((route, origin));
        else
            Note(origin, $"the route to '{to}' names neither card nor router: not carried over");
    }

    /// <summary>What is left when all files are read: the cards, in the order in which they were named.</summary>
    internal IReadOnlyList<CardDraft> Finish()
    {
        foreach ((DeviceRoute route, Origin origin) in _homeless)
        {
            CardDraft? owner = _cards.Values.FirstOrDefault(c => c.Addresses.Exists(a => a.Prefix.Contains(route.Via!)));
            if (owner is null)
                Note(origin, $"the route {route} leads over no card of this import: not carried over");
            else
                AddRoute(owner, route);
        }

        foreach (CardDraft card in _cards.Values.ToArray())
        {
            if (card.Kind is null && KindByName(card.Name) is CardKind kind && !_bridges.Contains(card.Name))
            {
                card.Kind = kind;
                string word = kind == CardKind.Tap ? "TAP" : "TUN";
                Note(card.Origin, $"nothing here makes {card.Name}: taken for a {word} by its name");
            }

            string? why = _bridges.Contains(card.Name) ? $"{card.Name} is a bridge: its own addresses and settings are not carried over"
                : card.Kind is null ? $"nothing here makes {card.Name} a TUN or TAP: what is said of it is not carried over"
                : InterfaceName.FindMistake(card.Name) is string mistake ? $"{mistake}: not carried over"
                : null;
            if (why is null)
            {
                Mend(card);
                continue;
            }

            Note(card.Origin, why);
            _cards.Remove(card.Name);
        }

        return [.. _cards.Values];
    }

    private static void AddRoute(CardDraft card, DeviceRoute route)
    {
        if (!card.Routes.Contains(route))
            card.Routes.Add(route);
    }

    // What the configuration file refuses is told here instead.
    private void Mend(CardDraft card)
    {
        if (card.Mtu is int mtu && CardSettings.FindMtuMistake(card.Kind, mtu) is string wrongMtu)
        {
            Note(card.Origin, $"{card.Name}: {wrongMtu}: not carried over");
            card.Mtu = null;
        }

        if (card.Mac is string mac && (card.Kind == CardKind.Tun || !CardMac.TryParse(mac, out _, out _)))
        {
            Note(card.Origin, $"{card.Name}: the MAC address {mac} is not carried over, a TAP has one that is its own");
            card.Mac = null;
        }

        if (card.Bridge is string bridge && (card.Kind == CardKind.Tun || InterfaceName.FindMistake(bridge) is not null))
        {
            Note(card.Origin, $"{card.Name}: the bridge {bridge} is not carried over, only a TAP can be a port");
            card.Bridge = null;
        }

        if (card.KeepCarrier && !card.MultiQueue)
        {
            Note(card.Origin, $"{card.Name}: keeping the carrier is not carried over, it needs several queues (multi-queue: true)");
            card.KeepCarrier = false;
        }
    }

    private static CardKind? KindByName(string name) =>
        name.StartsWith("tap", StringComparison.Ordinal) ? CardKind.Tap
        : name.StartsWith("tun", StringComparison.Ordinal) ? CardKind.Tun : null;

    private static int HostLength(string text) => text.Contains(':', StringComparison.Ordinal) ? 128 : 32;
}
