// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Trouble;

/// <summary>A server and a client, connected, before something happens to them.</summary>
internal sealed class Scene : IDisposable
{
    private const string Connected = "Initialization Sequence Completed";

    private readonly TunnelProgram _serverProgram, _clientProgram;

    /// <param name="role">What ours is: client, server or both; neither for the official program on both sides.</param>
    internal Scene(string role)
    {
        RealTool.Require("openvpn", "ping", "ip");
        _serverProgram = role is "server" or "both" ? TunnelProgram.Ours : TunnelProgram.Official;
        _clientProgram = role is "client" or "both" ? TunnelProgram.Ours : TunnelProgram.Official;
        Hosts = new();
    }

    /// <summary>What ours can be; in long runs the official program with itself as well, for its times.</summary>
    public static TheoryData<string> Roles => Long.IsOn ? ["client", "server", "neither"] : ["client", "server"];

    internal TwoHosts Hosts { get; }

    internal TunnelProcess Server { get; private set; } = null!;

    internal TunnelProcess Client { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal void Write(string protocol, string moreServer = "", string moreClient = "", int remotePort = 1194) => CaseFiles.Write(
        Hosts,
        new() { Protocol = protocol, Wrap = "tls-crypt", Cipher = "AES-256-GCM", Layout = "subnet", Tls = "tls1.3", Login = "cert", Role = "client" },
        moreServer, moreClient, remotePort);

    internal void StartServer() => Server = Hosts.StartServer(_serverProgram);

    internal void StartClient() => Client = Hosts.StartClient(_clientProgram);

    internal async Task StartAsync()
    {
        await StartWithoutConnectionAsync();
        await ConnectedAgain(1);
    }

    /// <summary>Starts both, and waits for the server only.</summary>
    internal async Task StartWithoutConnectionAsync()
    {
        StartServer();
        await Until(() => Server.HasSaid(Connected), "the server's start");
        StartClient();
    }

    /// <summary>The client has been connected so often.</summary>
    internal Task ConnectedAgain(int times) => Until(() => Client.Count(Connected) >= times, $"connection {times}");

    internal async Task Until(Func<bool> condition, string what)
    {
        try
        {
            await Patience.UntilAsync(condition, what, Cancellation, Patience.Long * (Long.IsOn ? 3 : 1));
        }
        catch (TimeoutException e)
        {
            Assert.Fail($"{e.Message}\n{Hosts.Logs()}");
        }
    }

    /// <summary>Packets pass to the server and back.</summary>
    internal Task Pings() => Until(() => Hosts.Client.Exec("ping", "-c", "1", "-W", "1", CaseFiles.Inner4).ExitCode == 0, "a ping's answer");

    /// <summary>Bytes pass both ways, unchanged.</summary>
    internal async Task Transfers(long length = Transfer.Length)
    {
        try
        {
            await Task.WhenAll(
                Transfer.DownAsync(Hosts.Server, Hosts.Client, CaseFiles.Inner4, Cancellation, length),
                Transfer.UpAsync(Hosts.Client, Hosts.Server, CaseFiles.Inner6, Cancellation, length));
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException)
        {
            Assert.Fail($"the transfer: {e.Message}\n{Hosts.Logs()}");
        }
    }

    /// <summary>How long something took, among the results.</summary>
    internal async Task Timed(string what, Func<Task> action)
    {
        long began = Stopwatch.GetTimestamp();
        await action();
        Results.Write($"{what}, server {_serverProgram.Name}, client {_clientProgram.Name}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
    }

    /// <summary>What a program has in memory, in kB, and how many descriptors it holds.</summary>
    internal static (long Resident, int Descriptors) Holds(TunnelProcess process) => (
        long.Parse(Regex.Match(File.ReadAllText($"/proc/{process.ProcessId}/status"), @"VmRSS:\s+(\d+)").Groups[1].Value, null),
        Directory.GetFileSystemEntries($"/proc/{process.ProcessId}/fd").Length);

    public void Dispose() => Hosts.Dispose();
}
