// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Changes;
using Tunbridge.Linux;

namespace Tunbridge.Configuration.Exchange;

/// <summary>Writes drafts as a configuration file: keys that have their defaults are left out.</summary>
internal sealed class DraftYaml(DraftBook book)
{
    private readonly StringBuilder _text = new();

    internal string Write(IReadOnlyList<CardDraft> cards, IEnumerable<string> sources)
    {
        _text.Append(CultureInfo.InvariantCulture, $"# Imported from {string.Join(", ", sources.Select(OneLine))}.\n");
        _text.Append(cards.Count == 0 ? "devices: {}\n" : "devices:\n");
        foreach (CardDraft card in cards)
            Write(card);
        return _text.ToString();
    }

    private void Write(CardDraft card)
    {
        _text.Append(CultureInfo.InvariantCulture, $"  {Scalar(card.Name)}:\n");
        Key("kind", card.Kind == CardKind.Tun ? "tun" : "tap");
        if (card.Description is string description)
            Key("description", Scalar(description));
        Principal("owner", card.Owner, UserDatabase.FindUserId);
        Principal("group", card.Group, UserDatabase.FindGroupId);
        Key("multi-queue", card.MultiQueue);
        Key("packet-info", card.PacketInformation);
        Key("vnet-header", card.VirtioHeader);
        Key("keep-carrier", card.KeepCarrier);
        if (card.AlternativeNames.Count > 0)
            Key("alt-names", $"[{string.Join(", ", card.AlternativeNames.Select(Scalar))}]");
        if (card.Mac is string mac)
            Key("mac", $"'{mac}'");
        if (card.Mtu is int mtu)
            Key("mtu", mtu.ToString(CultureInfo.InvariantCulture));
        if (card.TransmitQueueLength is int length)
            Key("txqueuelen", length.ToString(CultureInfo.InvariantCulture));
        if (card.Bridge is string bridge)
            Key("bridge", book.Bridges.Contains(bridge) ? $"{{name: {Scalar(bridge)}, create: true}}" : Scalar(bridge));
        if (card.Addresses.Count > 0)
            Key("addresses", $"[{string.Join(", ", card.Addresses.Select(Address))}]");
        if (card.DhcpIPv4 || card.DhcpIPv6)
            Key("dhcp", $"{{v4: {Word(card.DhcpIPv4)}, v6: {Word(card.DhcpIPv6)}}}");
        if (card.DnsServers.Count + card.DnsSearch.Count > 0)
            Dns(card);
        Routes(card);
        Key("promiscuous", card.Promiscuous);
        Key("all-multicast", card.AllMulticast);
        if (!card.Multicast)
            Key("multicast", "false");
        if (!card.Arp)
            Key("arp", "false");
        if (card.Sysctl.Count > 0)
            Key("sysctl", $"{{{string.Join(", ", card.Sysctl.Select(s => $"{s.Key}: {s.Value}"))}}}");
        if (!card.Up)
            Key("up", "false");
    }

    private void Routes(CardDraft card)
    {
        if (card.Routes.Count == 0)
            return;
        _text.Append("    routes:\n");
        foreach (DeviceRoute route in card.Routes)
        {
            string to = route.Destination is { IsDefault: true, IsIPv6: false } ? "default" : $"'{route.Destination}'";
            string via = route.Via is null ? "" : $", via: '{route.Via}'";
            string metric = route.Metric is uint number ? string.Create(CultureInfo.InvariantCulture, $", metric: {number}") : "";
            _text.Append(CultureInfo.InvariantCulture, $"      - {{to: {to}{via}{metric}}}\n");
        }
    }

    private void Dns(CardDraft card)
    {
        List<string> parts = [];
        if (card.DnsServers.Count > 0)
            parts.Add($"servers: [{string.Join(", ", card.DnsServers.Select(s => $"'{s}'"))}]");
        if (card.DnsSearch.Count > 0)
            parts.Add($"search: [{string.Join(", ", card.DnsSearch.Select(Scalar))}]");
        Key("dns", $"{{{string.Join(", ", parts)}}}");
    }

    private void Principal(string key, (string Text, Origin Origin)? said, Func<string, uint?> find)
    {
        if (said is not ({ } text, var origin))
            return;
        bool isNumber = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue;
        if (isNumber || find(text) is not null)
        {
            Key(key, Scalar(text));
            return;
        }

        // The file would be refused here; on the machine that knows the name, the line needs only its sign removed.
        book.Note(origin, $"there is no {(key == "owner" ? "user" : "group")} '{text}' on this machine: {key} is left as a comment");
        _text.Append(CultureInfo.InvariantCulture, $"    # {key}: {OneLine(text)}\n");
    }

    private void Key(string key, string value) => _text.Append(CultureInfo.InvariantCulture, $"    {key}: {value}\n");

    private void Key(string key, bool isSet)
    {
        if (isSet)
            Key(key, "true");
    }

    private static string Address((IpPrefix Prefix, IpPrefix? Peer) address) => address.Peer is IpPrefix peer
        ? $"{{address: '{address.Prefix}', peer: '{peer}'}}"
        : address.Prefix.IsIPv6 ? $"'{address.Prefix}'" : address.Prefix.ToString();

    private static string Word(bool value) => value ? "true" : "false";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    /// <summary>Text that YAML reads back as this text: plain where it is a word, else in quotes.</summary>
    private static string Scalar(string text)
    {
        bool plain = text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) &&
            text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') &&
            text.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off");
        return plain ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
