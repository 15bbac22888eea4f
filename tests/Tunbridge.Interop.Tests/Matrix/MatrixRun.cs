// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Matrix;

/// <summary>One case, from the first packet to a clean end.</summary>
internal sealed class MatrixRun : IDisposable
{
    private readonly InteropCase _case;
    private readonly TunnelProgram _serverProgram;
    private readonly TunnelProgram _clientProgram;
    private readonly TwoHosts _hosts = new();
    private string _stage = "files";

    private MatrixRun(InteropCase @case, TunnelProgram server, TunnelProgram client)
    {
        _case = @case;
        _serverProgram = server;
        _clientProgram = client;
    }

    /// <summary>Runs a case: ours in its role, the other program on the other side.</summary>
    internal static Task RunAsync(InteropCase @case, TunnelProgram other, CancellationToken cancellationToken) =>
        @case.Role == "server"
            ? RunAsync(@case, TunnelProgram.Ours, other, cancellationToken)
            : RunAsync(@case, other, TunnelProgram.Ours, cancellationToken);

    internal static async Task RunAsync(InteropCase @case, TunnelProgram server, TunnelProgram client, CancellationToken cancellationToken)
    {
        using MatrixRun run = new(@case, server, client);
        long began = Stopwatch.GetTimestamp();
        try
        {
            await run.RunAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"{@case}: {run._stage}, after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s: {e.Message}\n{run._hosts.Logs()}");
        }
    }

    public void Dispose() => _hosts.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        CaseFiles.Write(_hosts, _case);
        _stage = "the server's start";
        TunnelProcess server = _hosts.StartServer(_serverProgram);
        await Completed(server, cancellationToken);
        _stage = "the handshake";
        TunnelProcess client = _hosts.StartClient(_clientProgram);
        await Completed(client, cancellationToken);

        _stage = "ping";
        (string v4, string v6) = _hosts.ClientAddresses();
        Ping(_hosts.Client, CaseFiles.Inner4);
        Ping(_hosts.Client, CaseFiles.Inner6);
        Ping(_hosts.Server, v4);
        Ping(_hosts.Server, v6);

        _stage = "10 MB each way";
        await Task.WhenAll(
            Transfer.DownAsync(_hosts.Server, _hosts.Client, CaseFiles.Inner4, cancellationToken),
            Transfer.UpAsync(_hosts.Client, _hosts.Server, CaseFiles.Inner6, cancellationToken));

        _stage = "what was agreed on";
        Agreed(server, client);

        _stage = "the client's end";
        Assert.Equal(0, await Stopped(client, cancellationToken));
        // Over UDP the client says so: in a message of the control channel since 2.6, before that in the data channel.
        string[] ends = _case.IsTcp ? ["connection-reset"] : ["exit message received by peer", "remote-exit"];
        await Patience.UntilAsync(() => ends.Any(server.HasSaid), $"'{ends[0]}' in the server's log", cancellationToken);
        _stage = "the server's end";
        Assert.Equal(0, await Stopped(server, cancellationToken));
        Assert.Empty(TwoHosts.Cards(_hosts.Client));
        Assert.Empty(TwoHosts.Cards(_hosts.Server));
    }

    private static async Task Completed(TunnelProcess process, CancellationToken cancellationToken)
    {
        await Patience.UntilAsync(
            () => process.HasSaid("Initialization Sequence Completed") || process.HasEnded, "Initialization Sequence Completed", cancellationToken);
        Assert.False(process.HasEnded, "it has ended");
    }

    private static async Task<int> Stopped(TunnelProcess process, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Patience.Long);
        return await process.StopAsync(end.Token);
    }

    private static void Ping(TestNamespace from, string address)
    {
        CommandResult result = from.Exec("ping", "-c", "3", "-i", "0.1", "-W", "30", address);
        // One answer will do: after the first, ping waits for others no longer than two round trips.
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private void Agreed(TunnelProcess server, TunnelProcess client)
    {
        // openvpn 2.7 agrees on epochs with every authenticated cipher, 2.6 does not know them.
        bool hasEpochs = (_serverProgram == TunnelProgram.Newer || _clientProgram == TunnelProgram.Newer) && !_case.Cipher.EndsWith("CBC", StringComparison.Ordinal);
        foreach (TunnelProcess process in (TunnelProcess[])[server, client])
        {
            string log = process.Log;
            Assert.Equal(hasEpochs, log.Contains("dyn-tls-crypt aead-epoch", StringComparison.Ordinal));
            Assert.Contains($"Control Channel: TLSv{_case.TlsVersion}", log, StringComparison.Ordinal);
            Assert.Contains($"cipher '{_case.Cipher}'", log, StringComparison.Ordinal);
            Assert.DoesNotContain(CaseFiles.Password, log, StringComparison.Ordinal);
            foreach (string mistake in (string[])["is used inconsistently", "Decrypt error", "decryption failed", "HMAC authentication failed", "bad source address", "Bad compression"])
                Assert.DoesNotContain(mistake, log, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(_case.HasPassword ? 1 : 0, CaseFiles.Logins(_hosts));
    }
}
