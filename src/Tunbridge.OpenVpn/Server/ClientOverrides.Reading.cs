// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Server;

/// <content>Reads a client's own directives.</content>
public sealed partial record ClientOverrides
{
    private const int MaximumEntries = 4096;

    /// <summary>Reads a client's file, or what a script has written for it. Only what is a client's own takes effect; everything else is a problem.</summary>
    /// <param name="before">What held so far: <see cref="None"/>, or what the client's file said.</param>
    /// <param name="file">The text's name, for messages.</param>
    /// <param name="text">The lines.</param>
    /// <param name="open">Gives the text of a file that <c>config</c> names; null when it cannot be read.</param>
    /// <param name="problems">Gets what is wrong, with its line; the rest holds nevertheless.</param>
    /// <returns>What holds now.</returns>
    public static ClientOverrides Read(ClientOverrides before, string file, string text, Func<string, string?> open,
        ICollection<DirectiveProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(problems);
        using DirectiveReader reader = new(path => open(path) is { } more ? new SecretBytes(Encoding.UTF8.GetBytes(more)) : null);
        reader.Read(file, text);
        foreach (DirectiveProblem problem in reader.Problems)
            problems.Add(problem);
        ClientOverrides made = before;
        foreach (Directive directive in reader.Directives)
        {
            ClientOverrides? changed = made.Apply(directive, out string problem);
            if (changed is null)
                problems.Add(new() { IsError = true, File = directive.File, Line = directive.Line, Text = problem });
            made = changed ?? made;
        }
        return made;
    }

    // Null with the reason when it cannot be.
    private ClientOverrides? Apply(Directive d, out string problem)
    {
        string[] words = [d.Name, .. d.Parameters];
        problem = d.Inline is not null || !s_names.Contains(d.Name)
            ? $"option '{d.Name}' cannot be used in this context"
            : $"{d.Name}: missing, extra or wrong parameter(s)";
        if (d.Inline is not null)
            return null;
        switch (words)
        {
            case ["push", _, ..]:
                string option = words.Length == 2 ? words[1] : OptionText.Join(words[1], words[2..]);
                problem = $"push: {OptionText.Problem(option) ?? "too many options"}";
                return OptionText.Problem(option) is null && Push.Count < MaximumEntries ? this with { Push = [.. Push, option] } : null;
            case ["push-reset"]:
                return this with { ResetsPush = true, Push = [] };
            case ["push-remove", _, ..]:
                string removed = string.Join(' ', words[1..]);
                return RemovedPush.Count >= MaximumEntries ? null : this with
                {
                    RemovedPush = [.. RemovedPush, removed],
                    Push = [.. Push.Where(o => !o.StartsWith(removed, StringComparison.Ordinal))],
                };
            case ["iroute", var network] when NetworkText.TryV4(network, out IPAddress address):
                return WithNetwork(new IPNetwork(address, 32));
            case ["iroute", var network, var mask] when NetworkText.TryV4(network, out IPAddress address) && NetworkText.TryMask(mask, out int bits):
                return WithNetwork(NetworkText.NetworkOf(address, bits));
            case ["iroute-ipv6", var network] when NetworkText.TryPrefixV6(network, needsBits: false, out IPAddress address, out int bits):
                return WithNetwork(NetworkText.NetworkOf(address, bits));
            case ["ifconfig-push", var local, var beside, .. { Length: < 2 }]
                when NetworkText.TryV4(local, out IPAddress address) && NetworkText.TryV4(beside, out IPAddress other):
                return this with { Address = address, MaskOrPeer = other };
            case ["ifconfig-ipv6-push", var local, .. var rest] when rest.Length < 2 && NetworkText.TryPrefixV6(local, needsBits: true, out IPAddress address, out int bits):
                IPAddress? peer = null;
                if (rest.Length == 1 && !NetworkText.TryV6(rest[0], out peer))
                    return null;
                return this with { AddressV6 = new() { Address = address, PrefixLength = bits, Peer = peer } };
            case ["disable"]:
                return this with { IsDisabled = true };
            case ["data-ciphers" or "ncp-ciphers", var list]:
                List<string> names = [.. list.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(n => DataCipher.Find(n.TrimStart('?'))?.Name).OfType<string>()];
                problem = $"{d.Name}: none of these ciphers is offered here";
                return names.Count == 0 ? null : this with { DataCiphers = names };
            case ["cipher" or "data-ciphers-fallback", var name]:
                problem = $"{d.Name} {name}: it is weak or not offered here";
                return DataCipher.Find(name) is { } cipher ? this with { FallbackCipher = cipher.Name } : null;
            case ["compress" or "comp-lzo", ..]:
                return ApplyFraming(words, ref problem);
            case ["max-routes-per-client", var count] when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int most):
                return this with { MaximumRoutes = most };
            case ["inactive", var time, .. var rest] when rest.Length < 2 && Seconds(time) is { } inactive:
                long bytes = 0;
                return rest.Length == 1 && !long.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out bytes)
                    ? null : this with { Inactive = inactive, InactiveBytes = bytes };
            case ["session-timeout", var time] when Seconds(time) is { } timeout:
                return this with { SessionTimeout = timeout };
            case ["ping", var time] when Seconds(time) is { } ping:
                return this with { Ping = ping };
            case ["ping-restart", var time] when Seconds(time) is { } restart:
                return this with { PingRestart = restart, PingExit = null };
            case ["ping-exit", var time] when Seconds(time) is { } exit:
                return this with { PingExit = exit, PingRestart = null };
            case ["ping-timer-rem" or "comp-noadapt"] or ["echo" or "socket-flags" or "bind-dev" or "vlan-pvid", ..]:
                return this;        // nothing that a client's session would do otherwise
            case ["auth-token" or "auth-token-user", var token] when OptionText.Problem(token) is null:
                return this with { Push = [.. Push, OptionText.Join(d.Name, [token])] };
            default:
                return null;
        }
    }

    private static readonly HashSet<string> s_names =
    [
        "push", "push-reset", "push-remove", "iroute", "iroute-ipv6", "ifconfig-push", "ifconfig-ipv6-push", "disable", "data-ciphers", "ncp-ciphers",
        "cipher", "data-ciphers-fallback", "compress", "comp-lzo", "comp-noadapt", "max-routes-per-client", "inactive", "session-timeout", "ping",
        "ping-restart", "ping-exit", "ping-timer-rem", "auth-token", "auth-token-user",
    ];

    private ClientOverrides? WithNetwork(IPNetwork network) =>
        Networks.Count >= MaximumEntries ? null : this with { Networks = [.. Networks, network] };

    private ClientOverrides? ApplyFraming(string[] words, ref string problem)
    {
        PayloadFraming? framing = words switch
        {
            ["compress"] or ["compress", "stub"] => PayloadFraming.Swap,
            ["compress", "stub-v2"] => PayloadFraming.StubV2,
            ["comp-lzo"] or ["comp-lzo", _] => PayloadFraming.Lzo,
            _ => null,
        };
        problem = $"{string.Join(' ', words)}: compression is not offered; use 'compress stub-v2' or remove it";
        return framing is null ? null : this with { Framing = framing };
    }

    private static TimeSpan? Seconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds) : null;
}
