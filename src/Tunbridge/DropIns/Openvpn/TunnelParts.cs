// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.Hosting;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>What one life of a tunnel is made of, and its client or server.</summary>
internal sealed class TunnelParts : IAsyncDisposable
{
    private readonly TunnelConfiguration _configuration;
    private readonly TunnelIdentity _identity;
    private readonly OpenvpnLog _log;
    private readonly CardSource _cards;
    private readonly SecretPrompts _prompts;
    private readonly TunnelHost _host;

    internal TunnelParts(
        string name, TunnelConfiguration configuration, TunnelIdentity identity, OpenvpnLog log, CardSource cards, SecretPrompts prompts)
    {
        // What scripts hear as "config", as openvpn has it.
        _configuration = configuration with
        {
            Scripts = configuration.Scripts with { Environment = [new("config", name), .. configuration.Scripts.Environment] },
        };
        _identity = identity;
        _log = log;
        _cards = cards;
        _prompts = prompts;
        _host = new(new()
        {
            Tunnel = name,
            Log = log,
            LeavesRoutes = configuration.Client.SetsNoRoutes,
            LeavesCard = configuration.Client.SetsNoAddresses,
            // Whoever is not root is asked for a password by the resolver, and nobody is there to give it.
            LeavesResolver = ProcessIdentity.EffectiveUserId != 0,
        });
    }

    /// <summary>Takes back what killed tunnels have left on the host.</summary>
    internal async Task RecoverAsync(CancellationToken cancellationToken)
    {
        // A client does it itself. Without the rights to change anything there is nothing of ours, either.
        if (_configuration.IsServer && ProcessIdentity.Has(Capability.NetAdmin))
            await _host.RecoverAsync(cancellationToken).ConfigureAwait(false);
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
        _log.Write(1, _cards.IsNew ? $"TUN/TAP device {card.Name} opened" : $"Preserving previous TUN/TAP instance: {card.Name}");
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
}
