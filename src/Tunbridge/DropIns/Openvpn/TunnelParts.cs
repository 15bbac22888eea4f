// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.Hosting;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>What one life of a tunnel is made of, and its client or server.</summary>
internal sealed class TunnelParts : IAsyncDisposable
{
    private readonly OpenvpnRequest _request;
    private readonly TunnelConfiguration _configuration;
    private readonly TunnelIdentity _identity;
    private readonly OpenvpnLog _log;
    private readonly CardSource _cards;
    private readonly SecretPrompts _prompts;
    private readonly PendingHost _host;

    internal TunnelParts(
        OpenvpnRequest request, TunnelConfiguration configuration, TunnelIdentity identity, OpenvpnLog log, CardSource cards, SecretPrompts prompts)
    {
        _request = request;
        _configuration = configuration;
        _identity = identity;
        _log = log;
        _cards = cards;
        _prompts = prompts;
        _host = new PendingHost();
    }

    internal IRunningTunnel Make()
    {
        if (_configuration.IsServer)
            return MakeServer();
        return new ClientTunnel(new()
        {
            Configuration = _configuration,
            Identity = _identity,
            OpenCard = _cards.Open,
            Host = _host,
            Log = _log,
            Prompt = _prompts.AskAsync,
            Tls = new OpenSslTlsProvider(),
            Crypto = CryptoProviders.Best,
            Random = CryptoProviders.OpenSsl,
        });
    }

    private ServerTunnel MakeServer()
    {
        TunnelCard card = _cards.Open(new()
        {
            Name = _configuration.Device,
            IsTap = _configuration.IsTap,
            Mtu = _configuration.Session.TunMtu,
        });
        return new(
            new()
            {
                Configuration = _configuration,
                Identity = _identity,
                Queues = card.Queues,
                Device = card.Name,
                Host = _host,
                Log = _log,
                Tls = new OpenSslTlsProvider(),
                Crypto = CryptoProviders.Best,
                Random = CryptoProviders.OpenSsl,
            },
            card);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private sealed class PendingHost : ITunnelHost
    {
        public Task ApplyAsync(string device, HostDemand demand, CancellationToken cancellationToken = default) => Task.CompletedTask;
        public Task UndoAsync() => Task.CompletedTask;
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
