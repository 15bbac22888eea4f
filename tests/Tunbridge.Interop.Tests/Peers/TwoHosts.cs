// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Peers;

/// <summary>
/// Two hosts with a cable between them, and a folder.
/// <code>
/// client: 10.99.0.2, fd99::2 ── v1 ═══ v0 ── 10.99.0.1, fd99::1 :server
/// </code>
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    internal const string Server4 = "10.99.0.1", Client4 = "10.99.0.2", Server6 = "fd99::1", Client6 = "fd99::2";

    private readonly List<TunnelProcess> _processes = [];

    internal TwoHosts()
    {
        Server.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.Links.CreateVeth("v0", "v1", peer: new LinkChange { Namespace = Client.Namespace });
        });
        Prepare(Server, "v0", Server4, Server6);
        Prepare(Client, "v1", Client4, Client6);
    }

    internal TestNamespace Server { get; } = new();

    internal TestNamespace Client { get; } = new();

    internal string Folder { get; } = Directory.CreateTempSubdirectory("tunbridge-interop").FullName;

    internal string At(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file that nobody else can read, since openvpn warns of others.</summary>
    internal string Write(string name, string text, bool isProgram = false)
    {
        string path = At(name);
        File.WriteAllText(path, text);
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | (isProgram ? UnixFileMode.UserExecute : 0));
        return path;
    }

    internal TunnelProcess StartServer(TunnelProgram program) => Start(Server, program, "server.conf");

    internal TunnelProcess StartClient(TunnelProgram program) => Start(Client, program, "client.ovpn");

    /// <summary>The addresses of the tunnel's card at the client, IPv4 and IPv6.</summary>
    internal (string V4, string V6) ClientAddresses()
    {
        string text = Client.Ip("-o addr show scope global");
        return (Address(text, @" t[unap]+\d+ +inet ([0-9.]+)"), Address(text, @" t[unap]+\d+ +inet6 ([0-9a-f:]+)"));
    }

    /// <summary>The cards that tunnels have left in a namespace, as `ip` shows them.</summary>
    internal static IEnumerable<string> Cards(TestNamespace space) =>
        space.Ip("-o link show").Split('\n').Where(l => Regex.IsMatch(l, @"^\d+: t(un|ap)\d+[:@]"));

    /// <summary>All that was said, for a failure.</summary>
    internal string Logs() => string.Join('\n', _processes.Select(p => $"--- {p.Program.Name}{(p.HasEnded ? ", ended" : "")}\n{p.Log}"));

    public void Dispose()
    {
        foreach (TunnelProcess process in _processes)
            process.Dispose();
        Server.Dispose();
        Client.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private TunnelProcess Start(TestNamespace space, TunnelProgram program, string file)
    {
        TunnelProcess process = new(space, program, At(file));
        _processes.Add(process);
        return process;
    }

    private static void Prepare(TestNamespace space, string card, string v4, string v6)
    {
        // A tap would wait a second for others with its address, and there are none.
        space.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/accept_dad", "0"));
        space.Ip($"addr add {v4}/24 dev {card}");
        space.Ip($"addr add {v6}/64 dev {card} nodad");
        space.Ip($"link set {card} up");
    }

    private static string Address(string text, string pattern) =>
        Regex.Match(text, pattern) is { Success: true } match ? match.Groups[1].Value : "";
}
