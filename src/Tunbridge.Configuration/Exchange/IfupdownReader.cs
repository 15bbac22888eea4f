// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Exchange.Shell;

namespace Tunbridge.Configuration.Exchange;

/// <summary>Reads stanzas of interfaces(5).</summary>
internal sealed class IfupdownReader(DraftBook book, ShellRunner shell)
{
    private CardDraft? _card;
    private string _method = "";
    private string? _address, _netmask, _peer, _gateway, _metric;
    private Origin _start;

    internal static bool Recognizes(string text) => text.Split('\n').Any(l =>
        l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["iface", _, "inet" or "inet6", ..]);

    internal void Read(ImportSource source)
    {
        string[] lines = source.Text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            Origin origin = new(source.Path, i + 1);
            string line = lines[i];
            while (line.EndsWith('\\') && i + 1 < lines.Length)
                line = line[..^1] + lines[++i];
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && !words[0].StartsWith('#'))
                Read(words, line, origin);
        }

        EndStanza();
    }

    private void Read(string[] words, string line, Origin origin)
    {
        switch (words[0])
        {
            case "iface":
                EndStanza();
                Begin(words, origin);
                break;
            case "auto" or "no-auto-down" or "no-scripts" or ['a', 'l', 'l', 'o', 'w', '-', ..]:
                EndStanza();
                break;
            case "source" or "source-directory" or "mapping" or "rename" or "template":
                EndStanza();
                book.Note(origin, $"not carried over: {line.Trim()}");
                break;
            default:
                if (_card is not null)
                    Option(_card, words, line, origin);
                break;
        }
    }

    private void Begin(string[] words, Origin origin)
    {
        _start = origin;
        (_address, _netmask, _peer, _gateway, _metric) = (null, null, null, null, null);
        _method = words.Length > 3 ? words[3] : "";
        string name = words.Length > 1 ? words[1] : "";
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        if (_method == "loopback")
            return;
        _card = book.Card(colon < 0 ? name : name[..colon], origin);
        _card.Up |= _method != "manual";
        if (_method is "dhcp" && words[2] == "inet")
            _card.DhcpIPv4 = true;
        else if (_method is "dhcp")
            _card.DhcpIPv6 = true;
        else if (_method is not ("static" or "manual"))
            book.Note(origin, $"not carried over: the method {_method} of {name}");
    }

    private void Option(CardDraft card, string[] words, string line, Origin origin)
    {
        string rest = string.Join(' ', words.Skip(1));
        switch (words[0])
        {
            case "address": _address = rest; break;
            case "netmask": _netmask = rest; break;
            case "pointopoint": _peer = rest; break;
            case "gateway": _gateway = rest; break;
            case "metric": _metric = rest; break;
            // That of the prefix.
            case "broadcast" or "network": break;
            case "mtu": card.Mtu = int.TryParse(rest, out int mtu) ? mtu : card.Mtu; break;
            case "hwaddress": card.Mac = words[^1]; break;
            case "tunctl_user":
                book.Create(card.Name, card.Name.StartsWith("tun", StringComparison.Ordinal) ? Changes.CardKind.Tun : Changes.CardKind.Tap, origin)
                    .Owner = (rest, origin);
                break;
            case "dns-nameservers" or "dns-nameserver": card.DnsServers.AddRange(words.Skip(1)); break;
            case "dns-search" or "dns-domain": card.DnsSearch.AddRange(words.Skip(1)); break;
            case "bridge_ports" or "bridge-ports":
                book.AddBridge(card.Name);
                foreach (string port in words.Skip(1).Where(w => w != "none"))
                    book.Card(port, origin).Bridge = card.Name;
                break;
            case "pre-up" or "up" or "post-up":
                shell.Set("IFACE", card.Name);
                // The command stands behind its key on the same line, and keeps its quotes.
                shell.Run(origin.Path, line.TrimStart()[words[0].Length..].TrimStart(), origin.Line);
                break;
            case "pre-down" or "down" or "post-down":
                break;
            default:
                book.Note(origin, $"not carried over: {line.Trim()}");
                break;
        }
    }

    private void EndStanza()
    {
        if (_card is not null && _address is not null)
        {
            string text = _address.Contains('/', StringComparison.Ordinal) || _netmask is null ? _address
                : $"{_address}/{(_netmask.Contains('.', StringComparison.Ordinal) ? CommandReader.MaskLength(_netmask)?.ToString(System.Globalization.CultureInfo.InvariantCulture) : _netmask)}";
            book.AddAddress(_card, text, _peer, _start);
        }

        if (_card is not null && _gateway is not null)
            book.AddRoute(_card.Name, "default", _gateway, _metric, _start);
        _card = null;
    }
}
