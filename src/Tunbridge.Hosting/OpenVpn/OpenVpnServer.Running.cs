// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Tunbridge.OpenVpn.Client;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>Beginning and end: host, scripts, the pool's file; and what the status shows.</content>
public sealed partial class OpenVpnServer
{
    // How long the end may wait for scripts.
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(10);

    // How long clients may take to hear of it: tls-timeout and a little, so that one loss does no harm.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2.5);

    private readonly ScriptEnvironment _environment = new();
    private DateTimeOffset? _nextPoolFile;
    private bool _isEnding;

    private bool ChecksPasswords => _policy.PasswordVerify is not null || _passwords is not null;

    /// <summary>How it is at this moment. From any thread.</summary>
    /// <returns>The status.</returns>
    public OpenVpnServerStatus Snapshot()
    {
        List<ServerClientStatus> clients = [];
        List<ServerRouteStatus> routes = [];
        foreach (ServerClient client in _clients.Values.OrderBy(c => c.Id))
        {
            bool isConnected = client.IsConnected;
            clients.Add(new()
            {
                Id = client.Id,
                CommonName = client.CommonName,
                Username = client.Username,
                Remote = client.Path.Path.Remote,
                Address = isConnected ? client.Address : null,
                AddressV6 = isConnected ? client.AddressV6 : null,
                PeerId = client.Peer?.Index,
                Cipher = client.Cipher,
                Since = client.Since,
                BytesReceived = client.BytesReceived,
                BytesSent = client.BytesSent,
            });
            if (!isConnected)
                continue;
            long used = client.Session.Keys.Sealer?.LastUsed ?? 0;
            DateTimeOffset last = used > client.Since.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(used) : client.Since;
            routes.AddRange(client.Networks.Select(network => new ServerRouteStatus
            {
                Network = network,
                CommonName = client.CommonName ?? "UNDEF",
                Remote = client.Path.Path.Remote,
                LastUsed = last,
            }));
        }
        foreach (SwitchedAddress learned in _switch?.Snapshot(_clock.Milliseconds) ?? [])
        {
            if (_peers.TryGetValue(learned.Peer, out ServerClient? client))
            {
                routes.Add(new()
                {
                    Station = learned.Address,
                    CommonName = client.CommonName ?? "UNDEF",
                    Remote = client.Path.Path.Remote,
                    LastUsed = DateTimeOffset.FromUnixTimeMilliseconds(learned.SeenMilliseconds),
                });
            }
        }
        return new() { Time = _options.Clock.GetUtcNow(), Clients = clients, Routes = routes, ControlDropped = _mailbox.Dropped, Drops = _pump.Drops };
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_plan.Pool is { First: { } first } pool)
            Log(3, $"IFCONFIG POOL IPv4: base={first} size={_pool!.Size}");
        if (_plan.Pool is { FirstV6: { } firstV6 })
            Log(3, $"IFCONFIG POOL IPv6: base={firstV6} size={_pool!.Size} netbits={_plan.Pool.PrefixLengthV6}");
        ReadPoolFile();
        if (_policy.HasSome)
            ScriptFile.Sweep(_policy.TemporaryDirectory);
        string protocol = $"{(_settings.IsTcp ? "TCP" : "UDP")}{(_link.Local.IsIPv4 ? "v4" : "v6")}";
        Log(3, $"{protocol} link local (bound): {Named(_link.Local)}");
        Log(3, $"{protocol} link remote: [AF_UNSPEC]");
        await _options.Host.ApplyAsync(_options.Device, Demand(), cancellationToken).ConfigureAwait(false);
        FillEnvironment();
        if (_policy.Up is not null)
        {
            ScriptResult result = await RunUpOrDownAsync(_policy.Up, cancellationToken).ConfigureAwait(false);
            if (!result.IsSuccess)
                throw new TunnelConfigurationException($"up: {result.Describe()}");
        }
        _environment.Set("redirect_gateway", 0);
        await RunRouteScriptAsync(_policy.RouteUp, cancellationToken).ConfigureAwait(false);
        FollowStations();
        _pump.Start();
        // Wakes the owner when the card is gone.
        _ = _pump.Completion.ContinueWith(_ => _mailbox.Post(static () => { }), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        Log(0, "Initialization Sequence Completed");
    }

    private async Task EndAsync()
    {
        await DismissAsync().ConfigureAwait(false);
        foreach (ServerClient client in _clients.Values.Concat(_newcomers.Values).ToArray())
            Remove(client);
        FollowStations();
        using (CancellationTokenSource limit = new(s_farewell))
        {
            while (_judging > 0 && !limit.IsCancellationRequested)
                await ServeOnceAsync(limit.Token).ConfigureAwait(false);
        }
        await _ending.CancelAsync().ConfigureAwait(false);
        WritePoolFile();
        await RunRouteScriptAsync(_policy.RoutePreDown, CancellationToken.None).ConfigureAwait(false);
        if (_policy.Down is not null && _configuration.Scripts.DownRunsFirst)
            await RunUpOrDownAsync(_policy.Down, CancellationToken.None).ConfigureAwait(false);
        await _options.Host.UndoAsync().ConfigureAwait(false);
        if (_policy.Down is not null && !_configuration.Scripts.DownRunsFirst)
            await RunUpOrDownAsync(_policy.Down, CancellationToken.None).ConfigureAwait(false);
        Dispose();
    }

    // explicit-exit-notify: clients hear that the server ends. Until all have, or it has been said to them twice.
    private async Task DismissAsync()
    {
        _isEnding = true;
        if (_configuration.ExitNotices <= 0 || _settings.IsTcp)
            return;
        foreach (ServerClient client in _clients.Values.Where(c => c.IsConnected))
        {
            client.Session.Disconnect(_clock.Now, halts: false, _configuration.ExitNotices > 1 ? "[N]" : "");
            Log(client, 3, $"SENT CONTROL [{client.CommonName ?? "UNDEF"}]: 'RESTART{(_configuration.ExitNotices > 1 ? ",[N]" : "")}' (status=1)");
            Serve(client);
        }
        using CancellationTokenSource limit = new(s_patience);
        while (!limit.IsCancellationRequested && _fault is null && !_pump.Completion.IsCompleted &&
            _clients.Values.Any(c => c is { IsConnected: true, IsGone: false, Session.IsHeard: false }))
            await ServeOnceAsync(limit.Token).ConfigureAwait(false);
    }

    private Task<ScriptResult> RunUpOrDownAsync(ScriptCommand command, CancellationToken cancellationToken)
    {
        string address = _plan.Address?.Address.ToString() ?? "";
        bool isSubnet = _configuration.IsTap || _plan.Topology == Topology.Subnet;
        string second = _plan.Address is not { } own ? "" : isSubnet ? MaskOf(own.PrefixLength) : own.Peer?.ToString() ?? "";
        ScriptEnvironment environment = new(_environment);
        environment.Set("script_context", "init");
        return _scripts.RunAsync(command, environment,
            [_options.Device, _settings.TunMtu.ToString(CultureInfo.InvariantCulture), "0", address, second, "init"], TimeSpan.FromSeconds(60), cancellationToken);
    }

    // route-up, route-pre-down: as with openvpn, what they return changes nothing.
    private async Task RunRouteScriptAsync(ScriptCommand? command, CancellationToken cancellationToken)
    {
        if (command is null)
            return;
        ScriptResult result = await _scripts.RunAsync(command, _environment, [], TimeSpan.FromSeconds(60), cancellationToken).ConfigureAwait(false);
        if (!result.IsSuccess)
            Log(1, $"WARNING: Failed running command (--{command.Kind}): {result.Describe()}");
    }

    private HostDemand Demand()
    {
        PulledOptions own = PulledOptions.ReadOwn(_configuration);
        List<HostAddress> addresses = [];
        foreach (InterfaceAddress? address in (InterfaceAddress?[])[_plan.Address, _plan.AddressV6])
        {
            if (address is not null && !_configuration.Client.SetsNoAddresses)
                addresses.Add(new() { Address = address.Address, PrefixLength = address.PrefixLength, Peer = address == _plan.AddressV6 ? null : address.Peer });
        }
        List<TunnelRoute> routes = [.. _plan.Routes.Select(n => new TunnelRoute { Network = n })];
        foreach (PulledRoute route in own.Routes)
        {
            if (route.Network is { } network && route.Via != RouteVia.Outside)
                routes.Add(new() { Network = network, Gateway = GatewayOf(route), Metric = route.Metric });
        }
        return new()
        {
            Addresses = addresses,
            Mtu = _settings.TunMtu,
            Mac = _configuration.Sockets.CardAddress,
            QueueLength = _configuration.Sockets.CardQueueLength,
            Routes = _configuration.Client.SetsNoRoutes ? [] : routes,
        };
    }

    // A TUN leads to all clients by itself; a TAP wants to know to whom.
    private IPAddress? GatewayOf(PulledRoute route) => _configuration.IsTap || route.Via == RouteVia.Address ? route.Gateway : null;

    private static string MaskOf(int prefixLength)
    {
        uint mask = prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);
        return new IPAddress([(byte)(mask >> 24), (byte)(mask >> 16), (byte)(mask >> 8), (byte)mask]).ToString();
    }

    private static IPAddress? BroadcastOf(ServerPlan plan)
    {
        if (plan.Address is not { Peer: null } own)
            return null;
        Span<byte> bytes = stackalloc byte[4];
        own.Address.TryWriteBytes(bytes, out _);
        uint broadcast = BinaryPrimitives.ReadUInt32BigEndian(bytes) | (uint)((1UL << (32 - own.PrefixLength)) - 1);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, broadcast);
        return new IPAddress(bytes);
    }

    private void ReadPoolFile()
    {
        if (_poolFile is null || _pool is null)
            return;
        if (_configuration.Server.PoolFileInterval > TimeSpan.Zero)
            _nextPoolFile = _clock.Now + _configuration.Server.PoolFileInterval;
        if (!File.Exists(_poolFile))
            return;
        try
        {
            foreach (DirectiveProblem problem in _pool.Read(_poolFile, File.ReadAllText(_poolFile)))
                Log(1, $"ifconfig-pool-persist: {problem.File}:{problem.Line}: {problem.Text}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log(1, $"ifconfig-pool-persist: {_poolFile}: {e.Message}");
        }
    }

    private void WritePoolFile()
    {
        TimeSpan interval = _configuration.Server.PoolFileInterval;
        if (_poolFile is null || _pool is null || interval <= TimeSpan.Zero)
            return;
        _nextPoolFile = _clock.Now + interval;
        try
        {
            PoolFile.Write(_poolFile, _pool.Write());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log(1, $"ifconfig-pool-persist: {_poolFile}: {e.Message}");
        }
    }

    // Without a certificate somebody else has to say who a client is.
    private void DemandSomeCheck()
    {
        if (_options.Identity.Tls.PeerPresence == TlsPeerPresence.Required || _policy.PasswordVerify is not null)
            return;
        if (_configuration.Server.PasswordFile is null)
        {
            throw new TunnelConfigurationException("verify-client-cert: without certificates clients need passwords: add auth-user-pass-verify " +
                "or auth-user-pass-file");
        }
        if (_configuration.Server.PasswordIsOptional)
        {
            throw new TunnelConfigurationException("auth-user-pass-optional: without certificates it lets everybody in: remove it, or " +
                "verify-client-cert");
        }
    }

    private PasswordFile? OpenPasswords()
    {
        if (_configuration.Server.PasswordFile is not { } material)
            return null;
        if (material.File is not { } file)
            throw new TunnelConfigurationException($"{material.Position}: {material.Directive}: names no file");
        try
        {
            return new PasswordFile(_options.Identity.Resolve(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new TunnelConfigurationException($"{material.Position}: {material.Directive}: {e.Message}", e);
        }
    }

    private AuthToken? OpenTokens()
    {
        if (_configuration.Server.Tokens is not { } tokens)
            return null;
        if (tokens.Key is { } material)
        {
            using SecretBytes bytes = _options.Identity.Read(material);
            return AuthToken.Parse(_options.Crypto, bytes.Span) ?? throw new TunnelConfigurationException(
                $"{material.Position}: {material.Directive}: the text is no auth-token key; make one with --genkey auth-token");
        }
        using SecretBytes key = new(AuthToken.KeySize);
        _options.Random.Fill(key.Span);
        return new AuthToken(_options.Crypto, key.Span);
    }
}
