// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Changes;

namespace Tunbridge.Configuration.Exchange;

/// <summary>Understands the commands with which scripts make and configure cards, and writes them into the drafts.</summary>
internal sealed partial class CommandReader(DraftBook book)
{
    // What scripts do beside the network, of which nothing needs to be carried over.
    private static readonly HashSet<string> s_neutral = new(StringComparer.Ordinal)
    {
        "echo", "printf", "touch", "rm", "mkdir", "modprobe", "true", "false", ":", "test", "[", "[[", "exit", "return",
        "sleep", "set", "unset", "export", "local", "readonly", "action", "success", "failure", "passed", "log_daemon_msg",
        "log_end_msg", "log_begin_msg", "log_progress_msg", "log_success_msg", "log_failure_msg", "log_warning_msg",
        "logger", ".", "source", "cd", "umask", "shift", "break", "continue", "id", "grep", "cat", "which", "command",
        "type", "trap", "ulimit", "mknod", "lsmod", "pidof", "read", "date", "basename", "dirname", "wait", "exec", "eval",
    };

    private static readonly HashSet<string> s_network = new(StringComparer.Ordinal)
    {
        "tunctl", "ifconfig", "ip", "brctl", "route", "sysctl", "openvpn", "ethtool", "iptables", "ip6tables", "nft",
        "dhclient", "udhcpc", "dhcpcd", "ifup", "tc", "bridge", "vconfig", "ovs-vsctl", "nmcli", "setcap",
    };

    /// <summary>The command's name without its directory.</summary>
    internal static string NameOf(string word) => word[(word.LastIndexOf('/') + 1)..];

    /// <summary>Whether a command may change what is imported.</summary>
    internal static bool IsNetwork(string word) => s_network.Contains(NameOf(word));

    /// <summary>Carries one command over, or notes that it is not.</summary>
    /// <param name="words">The command and its arguments, expanded.</param>
    /// <param name="origin">Its line.</param>
    /// <returns>Whether it is sure to succeed; false where only the running system knows.</returns>
    internal bool Read(IReadOnlyList<string> words, Origin origin)
    {
        Words rest = new(words);
        string name = NameOf(rest.Next());
        while (name is "sudo" or "nohup" or "exec" or "command" && rest.Has && !rest.Peek.StartsWith('-'))
            name = NameOf(rest.Next());
        return name switch
        {
            "tunctl" => ReadTunctl(rest, origin),
            "ifconfig" => ReadIfconfig(rest, origin),
            "ip" => ReadIp(rest, origin),
            "brctl" => ReadBrctl(rest, origin),
            "route" => ReadRoute(rest, origin),
            "sysctl" => ReadSysctl(rest, origin),
            "openvpn" => ReadOpenVpn(rest, origin),
            _ when s_neutral.Contains(name) => name is "true" or ":" or "echo" or "printf",
            _ => NotCarried(origin, words),
        };
    }

    /// <summary>Carries over what is written to a file below /proc/sys/net.</summary>
    internal void ReadProcWrite(string path, string value, Origin origin) =>
        Sysctl(path["/proc/sys/".Length..].Replace('/', '.'), value, origin);

    internal bool NotCarried(Origin origin, IReadOnlyList<string> words)
    {
        book.Note(origin, $"not carried over: {string.Join(' ', words)}");
        return false;
    }

    private bool ReadTunctl(Words rest, Origin origin)
    {
        string? name = null, owner = null, group = null;
        CardKind? kind = null;
        while (rest.Has)
        {
            string option = rest.Next();
            // Options may be joined and carry their value: -bt tap0, -uroot.
            for (int i = 1; option.StartsWith('-') && i < option.Length; i++)
            {
                char letter = option[i];
                if (letter is 'b' or 'n' or 'p')
                {
                    kind = letter == 'n' ? CardKind.Tun : letter == 'p' ? CardKind.Tap : kind;
                    continue;
                }

                string value = i + 1 < option.Length ? option[(i + 1)..] : rest.Has ? rest.Next() : "";
                switch (letter)
                {
                    case 't': name = value; break;
                    case 'u': owner = value; break;
                    case 'g': group = value; break;
                    case 'd': book.Remove(value); return true;
                    case 'f': break;
                    default: book.Note(origin, $"tunctl -{letter}: not carried over"); break;
                }

                break;
            }
        }

        CardDraft card = book.Create(name ?? FirstFree("tap"), kind ?? CardKind.Tap, origin);
        // tunctl gives the card to whoever runs it, and a boot script is run by root; a group alone is a group alone.
        if (owner is not null || group is null)
            card.Owner = (owner ?? "root", origin);
        if (group is not null)
            card.Group = (group, origin);
        LastCreated = card.Name;
        return true;
    }

    /// <summary>The card that the last tunctl made: what `$(tunctl -b)` prints.</summary>
    internal string? LastCreated { get; private set; }

    private string FirstFree(string stem)
    {
        int number = 0;
        while (book.Has($"{stem}{number}"))
            number++;
        return string.Create(CultureInfo.InvariantCulture, $"{stem}{number}");
    }

    private bool ReadOpenVpn(Words rest, Origin origin)
    {
        string? device = null, type = null, user = null, group = null;
        bool make = false, remove = false;
        List<string> all = ["openvpn", .. rest.Rest()];
        while (rest.Has)
        {
            string option = rest.Next();
            switch (option)
            {
                case "--mktun": make = true; break;
                case "--rmtun": remove = true; break;
                case "--dev" when rest.Has: device = rest.Next(); break;
                case "--dev-type" when rest.Has: type = rest.Next(); break;
                case "--user" when rest.Has: user = rest.Next(); break;
                case "--group" when rest.Has: group = rest.Next(); break;
                default: break;
            }
        }

        if (device is null || !(make || remove))
            return NotCarried(origin, all);
        if (remove)
        {
            book.Remove(device);
            return true;
        }

        bool tap = type is null ? device.StartsWith("tap", StringComparison.Ordinal) : type == "tap";
        CardDraft card = book.Create(device, tap ? CardKind.Tap : CardKind.Tun, origin);
        card.Owner = user is null ? card.Owner : (user, origin);
        card.Group = group is null ? card.Group : (group, origin);
        return true;
    }

    private bool ReadBrctl(Words rest, Origin origin)
    {
        List<string> all = ["brctl", .. rest.Rest()];
        switch (rest.Has ? rest.Next() : "")
        {
            case "addbr" when rest.Has:
                book.AddBridge(rest.Next());
                return true;
            case "addif" when rest.Has:
                string bridge = rest.Next();
                foreach (string port in rest.Rest())
                    book.Card(port, origin).Bridge = bridge;
                return true;
            case "delbr" or "delif":
                return true;
            case "show":
                return false;
            default:
                return NotCarried(origin, all);
        }
    }

    private bool ReadSysctl(Words rest, Origin origin)
    {
        foreach (string word in rest.Rest().Where(w => w.Contains('=', StringComparison.Ordinal)))
            Sysctl(word[..word.IndexOf('=')].Trim(), word[(word.IndexOf('=') + 1)..].Trim(), origin);
        return true;
    }

    private void Sysctl(string key, string value, Origin origin)
    {
        // net.ipv4.conf.NAME.rp_filter: a name may have dots of its own, so both ends are cut off.
        foreach (string family in (string[])["net.ipv4.conf.", "net.ipv6.conf."])
        {
            int last = key.LastIndexOf('.');
            if (!key.StartsWith(family, StringComparison.Ordinal) || last <= family.Length)
                continue;
            string card = key[family.Length..last];
            string? known = key[(last + 1)..] switch
            {
                "rp_filter" when value is "0" or "1" or "2" => "rp-filter",
                "forwarding" => "forwarding",
                "disable_ipv6" => "disable-ipv6",
                "ignore_routes_with_linkdown" => "ignore-routes-with-linkdown",
                "proxy_arp" => "proxy-arp",
                _ => null,
            };
            if (card is "all" or "default" || known is null || value is not ("0" or "1" or "2"))
                break;
            book.Card(card, origin).Sysctl[known] = known == "rp-filter" ? value : value == "0" ? "false" : "true";
            return;
        }

        book.Note(origin, $"not carried over: sysctl {key} = {value}");
    }

    private int? Number(string text, string what, Origin origin)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return number;
        book.Note(origin, $"the {what} '{text}' is no number: not carried over");
        return null;
    }

    /// <summary>The words of a command, taken one by one.</summary>
    private sealed class Words(IReadOnlyList<string> words)
    {
        private int _next;

        internal bool Has => _next < words.Count;

        internal string Peek => words[_next];

        internal string Next() => words[_next++];

        internal string[] Rest() => [.. words.Skip(_next)];
    }
}
