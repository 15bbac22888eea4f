// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Changes;
using Tunbridge.Configuration.Exchange.Shell;

namespace Tunbridge.Configuration.Exchange;

/// <summary>Reads systemd.netdev(5) and systemd.network(5).</summary>
internal sealed class NetworkdReader(DraftBook book)
{
    internal static bool Recognizes(ImportSource source) =>
        source.Path.EndsWith(".netdev", StringComparison.Ordinal) || source.Path.EndsWith(".network", StringComparison.Ordinal) ||
        source.Path.EndsWith(".link", StringComparison.Ordinal) ||
        source.Text.Split('\n').Any(l => l.Trim() is "[NetDev]" or "[Match]");

    internal static bool IsNetdev(ImportSource source) => source.Text.Split('\n').Any(l => l.Trim() == "[NetDev]");

    internal void ReadNetdev(ImportSource source)
    {
        List<Entry> entries = Entries(source);
        string? name = Value(entries, "NetDev", "Name"), kind = Value(entries, "NetDev", "Kind");
        Origin origin = new(source.Path, entries.Count > 0 ? entries[0].Origin.Line : 1);
        if (kind == "bridge" && name is not null)
        {
            book.AddBridge(name);
            foreach (Entry entry in entries.Where(e => e.Section != "NetDev"))
                book.Note(entry.Origin, $"not carried over: {entry.Key}={entry.Value} of the bridge {name}");
            return;
        }

        if (name is null || kind is not ("tun" or "tap"))
        {
            book.Note(origin, $"not carried over: a device of kind {kind ?? "(none)"}");
            return;
        }

        CardDraft card = book.Create(name, kind == "tun" ? CardKind.Tun : CardKind.Tap, origin);
        foreach (Entry entry in entries)
        {
            switch (entry.Section, entry.Key)
            {
                case ("NetDev", "Name" or "Kind") or ("Match", _): break;
                case ("NetDev", "Description"): book.Describe(card, entry.Value, entry.Origin); break;
                // systemd.netdev(5): ignored for TUN and TAP, so what is there has no effect to carry over.
                case ("NetDev", "MTUBytes" or "MACAddress"):
                    book.Note(entry.Origin, $"{entry.Key} has no effect on a {kind} in networkd: not carried over");
                    break;
                case ("Tun" or "Tap", "User"): card.Owner = (entry.Value, entry.Origin); break;
                case ("Tun" or "Tap", "Group"): card.Group = (entry.Value, entry.Origin); break;
                case ("Tun" or "Tap", "MultiQueue"): card.MultiQueue = IsYes(entry.Value); break;
                case ("Tun" or "Tap", "PacketInfo"): card.PacketInformation = IsYes(entry.Value); break;
                case ("Tun" or "Tap", "VNetHeader"): card.VirtioHeader = IsYes(entry.Value); break;
                case ("Tun" or "Tap", "KeepCarrier"): card.KeepCarrier = IsYes(entry.Value); break;
                default: NotCarried(entry); break;
            }
        }
    }

    /// <summary>Applies a .network file to the cards that its Name= matches.</summary>
    internal void ReadNetwork(ImportSource source)
    {
        List<Entry> entries = Entries(source);
        string[] patterns = (Value(entries, "Match", "Name") ?? Value(entries, "Match", "OriginalName") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Origin origin = new(source.Path, entries.Count > 0 ? entries[0].Origin.Line : 1);
        List<CardDraft> cards = [.. book.Cards.Where(c => Array.Exists(patterns, p => Glob.IsMatch(p, c.Name)))];
        foreach (string name in patterns.Where(p => p.AsSpan().IndexOfAny("*?[!") < 0))
        {
            if (!cards.Exists(c => c.Name == name))
                cards.Add(book.Card(name, origin));
        }

        foreach (Entry entry in entries.Where(e => e.Section == "Match" && e.Key is not ("Name" or "OriginalName")))
            NotCarried(entry);
        if (cards.Count == 0)
            book.Note(origin, "this matches no card of the import: not carried over");
        foreach (CardDraft card in cards)
        {
            // A .link file names a card; it brings none up.
            card.Up |= !source.Path.EndsWith(".link", StringComparison.Ordinal);
            Apply(card, entries);
        }
    }

    private void Apply(CardDraft card, List<Entry> entries)
    {
        foreach (Entry entry in entries.Where(e => e.Section is not ("Match" or "Route" or "Address")))
        {
            switch (entry.Section, entry.Key)
            {
                case ("Link", "Promiscuous"): card.Promiscuous = IsYes(entry.Value); break;
                case ("Link", "AllMulticast"): card.AllMulticast = IsYes(entry.Value); break;
                case ("Link", "Multicast"): card.Multicast = IsYes(entry.Value); break;
                case ("Link", "ARP"): card.Arp = IsYes(entry.Value); break;
                case ("Link", "MTUBytes"): SetMtu(card, entry); break;
                case ("Link", "MACAddress"): card.Mac = entry.Value; break;
                case ("Link", "ActivationPolicy"): card.Up = entry.Value is not ("manual" or "down" or "always-down"); break;
                // What waits for whom at boot is a matter of the unit.
                case ("Link", "RequiredForOnline"): break;
                // Of a .link file, whose [Match] is the same where it says OriginalName=.
                case ("Link", "AlternativeName"): book.AddNames(card, entry.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries), entry.Origin); break;
                case ("Link", "Alias" or "Description") or ("Network", "Description"): book.Describe(card, entry.Value, entry.Origin); break;
                case ("Network", "ConfigureWithoutCarrier" or "IgnoreCarrierLoss" or "KeepConfiguration"): break;
                case ("Network", "Address"): book.AddAddress(card, entry.Value, null, entry.Origin); break;
                case ("Network", "Gateway"): book.AddRoute(card.Name, "default", entry.Value, null, entry.Origin); break;
                case ("Network", "Bridge"): card.Bridge = entry.Value; break;
                case ("Network", "DNS"): card.DnsServers.AddRange(entry.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)); break;
                case ("Network", "Domains"): card.DnsSearch.AddRange(entry.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)); break;
                case ("Network", "DHCP"):
                    card.DhcpIPv4 = IsYes(entry.Value) || entry.Value == "ipv4";
                    card.DhcpIPv6 = IsYes(entry.Value) || entry.Value == "ipv6";
                    break;
                case ("Network", "IPv4ProxyARP"): card.Sysctl["proxy-arp"] = IsYes(entry.Value) ? "true" : "false"; break;
                case ("Network", "IPv4ReversePathFilter") when entry.Value is "no" or "strict" or "loose":
                    card.Sysctl["rp-filter"] = entry.Value switch { "no" => "0", "strict" => "1", _ => "2" };
                    break;
                case ("Network", "IPForward") when IsYes(entry.Value) || entry.Value == "no":
                    card.Sysctl["forwarding"] = IsYes(entry.Value) ? "true" : "false";
                    break;
                case ("Network", "LinkLocalAddressing") when entry.Value is "ipv6" or "yes": break;
                default: NotCarried(entry); break;
            }
        }

        foreach (IGrouping<int, Entry> section in entries.Where(e => e.Section is "Route" or "Address").GroupBy(e => e.Number))
            ApplyGroup(card, [.. section]);
    }

    private void ApplyGroup(CardDraft card, List<Entry> section)
    {
        string kind = section[0].Section;
        string[] known = kind == "Route" ? ["Destination", "Gateway", "Metric"] : ["Address", "Peer"];
        foreach (Entry entry in section.Where(e => !known.Contains(e.Key)))
            NotCarried(entry);
        string? Get(string key) => Value(section, kind, key);
        if (kind == "Route")
            book.AddRoute(card.Name, Get("Destination") ?? "default", Get("Gateway"), Get("Metric"), section[0].Origin);
        else if (Get("Address") is string address)
            book.AddAddress(card, address, Get("Peer"), section[0].Origin);
    }

    private void SetMtu(CardDraft card, Entry entry)
    {
        if (int.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu))
            card.Mtu = mtu;
        else
            NotCarried(entry);
    }

    private void NotCarried(Entry entry) => book.Note(entry.Origin, $"not carried over: {entry.Key}={entry.Value} in [{entry.Section}]");

    private static bool IsYes(string value) => value.ToLowerInvariant() is "yes" or "true" or "on" or "1";

    private static string? Value(List<Entry> entries, string section, string key) =>
        entries.FindLast(e => e.Section == section && e.Key == key)?.Value;

    private static List<Entry> Entries(ImportSource source)
    {
        List<Entry> entries = [];
        string section = "";
        int number = 0, line = 0;
        foreach (string raw in source.Text.ReplaceLineEndings("\n").Split('\n'))
        {
            line++;
            string text = raw.Trim();
            if (text.Length == 0 || text[0] is '#' or ';')
                continue;
            if (text[0] == '[')
            {
                section = text.Trim('[', ']');
                number++;
            }
            else if (text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                entries.Add(new(section, number, text[..equals].Trim(), text[(equals + 1)..].Trim(), new(source.Path, line)));
            }
        }

        return entries;
    }

    private sealed record Entry(string Section, int Number, string Key, string Value, Origin Origin);
}
