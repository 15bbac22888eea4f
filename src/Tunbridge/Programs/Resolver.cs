// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Configuration;

namespace Tunbridge.Programs;

/// <summary>Who is told of a card's name servers on this host: systemd-resolved, or resolvconf.</summary>
internal sealed class Resolver
{
    // The directories of Debian's resolvconf, where each interface has a file.
    private static readonly string[] s_records = ["/run/resolvconf/interface", "/run/resolvconf/interfaces"];

    private readonly string _program;
    private readonly bool _isResolved;

    private Resolver(string program, bool isResolved)
    {
        _program = program;
        _isResolved = isResolved;
    }

    /// <summary>Its name, for messages and records.</summary>
    internal string Name => _isResolved ? "resolvectl" : "resolvconf";

    /// <summary>The one of this host; null when there is none.</summary>
    internal static Resolver? Find()
    {
        // The directory is there while the service runs.
        if (Directory.Exists("/run/systemd/resolve") && ProgramRun.Find("resolvectl") is string resolvectl)
            return new(resolvectl, isResolved: true);
        return ProgramRun.Find("resolvconf") is string resolvconf &&
            // The package of systemd-resolved puts a link there, which needs its service.
            Path.GetFileName(File.ResolveLinkTarget(resolvconf, returnFinalTarget: true)?.FullName ?? resolvconf) != "resolvectl"
            ? new(resolvconf, isResolved: false)
            : null;
    }

    /// <summary>The commands that tell it, as <c>--dry-run</c> shows them.</summary>
    internal string ShowTell(string card, DeviceDns dns) => _isResolved
        ? string.Join("; ", TellCommands(card, dns).Select(c => LaunchRequest.Show(["resolvectl", .. c])))
        : $"resolvconf -a {Key(card)}";

    /// <summary>The command that has it forget.</summary>
    internal string ShowForget(string card) => _isResolved ? $"resolvectl revert {card}" : $"resolvconf -d {Key(card)}";

    /// <summary>Tells it a card's servers and domains, in the place of those before.</summary>
    internal void Tell(string card, DeviceDns dns)
    {
        if (!_isResolved)
        {
            Run(["-a", Key(card)], TextOf(dns));
            return;
        }

        foreach (string[] command in TellCommands(card, dns))
            Run(command);
    }

    /// <summary>Has it forget a card.</summary>
    internal void Forget(string card)
    {
        if (_isResolved)
            Run(["revert", card]);
        else
            Run(["-d", Key(card)]);
    }

    /// <summary>What it knows of a card; null for nothing.</summary>
    internal DeviceDns? Read(string card)
    {
        if (_isResolved)
        {
            return Of(AfterColon(ProgramRun.Tool(_program, ["dns", card])), AfterColon(ProgramRun.Tool(_program, ["domain", card])));
        }

        if (s_records.FirstOrDefault(Directory.Exists) is string directory)
        {
            string path = Path.Combine(directory, Key(card));
            return File.Exists(path) ? Parse(File.ReadAllLines(path)) : null;
        }

        (int exitCode, string text) = ProgramRun.Tool(_program, ["-l", Key(card)]);
        return exitCode == 0 ? Parse(text.Split('\n')) : null;
    }

    private static string Key(string card) => $"{card}.tunbridge";

    private static string[][] TellCommands(string card, DeviceDns dns) =>
    [
        // An empty text clears the list.
        ["dns", card, .. dns.Servers.Count > 0 ? dns.Servers.Select(s => s.ToString()) : [""]],
        ["domain", card, .. dns.Search.Count > 0 ? dns.Search : [""]],
    ];

    private static string TextOf(DeviceDns dns) =>
        string.Concat(dns.Servers.Select(s => $"nameserver {s}\n")) +
        (dns.Search.Count > 0 ? $"search {string.Join(' ', dns.Search)}\n" : "");

    private static DeviceDns? Parse(IEnumerable<string> lines)
    {
        List<string> servers = [], search = [];
        foreach (string[] words in lines.Select(l => l.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 1))
        {
            if (words[0] == "nameserver")
                servers.Add(words[1]);
            else if (words[0] is "search" or "domain")
                search.AddRange(words[1..]);
        }

        return Of(servers, search);
    }

    private static DeviceDns? Of(IReadOnlyList<string> servers, IReadOnlyList<string> search)
    {
        List<IPAddress> addresses = [];
        foreach (string server in servers)
        {
            if (IPAddress.TryParse(server, out IPAddress? address))
                addresses.Add(address);
        }

        return addresses.Count + search.Count == 0 ? null : new() { Servers = addresses, Search = search };
    }

    // "Link 3 (tap0): 192.0.2.53 192.0.2.54"
    private static string[] AfterColon((int ExitCode, string Output) answer)
    {
        int colon = answer.Output.IndexOf("): ", StringComparison.Ordinal);
        return answer.ExitCode == 0 && colon > 0
            ? answer.Output[(colon + 3)..].Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            : [];
    }

    private void Run(string[] arguments, string input = "")
    {
        (int exitCode, string output) = ProgramRun.Tool(_program, arguments, input);
        if (exitCode != 0)
        {
            throw new IOException(
                $"`{LaunchRequest.Show([Name, .. arguments])}` ended with code {exitCode}: {output.Trim().Split('\n')[^1]}");
        }
    }
}
