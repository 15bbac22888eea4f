// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;

namespace Tunbridge.Interop.Tests.Rekey;

/// <summary>A tunnel whose keys are made anew every three seconds, with traffic and a token in the password's place.</summary>
internal sealed record RekeyRun
{
    /// <summary>How often keys are made anew: ten passes key id 7, after which 1 comes.</summary>
    internal static int Count => Long.IsOn ? 40 : 10;

    internal required string Wrap { get; init; }

    internal required TunnelProgram Server { get; init; }

    internal required TunnelProgram Client { get; init; }

    /// <summary>Who begins.</summary>
    internal required bool IsServerFirst { get; init; }

    internal int Lost => Missing.Count;

    internal IReadOnlyList<int> Missing { get; private set; } = [];

    internal int Sent { get; private set; }

    internal string? Mistake { get; private set; }

    internal string Logs { get; private set; } = "";

    internal bool IsReference => Server == Client;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using TwoHosts hosts = new();
        try
        {
            await RunAsync(hosts, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Mistake = $"{this}: {e.Message}\n{hosts.Logs()}";
        }
    }

    public override string ToString() =>
        $"{Wrap}, server {Server.Name}, client {Client.Name}, {(IsServerFirst ? "server" : "client")} begins: {Sent} sent, {Lost} lost{(Lost > 0 ? $": {string.Join(' ', Missing)}" : "")}";

    private async Task RunAsync(TwoHosts hosts, CancellationToken cancellationToken)
    {
        InteropCase @case = new()
        {
            Protocol = "udp4",
            Wrap = Wrap,
            Cipher = "AES-256-GCM",
            Layout = "subnet",
            Tls = "tls1.3",
            Login = "cert+password",
            Role = "server",
        };
        CaseFiles.Write(
            hosts, @case, $"auth-gen-token 0 120\nreneg-sec {(IsServerFirst ? 3 : 3600)}\n", $"reneg-sec {(IsServerFirst ? 3600 : 3)}\n");
        TunnelProcess server = hosts.StartServer(Server);
        await Patience.UntilAsync(() => server.HasSaid("Initialization Sequence Completed"), "the server", cancellationToken);
        TunnelProcess client = hosts.StartClient(Client);
        await Patience.UntilAsync(() => client.HasSaid("Initialization Sequence Completed"), "the connection", cancellationToken);
        // What waited for the other side's first packet does not count.
        await Patience.UntilAsync(() => hosts.Client.Exec("ping", "-c", "1", "-W", "1", CaseFiles.Inner4).ExitCode == 0, "a ping", cancellationToken);
        await using EchoStream stream = new(hosts.Client, hosts.Server, CaseFiles.Inner4);
        await Patience.UntilAsync(() => stream.Back > 0, "an echo", cancellationToken);
        await Patience.UntilAsync(
            () => Handshakes(server) > Count && Handshakes(client) > Count, $"{Count} new keys", cancellationToken, Patience.Long + TimeSpan.FromSeconds(Count * 12));
        // Until the last ones are in use, too.
        int sent = stream.Sent;
        await Patience.UntilAsync(() => stream.Sent > sent + 100, "traffic", cancellationToken);
        await stream.StopAsync(cancellationToken);
        (Sent, Missing, Logs) = (stream.Sent, stream.Missing, hosts.Logs());
        Assert.Equal(1, client.Count("Initialization Sequence Completed"));
        // The script has seen the password once; then the token has done.
        Assert.Equal(1, CaseFiles.Logins(hosts));
        foreach (TunnelProcess process in (TunnelProcess[])[server, client])
        {
            Assert.DoesNotMatch(new Regex("handshake failed|decrypt error|AUTH_FAILED", RegexOptions.IgnoreCase), process.Log);
            Assert.DoesNotContain("SESS_ID_AT_", process.Log, StringComparison.Ordinal);
        }
    }

    private static int Handshakes(TunnelProcess process) => process.Count("Control Channel: TLSv1.3");
}
