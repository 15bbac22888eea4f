// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.Hosting;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Packets;

namespace Tunbridge.Interop.Tests.Crowd;

/// <summary>A client of ours in this process: a socket of its own, a card in memory, and a host that it cannot change.</summary>
internal sealed class CrowdClient : IAsyncDisposable
{
    private readonly TunnelIdentity _identity;
    private readonly OpenVpnClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly NoHost _host = new();
    private Task _run = Task.CompletedTask;

    private CrowdClient(TunnelConfiguration configuration, TunnelIdentity identity, NetworkNamespace space)
    {
        _identity = identity;
        _client = new(new()
        {
            Configuration = configuration,
            Identity = identity,
            OpenCard = static _ => OpenCard(),
            Host = _host,
            Log = new NoLog(),
            Tls = new OpenSslTlsProvider(),
            Crypto = CryptoProviders.Best,
            Random = CryptoProviders.OpenSsl,
            Namespace = space,
        });
    }

    internal bool IsConnected => _client.Snapshot().State == OpenVpnClientState.Connected;

    internal int Restarts => _client.Snapshot().Restarts;

    internal static async Task<CrowdClient> StartAsync(string text, NetworkNamespace space)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("client.ovpn", text);
        TunnelConfiguration configuration = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        CrowdClient client = new(configuration, await TunnelIdentity.LoadAsync(configuration), space);
        client._run = Task.Run(() => client._client.RunAsync(client._stop.Token));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _client.Dispose();
        await _host.DisposeAsync();
        _identity.Dispose();
        _stop.Dispose();
    }

    private static TunnelCard OpenCard()
    {
        (MemoryPacketQueue card, MemoryPacketQueue kernel) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet, 16);
        return new() { Name = "memory", Queues = [card], Owner = new BothEnds(card, kernel) };
    }

    private sealed class BothEnds(MemoryPacketQueue card, MemoryPacketQueue kernel) : IDisposable
    {
        public void Dispose()
        {
            card.Dispose();
            kernel.Dispose();
        }
    }

    private sealed class NoHost : ITunnelHost
    {
        public Task ApplyAsync(string device, HostDemand demand, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task UndoAsync() => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class NoLog : ITunnelLog
    {
        public void Write(int verbosity, string line)
        {
            // Hundreds of clients say the same.
        }
    }
}
