// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Client;

/// <summary>Reads options one by one and puts them together at the end, when the topology is known.</summary>
internal sealed partial class OptionReader(TunnelConfiguration configuration)
{
    private const string Context = "[PUSH-OPTIONS]";
    private const int MaximumEntries = 4096;

    // Accepted when pushed, beside those that do something here: they have no meaning on this system, or for this program.
    private static readonly HashSet<string> s_withoutEffect =
    [
        "ifconfig-nowarn", "lladdr", "max-routes", "route-delay", "route-method", "route-ipv6-gateway", "client-nat", "ip-win32", "tap-sleep",
        "dhcp-renew", "dhcp-release", "dhcp-pre-release", "register-dns", "block-outside-dns", "shaper", "persist-tun", "persist-key", "verb", "mute",
        "echo", "parameter", "comp-noadapt", "push-continuation", "tun-ipv6", "ifconfig-noexec", "bind-dev", "ping-timer-rem",
    ];

    // The session's own (Session.Messages); here only when they were wrong there.
    private static readonly HashSet<string> s_ofSession =
    [
        "inactive", "session-timeout", "ping", "ping-exit", "ping-restart", "comp-lzo", "compress", "auth-token", "auth-token-user", "peer-id",
        "cipher", "key-derivation", "protocol-flags",
    ];

    private static readonly HashSet<string> s_routes = ["route", "route-ipv6", "route-metric", "redirect-gateway", "redirect-private", "block-ipv6", "client-nat"];

    private static readonly HashSet<string> s_names = ["dhcp-option", "dns", "block-outside-dns", "register-dns"];

    private readonly List<string> _problems = [];
    private readonly SortedSet<string> _imports = [];
    private readonly List<string[]> _routeWords = [];
    private readonly List<KeyValuePair<string, string>> _environment = [];
    private PulledOptions _made = new() { Topology = configuration.Topology };
    private (string Local, string Beside)? _ifconfig;
    private int? _metric;
    private IPAddress? _gateway;
    private bool _hasGatewayFromDhcp;
    private string _digest = "";
    private int _number;
    private bool _isOwn;

    internal string? FirstProblem => _problems.Count > 0 ? _problems[0] : null;

    internal void ReadOwn(string option)
    {
        _isOwn = true;
        if (!LineWords.TrySplit(option, out List<string> words, out string problem))
            _problems.Add(problem);
        else if (words.Count > 0 && !TryApply([.. words]))
            _problems.Add($"{words[0]}: missing, extra or wrong parameter(s) in '{option}'");
    }

    internal void ReadPushed(IReadOnlyList<string> options)
    {
        _isOwn = false;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string option in options.Take(MaximumEntries))
        {
            _number++;
            hash.AppendData(Encoding.UTF8.GetBytes(option + "\n"));
            ReadPushed(option.Trim());
        }
        _digest = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal PulledOptions Finish()
    {
        FinishAddress();
        PulledOptions made = _made with { Gateway = _gateway ?? _made.Address?.Peer };
        return made with
        {
            Routes = [.. _routeWords.Select(w => Route(w, made.Gateway)).OfType<PulledRoute>()],
            Dns = FinishDns(),
            DhcpOptions = FinishDhcpOptions(),
            Environment = _environment,
            Problems = _problems,
            Imports = [.. _imports],
            Digest = _digest,
        };
    }

    private void ReadPushed(string option)
    {
        if (option.Length == 0)
            return;
        PullFilter? filter = configuration.Client.Filters.FirstOrDefault(f => option.StartsWith(f.Prefix, StringComparison.Ordinal));
        if (filter?.Action == PullFilterAction.Ignore)
            return;
        if (filter?.Action == PullFilterAction.Reject)
        {
            _made = _made with { Refusal = _made.Refusal ?? $"Pushed option rejected by filter: '{option}'. Restarting." };
            return;
        }
        if (option.Any(char.IsControl) || !LineWords.TrySplit(option, out List<string> words, out _) || words.Count == 0)
        {
            Unrecognized(option.Split(' ')[0]);
            return;
        }
        string name = words[0];
        bool isKnown = DirectiveTable.TryFind(name, out _) || s_withoutEffect.Contains(name) || s_ofSession.Contains(name);
        if (configuration.Client.RefusesRoutes && (s_routes.Contains(name) || s_names.Contains(name)))
            Misplaced(name);
        else if (s_withoutEffect.Contains(name))
            return;
        else if (s_ofSession.Contains(name))
            Unrecognized(name);
        else if (!TryApply([.. words]))
        {
            if (s_applied.Contains(name) || !isKnown)
                Unrecognized(name);
            else
                Misplaced(name);
        }
        else if (ImportOf(name) is { } import)
            _imports.Add($"OPTIONS IMPORT: {import}");
    }

    // A name of the server's choosing goes into the log: cut, and without what could move a terminal's cursor.
    private static string Shown(string name)
    {
        string cut = name.Length > 64 ? name[..64] : name;
        return string.Create(cut.Length, cut, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '_' : source[i];
        });
    }

    private void Unrecognized(string name) =>
        _problems.Add($"Options error: Unrecognized option or missing or extra parameter(s) in {Context}:{_number}: {Shown(name)} (2.6.14)");

    private void Misplaced(string name) => _problems.Add($"Options error: option '{Shown(name)}' cannot be used in this context ({Context})");

    private static string? ImportOf(string name) => name switch
    {
        "ifconfig" or "ifconfig-ipv6" or "topology" => "--ifconfig/up options modified",
        "route" or "route-ipv6" or "redirect-gateway" or "redirect-private" or "block-ipv6" => "route options modified",
        "route-gateway" or "route-metric" => "route-related options modified",
        "dhcp-option" or "dns" => "--ip-win32 and/or --dhcp-option options modified",
        "tun-mtu" => "tun-mtu modified",
        "explicit-exit-notify" => "explicit notify parm(s) modified",
        "sndbuf" or "rcvbuf" => "--sndbuf/--rcvbuf options modified",
        "socket-flags" => "--socket-flags option modified",
        "setenv-safe" => "environment modified",
        _ => null,
    };

    private static readonly HashSet<string> s_applied =
    [
        "topology", "ifconfig", "ifconfig-ipv6", "route-gateway", "route-metric", "route", "route-ipv6", "redirect-gateway", "redirect-private",
        "block-ipv6", "dhcp-option", "dns", "tun-mtu", "explicit-exit-notify", "socket-flags", "sndbuf", "rcvbuf", "setenv-safe",
    ];

    // The only place where an option does anything.
    private bool TryApply(string[] words)
    {
        switch (words)
        {
            case ["topology", "net30" or "p2p" or "subnet"]:
                _made = _made with { Topology = words[1] switch { "net30" => Topology.Net30, "p2p" => Topology.PointToPoint, _ => Topology.Subnet } };
                return true;
            case ["ifconfig", var local, var beside] when NetworkText.TryV4(local, out _) && NetworkText.TryV4(beside, out _):
                _ifconfig = (local, beside);
                return true;
            case ["ifconfig-ipv6", var local, .. var rest] when rest.Length < 2:
                return TryAddressV6(local, rest);
            case ["route-gateway", "dhcp"]:
                _hasGatewayFromDhcp = true;
                return true;
            case ["route-gateway", var text, ..] when NetworkText.TryV4(text, out IPAddress gateway):
                _gateway = gateway;
                return true;
            case ["route-metric", var text] when TryNumber(text, 0, int.MaxValue, out int metric):
                _metric = metric;
                return true;
            case ["route" or "route-ipv6", _, ..]:
                return TryAddRoute(words);
            case ["redirect-gateway" or "redirect-private", .. var flags]:
                return TryRedirect(flags, words[0] == "redirect-private");
            case ["block-ipv6"]:
                _made = _made with { BlocksIPv6 = true };
                return true;
            case ["dhcp-option", var kind, .. var values]:
                return TryDhcpOption(kind, values);
            case ["dns", .. var rest]:
                return TryDns(rest);
            case ["tun-mtu", var text, ..] when TryNumber(text, 100, 65535, out int mtu):
                _made = _made with { Mtu = mtu };
                return true;
            case ["explicit-exit-notify", .. var rest] when rest.Length < 2:
                int notices = 1;
                if (rest.Length == 1 && !TryNumber(rest[0], 0, 100, out notices))
                    return false;
                _made = _made with { ExitNotices = notices };
                return true;
            case ["socket-flags", .. var flags]:
                _made = _made with { HasNoDelay = _made.HasNoDelay || flags.Contains("TCP_NODELAY") };
                return true;
            case ["sndbuf", var text] when TryNumber(text, 0, int.MaxValue, out int size):
                _made = _made with { SendBuffer = size };
                return true;
            case ["rcvbuf", var text] when TryNumber(text, 0, int.MaxValue, out int size):
                _made = _made with { ReceiveBuffer = size };
                return true;
            case ["setenv-safe", var name, .. var rest] when rest.Length < 2 && IsVariable(name):
                _environment.Add(new($"OPENVPN_{name}", rest.Length == 1 ? rest[0] : ""));
                return true;
            default:
                return false;
        }
    }

    private bool TryAddressV6(string local, string[] rest)
    {
        IPAddress? peer = null;
        if (!NetworkText.TryPrefixV6(local, needsBits: true, out IPAddress address, out int bits) || (rest.Length == 1 && !NetworkText.TryV6(rest[0], out peer)))
            return false;
        _made = _made with { AddressV6 = new() { Address = address, PrefixLength = bits, Peer = peer } };
        return true;
    }

    private void FinishAddress()
    {
        if (_ifconfig is not { } words || !NetworkText.TryV4(words.Local, out IPAddress local) || !NetworkText.TryV4(words.Beside, out IPAddress beside))
            return;
        // A server that forgets to push its topology pushes a mask all the same: no other end has such an address.
        bool isMask = NetworkText.TryMask(words.Beside, out int bits) && bits >= 8;
        bool isNetwork = configuration.IsTap || _made.Topology == Topology.Subnet || isMask;
        if (isNetwork && !isMask && !NetworkText.TryMask(words.Beside, out bits))
        {
            _problems.Add($"ifconfig {words.Local} {words.Beside}: with this topology the second is a mask, such as 255.255.255.0");
            return;
        }
        _made = _made with
        {
            Topology = !configuration.IsTap && isMask ? Topology.Subnet : _made.Topology,
            Address = new() { Address = local, PrefixLength = isNetwork ? bits : 32, Peer = isNetwork ? null : beside },
        };
    }

    private static bool IsVariable(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool TryNumber(string text, int least, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
