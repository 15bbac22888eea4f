// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Numerics;

namespace Tunbridge.Configuration.Exchange;

internal sealed partial class CommandReader
{
    private bool ReadIfconfig(Words rest, Origin origin)
    {
        if (rest.Has && rest.Peek.StartsWith('-'))
            rest.Next();
        if (!rest.Has)
            return false;
        string name = rest.Next();
        if (!rest.Has)
            return false;
        // tap0:1 is a further address of tap0.
        int colon = name.IndexOf(':');
        CardDraft card = book.Card(colon < 0 ? name : name[..colon], origin);
        string? address = null, netmask = null, peer = null;
        while (rest.Has)
        {
            string word = rest.Next();
            switch (word)
            {
                case "up": card.Up = true; break;
                case "down": card.Up = false; break;
                case "promisc": card.Promiscuous = true; break;
                case "-promisc": card.Promiscuous = false; break;
                case "allmulti": card.AllMulticast = true; break;
                case "-allmulti": card.AllMulticast = false; break;
                case "multicast": card.Multicast = true; break;
                case "-multicast": card.Multicast = false; break;
                case "arp": card.Arp = true; break;
                case "-arp": card.Arp = false; break;
                case "inet" or "inet6": break;
                case "netmask" when rest.Has: netmask = rest.Next(); break;
                case "pointopoint" or "dstaddr" when rest.Has: peer = rest.Next(); break;
                case "mtu" when rest.Has: card.Mtu = Number(rest.Next(), "MTU", origin) ?? card.Mtu; break;
                case "txqueuelen" when rest.Has: card.TransmitQueueLength = Number(rest.Next(), "queue length", origin); break;
                case "add" when rest.Has:
                    book.AddAddress(card, rest.Next(), null, origin);
                    break;
                case "hw" when rest.Has:
                    string kind = rest.Next();
                    if (kind == "ether" && rest.Has)
                        card.Mac = rest.Next();
                    break;
                case "broadcast":
                    // The prefix's own broadcast address is what a TAP gets anyway.
                    if (rest.Has && rest.Peek.Contains('.', StringComparison.Ordinal) && rest.Next() is string other &&
                        !IsBroadcastOf(other, address, netmask, rest))
                        book.Note(origin, $"the broadcast address {other} is not carried over: that of the prefix is used");
                    break;
                case "metric" or "mem_start" or "io_addr" or "irq" or "media" or "del" or "tunnel" when rest.Has:
                    book.Note(origin, $"not carried over: ifconfig {name} {word} {rest.Next()}");
                    break;
                default:
                    if (address is null && IPAddress.TryParse(word.Split('/')[0], out _) && word.Contains('.', StringComparison.Ordinal))
                        address = word;
                    else if (word.Contains(':', StringComparison.Ordinal))
                        book.AddAddress(card, word, null, origin);
                    else
                        book.Note(origin, $"not carried over: ifconfig {name} {word}");
                    break;
            }
        }

        if (address is not null)
            SetAddress(card, address, netmask, peer, origin);
        return true;
    }

    private void SetAddress(CardDraft card, string address, string? netmask, string? peer, Origin origin)
    {
        // An address brings the card up; 0.0.0.0 takes its addresses away.
        card.Up = true;
        if (address is "0.0.0.0" or "0")
        {
            card.Addresses.RemoveAll(a => !a.Prefix.IsIPv6);
            return;
        }

        string plain = address.Split('/')[0];
        int? length = address.Contains('/', StringComparison.Ordinal) ? Number(address[(plain.Length + 1)..], "prefix length", origin)
            : netmask is not null ? MaskLength(netmask) : peer is not null ? 32 : ClassLength(plain);
        if (length is int bits)
            book.AddAddress(card, $"{plain}/{bits}", peer, origin);
        else
            book.Note(origin, $"the netmask '{netmask}' is none: {plain} is not carried over");
    }

    private static bool IsBroadcastOf(string broadcast, string? address, string? netmask, Words rest)
    {
        string? mask = netmask ?? rest.Rest().SkipWhile(w => w != "netmask").Skip(1).FirstOrDefault();
        if (address is null || !IPAddress.TryParse(address.Split('/')[0], out IPAddress? own))
            return false;
        int? length = mask is null ? ClassLength(address) : MaskLength(mask);
        return length is int bits && new Changes.IpPrefix(own, bits).Broadcast?.ToString() == broadcast;
    }

    /// <summary>The prefix length of a netmask such as 255.255.255.0; null for what is none.</summary>
    internal static int? MaskLength(string netmask)
    {
        if (!IPAddress.TryParse(netmask, out IPAddress? mask) || mask.GetAddressBytes() is not { Length: 4 } bytes)
            return null;
        uint bits = (uint)(bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]);
        int ones = BitOperations.LeadingZeroCount(~bits);
        return bits == (ones == 0 ? 0 : uint.MaxValue << (32 - ones)) ? ones : null;
    }

    // Without netmask, the class of the address decides, as it has since 1981 (RFC 791, section 2.3).
    private static int? ClassLength(string address) => IPAddress.TryParse(address, out IPAddress? ip)
        ? ip.GetAddressBytes()[0] switch { < 128 => 8, < 192 => 16, _ => 24 }
        : null;

    private bool ReadRoute(Words rest, Origin origin)
    {
        List<string> all = ["route", .. rest.Rest()];
        while (rest.Has && rest.Peek is "-n" or "-A" or "inet" or "inet6" or "-4" or "-6")
            rest.Next();
        string verb = rest.Has ? rest.Next() : "";
        if (verb != "add")
            return verb is "" or "del" ? verb.Length > 0 : NotCarried(origin, all);
        string? to = null, mask = null, via = null, card = null, metric = null;
        bool host = false;
        while (rest.Has)
        {
            string word = rest.Next();
            switch (word)
            {
                case "-net": break;
                case "-host": host = true; break;
                case "netmask" when rest.Has: mask = rest.Next(); break;
                case "gw" when rest.Has: via = rest.Next(); break;
                case "metric" when rest.Has: metric = rest.Next(); break;
                case "dev" when rest.Has: card = rest.Next(); break;
                default:
                    if (to is null)
                        to = word;
                    else
                        card ??= word;
                    break;
            }
        }

        if (to is null || (mask is not null && MaskLength(mask) is null))
            return NotCarried(origin, all);
        if (to != "default" && !to.Contains('/', StringComparison.Ordinal) && !to.Contains(':', StringComparison.Ordinal))
            to = $"{to}/{(host ? 32 : mask is null ? ClassLength(to) : MaskLength(mask))}";
        book.AddRoute(card, to, via, metric, origin);
        return true;
    }
}
