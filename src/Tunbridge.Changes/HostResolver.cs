// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Changes;

/// <summary>Who is told of a card's name servers on this host: systemd-resolved, or resolvconf.</summary>
/// <remarks>Immutable. Tools run in the calling thread's namespace, but the resolver is the host's.</remarks>
public sealed class HostResolver
{
    // The directories of Debian's resolvconf, where each interface has a file.
    private static readonly string[] s_records = ["/run/resolvconf/interface", "/run/resolvconf/interfaces"];

    private static readonly string[] s_none = [""];

    private readonly string _program;
    private readonly bool _isResolved;

    private HostResolver(string program, bool isResolved)
    {
        _program = program;
        _isResolved = isResolved;
    }

    /// <summary>Its name, for messages and records.</summary>
    public string Name => _isResolved ? "resolvectl" : "resolvconf";

    /// <summary>The one of this host; null when there is none.</summary>
    public static HostResolver? Find()
    {
        // The directory is there while the service runs.
        if (Directory.Exists("/run/systemd/resolve") && SystemTool.Find("resolvectl") is string resolvectl)
            return new(resolvectl, isResolved: true);
        return SystemTool.Find("resolvconf") is string resolvconf &&
            // The package of systemd-resolved puts a link there, which needs its service.
            Path.GetFileName(File.ResolveLinkTarget(resolvconf, returnFinalTarget: true)?.FullName ?? resolvconf) != "resolvectl"
            ? new(resolvconf, isResolved: false)
            : null;
    }

    /// <summary>A resolver by its program, for those that know where it is.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="isResolved">It understands resolvectl's commands; else resolvconf's.</param>
    public static HostResolver At(string program, bool isResolved) => new(program, isResolved);

    /// <summary>The commands that tell it, as <c>--dry-run</c> shows them.</summary>
    /// <param name="card">The card.</param>
    /// <param name="dns">Its servers and domains.</param>
    public string ShowTell(string card, ResolverEntry dns) => _isResolved
        ? string.Join("; ", TellCommands(card, dns).Select(c => SystemTool.Show(["resolvectl", .. c])))
        : $"resolvconf -a {Key(card)}";

    /// <summary>The command that has it forget.</summary>
    /// <param name="card">The card.</param>
    public string ShowForget(string card) => _isResolved ? $"resolvectl revert {card}" : $"resolvconf -d {Key(card)}";

    /// <summary>Tells it a card's servers and domains, in the place of those before.</summary>
    /// <param name="card">The card.</param>
    /// <param name="dns">Its servers and domains.</param>
    /// <exception cref="IOException">It refused, or does not answer.</exception>
    public void Tell(string card, ResolverEntry dns)
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
    /// <param name="card">The card.</param>
    /// <exception cref="IOException">It refused, or does not answer.</exception>
    public void Forget(string card)
    {
        if (_isResolved)
            Run(["revert", card]);
        else
            Run(["-d", Key(card)]);
    }

    /// <summary>What it knows of a card; null for nothing.</summary>
    /// <param name="card">The card.</param>
    public ResolverEntry? Read(string card)
    {
        if (_isResolved)
        {
            return Of(AfterColon(["dns", card]), AfterColon(["domain", card]));
        }

        if (s_records.FirstOrDefault(Directory.Exists) is string directory)
        {
            string path = Path.Combine(directory, Key(card));
            return File.Exists(path) ? Parse(File.ReadAllLines(path)) : null;
        }

        return SystemTool.Run(_program, ["-l", Key(card)], "", out string text) == 0 ? Parse(text.Split('\n')) : null;
    }

    private static string Key(string card) => $"{card}.tunbridge";

    private static string[][] TellCommands(string card, ResolverEntry dns) =>
    [
        // An empty text clears the list.
        ["dns", card, .. dns.Servers.Count > 0 ? dns.Servers.Select(s => s.ToString()) : [""]],
        ["domain", card, .. dns.Search.Count + dns.Routed.Count > 0 ? [.. dns.Search, .. dns.Routed.Select(d => "~" + d)] : s_none],
    ];

    private static string TextOf(ResolverEntry dns) =>
        string.Concat(dns.Servers.Select(s => $"nameserver {s}\n")) +
        (dns.Search.Count > 0 ? $"search {string.Join(' ', dns.Search)}\n" : "");

    private static ResolverEntry? Parse(IEnumerable<string> lines)
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

    private static ResolverEntry? Of(IReadOnlyList<string> servers, IReadOnlyList<string> search)
    {
        List<IPAddress> addresses = [];
        foreach (string server in servers)
        {
            if (IPAddress.TryParse(server, out IPAddress? address))
                addresses.Add(address);
        }

        return addresses.Count + search.Count == 0 ? null : new()
        {
            Servers = addresses,
            Search = [.. search.Where(d => !d.StartsWith('~'))],
            Routed = [.. search.Where(d => d.StartsWith('~')).Select(d => d[1..])],
        };
    }

    // "Link 3 (tap0): 192.0.2.53 192.0.2.54"
    private string[] AfterColon(string[] question)
    {
        int exitCode = SystemTool.Run(_program, question, "", out string output);
        int colon = output.IndexOf("): ", StringComparison.Ordinal);
        return exitCode == 0 && colon > 0
            ? output[(colon + 3)..].Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            : [];
    }

    private void Run(string[] arguments, string input = "")
    {
        int exitCode = SystemTool.Run(_program, arguments, input, out string output);
        if (exitCode != 0)
        {
            throw new IOException(
                $"`{SystemTool.Show([Name, .. arguments])}` ended with code {exitCode}: {output.Trim().Split('\n')[^1]}");
        }
    }
}
