// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>A client that is let in gets its name's place, its own options, addresses, routes and a number; and gives them back.</content>
public sealed partial class OpenVpnServer
{
    private readonly SortedSet<uint> _freeSlots = [];
    private uint _nextSlot;

    // From here on to Accept. Whatever is awaited, the client may be gone afterwards.
    private async Task<bool> ConnectAsync(ServerClient client)
    {
        Log(client, 3, $"[{client.CommonName ?? ""}] Peer Connection Initiated with {Named(client.Path.Path.Remote)}");
        Supersede(client);
        if (IsFull(client))
            return false;
        if (ReadOverrides(client) is not { } overrides || overrides.IsDisabled)
            return Refuse(client, "");
        client.Lease = _pool is not null && _pool.TryTake(client.CommonName ?? "", out PoolLease? lease) ? lease : null;
        if (_pool is not null && client.Lease is null)
            Log(client, 1, "MULTI: no free --ifconfig-pool addresses are available");
        ClientAddresses addresses = overrides.Addresses(_plan, client.Lease);
        if (client.Environment is { } environment)
        {
            environment.SetAddress("trusted", client.Path.Path.Remote);
            SetTime(environment, client.Since);
            Tell(environment, addresses);
        }
        if (_policy.ClientConnect is not null)
        {
            ClientOverrides? written = await _mailbox.Resume(AskClientConnectAsync(client, overrides));
            if (client.IsGone)
                return false;
            if (written is null || written.IsDisabled)
                return Refuse(client, "");
            overrides = written;
            addresses = overrides.Addresses(_plan, client.Lease);
        }
        client.IsAnnounced = true;
        Log(client, 3, $"MULTI_sva: pool returned IPv4={client.Lease?.Address?.ToString() ?? "(Not enabled)"}, IPv6={client.Lease?.AddressV6?.ToString() ?? "(Not enabled)"}");
        await _mailbox.Resume(LearnAsync(client, overrides, addresses));
        if (client.IsGone)
            return false;
        // Others may have come while scripts ran.
        if (IsFull(client))
            return false;
        (client.Address, client.AddressV6) = (addresses.Address, addresses.AddressV6);
        client.Slot = TakeSlot();
        SecretBytes? token = MakeToken(client);
        IReadOnlyList<string> options = PushComposer.Compose(_plan, overrides, addresses, token is not null);
        if (!client.Session.Accept(_clock.Now, 0, options, client.Slot.Value, overrides, token))
            return false;
        IEnumerable<string> shown = options.Select(o => o.StartsWith("auth-token", StringComparison.Ordinal) ? "auth-token" : o);
        Log(client, 3, $"SENT CONTROL [{client.CommonName ?? "UNDEF"}]: 'PUSH_REPLY,{string.Join(',', shown)}' (status=1)");
        return true;
    }

    private bool IsFull(ServerClient client)
    {
        if (_nextSlot - _freeSlots.Count < _configuration.Server.MaximumClients)
            return false;
        Tell(1, $"MULTI: new incoming connection would exceed maximum number of clients ({_configuration.Server.MaximumClients})");
        // Unanswered, it comes again; told of a failure, it would end.
        Remove(client);
        return true;
    }

    private bool Refuse(ServerClient client, string reason)
    {
        client.Session.Reject(_clock.Now, 0, reason);
        return false;
    }

    // The session at its own address that it comes in place of, and those of its name.
    private void Supersede(ServerClient client)
    {
        if (_clients.TryGetValue(client.Key, out ServerClient? before) && before != client)
        {
            Log(before, 3, "SIGTERM[soft,replaced by a new session from its address] received, client-instance exiting");
            Remove(before);
        }
        if (client.CommonName is not { } name || _configuration.Server.AllowsDuplicateNames || !_names.TryGetValue(name, out HashSet<ServerClient>? others))
            return;
        Log(1, $"MULTI: new connection by client '{name}' will cause previous active sessions by this client to be dropped.  " +
            "Remember to use the --duplicate-cn option if you want multiple clients using the same certificate or username to concurrently connect.");
        foreach (ServerClient other in others.ToArray())
            Remove(other);
    }

    // Two peers, without clients: whatever leaves the card is for the other one, whatever comes from him is right, and the last one counts.
    private void BecomeTheOnlyPeer(ServerClient client)
    {
        foreach (ServerClient before in _clients.Values.Where(c => c != client && c.IsConnected).ToArray())
            Remove(before);
        if (_configuration.IsTap)
            return;
        client.Networks.Add(new IPNetwork(IPAddress.Any, 0));
        client.Networks.Add(new IPNetwork(IPAddress.IPv6Any, 0));
    }

    // The data channel works: from now on packets flow.
    private void Connect(ServerClient client, SessionConnected connected)
    {
        // Another of its name, or at its address, may have come first while scripts ran.
        Supersede(client);
        if (!_configuration.Server.HasClients)
            BecomeTheOnlyPeer(client);
        client.Cipher = connected.Cipher;
        client.Channel = new SessionChannel(client.Session);
        client.Peer = new TunnelPeer(client.Channel, client.Path)
        {
            Index = connected.PeerId,
            MaximumSegmentSize = client.Session.SegmentLimit(_configuration.MssFix, client.Path.Path.Remote.IsIPv6) ?? 0,
        };
        _halfOpen.Remove(client);
        _unproven.Remove(client.Path);
        _peers[client.Peer] = client;
        _pump.Add(client.Peer);
        foreach (IPNetwork network in client.Networks)
        {
            _routes?.AddRoute(network, client.Peer);
            Log(client, 3, $"MULTI: Learn: {StatusText.Network(network)} -> {client.Label}");
        }
        if (client.Address is not null)
            Log(client, 3, $"MULTI: primary virtual IP for {client.Label}: {client.Address}");
        if (client.AddressV6 is not null)
            Log(client, 3, $"MULTI: primary virtual IPv6 for {client.Label}: {client.AddressV6}");
        Log(client, 3, $"Data Channel: cipher '{connected.Cipher}', peer-id: {connected.PeerId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}");
        if (client.CommonName is { } name)
        {
            if (!_names.TryGetValue(name, out HashSet<ServerClient>? sharing))
                _names[name] = sharing = [];
            sharing.Add(client);
        }
        client.IsConnected = true;
    }

    private void ReleaseAddresses(ServerClient client)
    {
        if (client.Lease is { } lease)
            _pool!.Release(lease);
        if (client.Slot is { } slot)
            _freeSlots.Add(slot);
        (client.Lease, client.Slot) = (null, null);
    }

    private uint TakeSlot()
    {
        if (_freeSlots.Count == 0)
            return _nextSlot++;
        uint slot = _freeSlots.Min;
        _freeSlots.Remove(slot);
        return slot;
    }

    // Null when a client without a file is not let in, or when its file is wrong.
    private ClientOverrides? ReadOverrides(ServerClient client)
    {
        if (_clientDirectory is null)
            return ClientOverrides.None;
        string name = client.CommonName ?? "";
        string? path = ClientOverrides.IsSafeFileName(name) ? Path.Combine(_clientDirectory, name) : null;
        bool isOwn = File.Exists(path);
        if (!isOwn && _configuration.Server.RequiresClientFile)
        {
            Log(client, 1, "MULTI: client has been rejected: there is no file for it in client-config-dir (ccd-exclusive)");
            return null;
        }
        path = isOwn ? path! : Path.Combine(_clientDirectory, "DEFAULT");
        if (!File.Exists(path))
            return ClientOverrides.None;
        try
        {
            Log(client, 3, $"OPTIONS IMPORT: reading client specific options from: {path}");
            return Parse(client, ClientOverrides.None, path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log(client, 1, $"MULTI: client has been rejected: {path}: {e.Message}");
            return null;
        }
    }

    private ClientOverrides Parse(ServerClient client, ClientOverrides before, string file, string text)
    {
        List<DirectiveProblem> problems = [];
        ClientOverrides made = ClientOverrides.Read(before, file, text, ReadIncluded, problems);
        foreach (DirectiveProblem problem in problems)
            Log(client, 1, $"Options error: {problem.File}:{problem.Line}: {problem.Text}");
        return made;
    }

    private string? ReadIncluded(string file)
    {
        try
        {
            return File.ReadAllText(_options.Identity.Resolve(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<ClientOverrides?> AskClientConnectAsync(ServerClient client, ClientOverrides before)
    {
        using ScriptFile written = ScriptFile.Create(_policy.TemporaryDirectory, []);
        using ScriptFile verdict = ScriptFile.Create(_policy.TemporaryDirectory, []);
        ScriptEnvironment environment = new(client.Environment!);
        environment.Set("client_connect_config_file", written.Name);
        environment.Set("client_connect_deferred_file", verdict.Name);
        ScriptResult result = await _mailbox.Resume(_scripts.RunAsync(_policy.ClientConnect!, environment, [written.Name], _settings.HandWindow, _ending.Token));
        bool isRight = result.IsSuccess;
        if (isRight && verdict.Read().StartsWith('2'))
            isRight = await _mailbox.Resume(verdict.WaitForVerdictAsync(_settings.HandWindow, _ending.Token));
        if (!isRight)
        {
            Log(client, 1, $"WARNING: client-connect: {result.Describe()}: the client is refused");
            return null;
        }
        return client.IsGone ? null : Parse(client, before, written.Name, written.Read());
    }

    // The networks that lead to a client: each that learn-address does not forbid.
    private async Task<bool> LearnAsync(ServerClient client, ClientOverrides overrides, ClientAddresses addresses)
    {
        List<IPNetwork> networks = [];
        if (addresses.Address is not null)
            networks.Add(new IPNetwork(addresses.Address, 32));
        if (addresses.AddressV6 is not null)
            networks.Add(new IPNetwork(addresses.AddressV6, 128));
        networks.AddRange(overrides.Networks);
        int limit = overrides.MaximumRoutes ?? _configuration.Server.MaximumRoutesPerClient;
        if (networks.Count > limit)
        {
            Log(client, 1, $"MULTI: too many routes for one client: {networks.Count}, of which {limit} are taken (max-routes-per-client)");
            networks.RemoveRange(limit, networks.Count - limit);
        }
        foreach (IPNetwork network in networks)
        {
            if (_configuration.IsTap)
                continue;
            if (_policy.LearnAddress is not null)
            {
                string verb = _clients.Values.Any(c => c.IsConnected && c.Networks.Contains(network)) ? "update" : "add";
                ScriptResult result = await _mailbox.Resume(_scripts.RunAsync(_policy.LearnAddress, client.Environment!,
                    [verb, StatusText.Network(network), client.CommonName ?? ""], _settings.HandWindow, _ending.Token));
                if (client.IsGone)
                {
                    // What was learned before it went is told of there; this one comes after.
                    await _mailbox.Resume(ForgetAsync(network));
                    return false;
                }
                if (!result.IsSuccess)
                {
                    Log(client, 1, $"MULTI: learn-address of {StatusText.Network(network)}: {result.Describe()}: not learned");
                    continue;
                }
            }
            client.Networks.Add(network);
        }
        return true;
    }

    private Task<ScriptResult> ForgetAsync(IPNetwork network) =>
        _scripts.RunAsync(_policy.LearnAddress!, _environment, ["delete", StatusText.Network(network)], _settings.HandWindow, _ending.Token);

    private async Task<bool> DisconnectedAsync(ServerClient client)
    {
        if (_policy.LearnAddress is not null)
        {
            foreach (IPNetwork network in client.Networks)
                await _mailbox.Resume(ForgetAsync(network));
        }
        if (_policy.ClientDisconnect is null)
            return true;
        ScriptEnvironment environment = new(client.Environment!);
        environment.Set("bytes_received", client.BytesReceived);
        environment.Set("bytes_sent", client.BytesSent);
        environment.Set("time_duration", (long)(_options.Clock.GetUtcNow() - client.Since).TotalSeconds);
        ScriptResult result = await _mailbox.Resume(_scripts.RunAsync(_policy.ClientDisconnect, environment, [], _settings.HandWindow, _ending.Token));
        if (!result.IsSuccess)
            Log(client, 1, $"WARNING: client-disconnect: {result.Describe()}");
        return result.IsSuccess;
    }
}
