// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;

namespace Tunbridge.Configuration.Exchange;

internal sealed partial class CommandReader
{
    private static bool Begins(string full, string word, int least) =>
        word.Length >= least && full.StartsWith(word, StringComparison.Ordinal);

    private bool ReadIp(Words rest, Origin origin)
    {
        List<string> all = ["ip", .. rest.Rest()];
        while (rest.Has && rest.Peek.StartsWith('-'))
        {
            string option = rest.Next();
            if (option is "-n" or "-netns" or "-b" or "-batch")
                return NotCarried(origin, all);
        }

        string what = rest.Has ? rest.Next() : "";
        string verb = rest.Has ? rest.Next() : "";
        if (Begins("tuntap", what, 1) && what[0] == 't')
            return ReadTuntap(verb, rest, all, origin);
        if (Begins("address", what, 1))
            return ReadAddress(verb, rest, all, origin);
        if (Begins("link", what, 1))
            return ReadLink(verb, rest, all, origin);
        if (Begins("route", what, 1) && what is not "ru" && !Begins("rule", what, 2))
            return ReadIpRoute(verb, rest, all, origin);
        return NotCarried(origin, all);
    }

    private bool ReadTuntap(string verb, Words rest, List<string> all, Origin origin)
    {
        string? name = null, owner = null, group = null;
        CardKind? kind = null;
        bool queues = false, information = false, header = false;
        while (rest.Has)
        {
            string word = rest.Next();
            switch (word)
            {
                case "dev" or "name" when rest.Has: name = rest.Next(); break;
                case "mode" when rest.Has: kind = rest.Next() == "tun" ? CardKind.Tun : CardKind.Tap; break;
                case "user" when rest.Has: owner = rest.Next(); break;
                case "group" when rest.Has: group = rest.Next(); break;
                case "multi_queue": queues = true; break;
                case "pi": information = true; break;
                case "vnet_hdr": header = true; break;
                case "one_queue": break;
                default: name ??= word; break;
            }
        }

        if (Begins("delete", verb, 1))
        {
            if (name is not null)
                book.Remove(name);
            return true;
        }

        if (!Begins("add", verb, 1))
            return Begins("show", verb, 1) || Begins("list", verb, 1) ? false : NotCarried(origin, all);
        if (kind is not CardKind made)
            return NotCarried(origin, all);
        CardDraft card = book.Create(name ?? FirstFree(made == CardKind.Tun ? "tun" : "tap"), made, origin);
        card.Owner = owner is null ? card.Owner : (owner, origin);
        card.Group = group is null ? card.Group : (group, origin);
        card.MultiQueue |= queues;
        card.PacketInformation |= information;
        card.VirtioHeader |= header;
        return true;
    }

    private bool ReadAddress(string verb, Words rest, List<string> all, Origin origin)
    {
        if (verb is "" || Begins("show", verb, 1) || Begins("list", verb, 1))
            return false;
        if (Begins("delete", verb, 1) || Begins("flush", verb, 1))
            return true;
        if (!Begins("add", verb, 1) && !Begins("replace", verb, 1) && !Begins("change", verb, 1))
            return NotCarried(origin, all);
        string? address = null, peer = null, card = null;
        while (rest.Has)
        {
            string word = rest.Next();
            switch (word)
            {
                case "dev" when rest.Has: card = rest.Next(); break;
                case "peer" when rest.Has: peer = rest.Next(); break;
                case "local" when rest.Has: address = rest.Next(); break;
                case "brd" or "broadcast" when rest.Has:
                    // The prefix's own broadcast address is what a TAP gets anyway.
                    if (rest.Next() is not ("+" or "-") and string other)
                        book.Note(origin, $"the broadcast address {other} is not carried over: that of the prefix is used");
                    break;
                case "label" or "scope" or "metric" or "valid_lft" or "preferred_lft" when rest.Has:
                    book.Note(origin, $"not carried over: {word} {rest.Next()} of an address");
                    break;
                case "nodad" or "noprefixroute" or "home" or "mngtmpaddr":
                    book.Note(origin, $"not carried over: {word} of an address");
                    break;
                default: address ??= word; break;
            }
        }

        if (address is null || card is null)
            return NotCarried(origin, all);
        book.AddAddress(book.Card(card, origin), address, peer, origin);
        return true;
    }

    private bool ReadLink(string verb, Words rest, List<string> all, Origin origin)
    {
        if (verb is "" || Begins("show", verb, 2) || Begins("list", verb, 2))
            return false;
        if (Begins("delete", verb, 1))
        {
            if (rest.Rest().FirstOrDefault(w => w is not ("dev" or "type")) is string gone)
                book.Remove(gone);
            return true;
        }

        if (Begins("add", verb, 1))
            return ReadLinkAdd(rest, all, origin);
        if (Begins("property", verb, 1))
            return ReadProperty(rest, all, origin);
        if (!Begins("set", verb, 1) && !Begins("change", verb, 1))
            return NotCarried(origin, all);
        if (rest.Has && rest.Peek == "dev")
            rest.Next();
        if (!rest.Has)
            return NotCarried(origin, all);
        CardDraft card = book.Card(rest.Next(), origin);
        while (rest.Has)
        {
            string word = rest.Next();
            if (word is "up" or "down" or "nomaster")
            {
                card.Up = word == "up" || (word != "down" && card.Up);
                card.Bridge = word == "nomaster" ? null : card.Bridge;
                continue;
            }

            if (word == "dev" || !rest.Has)
                continue;
            string value = rest.Next();
            switch (word)
            {
                case "promisc": card.Promiscuous = value == "on"; break;
                case "allmulticast": card.AllMulticast = value == "on"; break;
                case "multicast": card.Multicast = value != "off"; break;
                case "arp": card.Arp = value != "off"; break;
                case "mtu": card.Mtu = Number(value, "MTU", origin) ?? card.Mtu; break;
                case "txqueuelen" or "qlen" or "txqlen": card.TransmitQueueLength = Number(value, "queue length", origin); break;
                case "address": card.Mac = value; break;
                case "master": card.Bridge = value; break;
                case "alias": book.Describe(card, value, origin); break;
                default: book.Note(origin, $"not carried over: {word} {value} of {card.Name}"); break;
            }
        }

        return true;
    }

    /// <summary>ip link property { add | del } dev CARD [ altname NAME ] …</summary>
    private bool ReadProperty(Words rest, List<string> all, Origin origin)
    {
        string verb = rest.Has ? rest.Next() : "";
        string? card = null;
        List<string> names = [];
        while (rest.Has)
        {
            string word = rest.Next();
            if (word == "dev" && rest.Has)
                card = rest.Next();
            else if (word == "altname" && rest.Has)
                names.Add(rest.Next());
            else
                return NotCarried(origin, all);
        }

        if (card is null || names.Count == 0)
            return NotCarried(origin, all);
        CardDraft draft = book.Card(card, origin);
        if (Begins("add", verb, 1))
            book.AddNames(draft, names, origin);
        else if (Begins("delete", verb, 1))
            draft.AlternativeNames.RemoveAll(names.Contains);
        else
            return NotCarried(origin, all);
        return true;
    }

    private bool ReadLinkAdd(Words rest, List<string> all, Origin origin)
    {
        string? name = null, type = null;
        while (rest.Has && type is null)
        {
            string word = rest.Next();
            if (word is "name" or "dev" && rest.Has)
                name = rest.Next();
            else if (word == "type" && rest.Has)
                type = rest.Next();
            else
                name ??= word;
        }

        if (type != "bridge" || name is null)
            return NotCarried(origin, all);
        book.AddBridge(name);
        if (rest.Has)
            book.Note(origin, $"not carried over: the bridge's options {string.Join(' ', rest.Rest())}");
        return true;
    }

    private bool ReadIpRoute(string verb, Words rest, List<string> all, Origin origin)
    {
        if (verb is "" || Begins("show", verb, 1) || Begins("list", verb, 1) || Begins("get", verb, 1))
            return false;
        if (Begins("delete", verb, 1) || Begins("flush", verb, 1))
            return true;
        if (!Begins("add", verb, 1) && !Begins("replace", verb, 1) && !Begins("append", verb, 2) && !Begins("change", verb, 1))
            return NotCarried(origin, all);
        string? to = null, via = null, card = null, metric = null;
        while (rest.Has)
        {
            string word = rest.Next();
            switch (word)
            {
                case "dev" when rest.Has: card = rest.Next(); break;
                case "via" when rest.Has: via = rest.Next(); break;
                case "metric" when rest.Has: metric = rest.Next(); break;
                case "proto" or "protocol" when rest.Has: rest.Next(); break;
                case "to": break;
                case "table" or "src" or "scope" or "mtu" or "onlink" or "nexthop" or "encap" or "type":
                    return NotCarried(origin, all);
                default: to ??= word; break;
            }
        }

        if (to is null)
            return NotCarried(origin, all);
        book.AddRoute(card, to, via, metric, origin);
        return true;
    }
}
