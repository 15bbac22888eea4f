// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Matrix;

/// <summary>The data format with epochs against openvpn 2.7, with new keys meanwhile that either side begins.</summary>
public sealed class EpochTests
{
    private const int Rekeys = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("udp4 none AES-256-GCM subnet tls1.3 cert server", true)]
    [InlineData("udp4 tls-crypt CHACHA20-POLY1305 tap tls1.3 cert server", false)]
    [InlineData("udp4 none CHACHA20-POLY1305 subnet tls1.3 cert client", false)]
    [InlineData("udp4 tls-crypt AES-128-GCM tap tls1.3 cert client", true)]
    public async Task Epochs_WithOpenvpn27_CarryBothWaysAcrossNewKeys(string name, bool isServerFirst)
    {
        RealTool.Require("ping", "ip");
        Assert.SkipWhen(TunnelProgram.Newer.Path.Length == 0, "openvpn 2.7 could not be had; ./test fetches it from Debian unstable");
        InteropCase @case = InteropCase.Parse(name);
        using TwoHosts hosts = new();
        try
        {
            await RunAsync(hosts, @case, isServerFirst);
        }
        catch (Exception e) when (!Cancellation.IsCancellationRequested)
        {
            Assert.Fail($"{@case}: {e.Message}\n{hosts.Logs()}");
        }
    }

    private static async Task RunAsync(TwoHosts hosts, InteropCase @case, bool isServerFirst)
    {
        const string Connected = "Initialization Sequence Completed";
        CaseFiles.Write(hosts, @case, $"reneg-sec {(isServerFirst ? 5 : 3600)}\n", $"reneg-sec {(isServerFirst ? 3600 : 5)}\n");
        bool isServer = @case.Role == "server";
        TunnelProcess server = hosts.StartServer(isServer ? TunnelProgram.Ours : TunnelProgram.Newer);
        await Patience.UntilAsync(() => server.HasSaid(Connected), "the server", Cancellation);
        TunnelProcess client = hosts.StartClient(isServer ? TunnelProgram.Newer : TunnelProgram.Ours);
        await Patience.UntilAsync(() => client.HasSaid(Connected), "the connection", Cancellation);
        await Patience.UntilAsync(() => hosts.Client.Exec("ping", "-c", "1", "-W", "1", CaseFiles.Inner4).ExitCode == 0, "a ping", Cancellation);
        long began = Stopwatch.GetTimestamp();
        while (Handshakes(server) <= Rekeys || Handshakes(client) <= Rekeys)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, $"{Rekeys} new keys have not come in time");
            await Task.WhenAll(
                Transfer.DownAsync(hosts.Server, hosts.Client, CaseFiles.Inner4, Cancellation),
                Transfer.UpAsync(hosts.Client, hosts.Server, CaseFiles.Inner6, Cancellation));
        }

        foreach (TunnelProcess process in (TunnelProcess[])[server, client])
        {
            Assert.Contains("dyn-tls-crypt aead-epoch", process.Log, StringComparison.Ordinal);
            Assert.DoesNotMatch(new Regex("handshake failed|decrypt error|AUTH_FAILED", RegexOptions.IgnoreCase), process.Log);
        }

        Assert.Equal(1, client.Count(Connected));
    }

    private static int Handshakes(TunnelProcess process) => process.Count("Control Channel: TLSv1.3");
}
