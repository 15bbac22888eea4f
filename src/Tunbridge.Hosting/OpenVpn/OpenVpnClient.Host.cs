// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Client;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>Card and host: set up when the options are there, kept over a reconnection with persist-tun.</content>
public sealed partial class OpenVpnClient
{
    private const string RestartSignal = "sigusr1";

    // The owner task's, or that of the one SetUpAsync which it waits for.
    private TunnelCard? _card;
    private HostDemand? _demand;
    private string _digest = "";
    private OutsideGateways _outside = new();

    /// <summary>Opens the card, or keeps it, and has the host changed.</summary>
    /// <param name="attempt">The connection.</param>
    /// <param name="options">What was pulled.</param>
    /// <param name="cipher">The cipher agreed on.</param>
    /// <param name="cancellationToken">Ends it; what was done is taken back.</param>
    /// <returns>The card, open.</returns>
    internal async Task<TunnelCard> SetUpAsync(ClientAttempt attempt, PulledOptions options, string cipher, CancellationToken cancellationToken)
    {
        ExitNotices = options.ExitNotices ?? attempt.Configuration.ExitNotices;
        HostDemand demand = ClientDemand.Of(attempt.Configuration, options, attempt.Server.Address,
            await ResolveRoutesAsync(options, cancellationToken).ConfigureAwait(false));
        if (_card is not null && _digest != options.Digest)
        {
            Log(3, "NOTE: Pulled options changed on restart, will need to close and reopen TUN/TAP device.");
            await CloseCardAsync(isRestart: true).ConfigureAwait(false);
        }
        bool isKept = _card is not null;
        if (isKept)
            Log(3, $"Preserving previous TUN/TAP instance: {_card!.Name}");
        else
            _card = OpenCard(attempt, demand);
        Enter(OpenVpnClientState.AssignIp);
        if (options.Address is null && options.AddressV6 is null)
            Log(1, "WARNING: the server pushed no address, and there is none in the configuration: the card stays without");
        if (!isKept && _scripts.HasSome)
            _outside = OutsideGateways.Find(_options.Namespace);
        _scripts.Prepare(attempt, options, demand, _card.Name, _outside);
        await _scripts.AddressChangeAsync(attempt.Server, cancellationToken).ConfigureAwait(false);
        if (_scripts.HasUp && (!isKept || _scripts.RunsAtRestart))
            await RunUpAsync(demand, isKept, cancellationToken).ConfigureAwait(false);
        await ApplyAsync(demand, cancellationToken).ConfigureAwait(false);
        await _scripts.RouteUpAsync(cancellationToken).ConfigureAwait(false);
        _digest = options.Digest;
        TunnelCard card = _card;
        Update(s => s with { Device = card.Name, Address = options.Address?.Address, AddressV6 = options.AddressV6?.Address, Cipher = cipher });
        return card;
    }

    // It finds the card with its addresses, and the routes not yet.
    private async Task RunUpAsync(HostDemand demand, bool isKept, CancellationToken cancellationToken)
    {
        if (!isKept)
            await ApplyAsync(demand with { Routes = [], Redirect = null, Outside = [], NameServers = [] }, cancellationToken).ConfigureAwait(false);
        if (await _scripts.UpAsync(isRestart: isKept, cancellationToken).ConfigureAwait(false))
            return;
        await CloseCardAsync(isRestart: false).ConfigureAwait(false);
        throw new IOException("the up script failed");
    }

    private TunnelCard OpenCard(ClientAttempt attempt, HostDemand demand)
    {
        TunnelCard card = _options.OpenCard(new() { Name = _configuration.Device, IsTap = _configuration.IsTap, Mtu = demand.Mtu });
        Log(3, $"TUN/TAP device {card.Name} opened");
        return card;
    }

    private async Task ApplyAsync(HostDemand demand, CancellationToken cancellationToken)
    {
        Enter(OpenVpnClientState.AddRoutes);
        try
        {
            await _options.Host.ApplyAsync(_card!.Name, demand, cancellationToken).ConfigureAwait(false);
            _demand = demand;
        }
        catch
        {
            await CloseCardAsync(isRestart: false).ConfigureAwait(false);
            throw;
        }
    }

    // With the card kept, routes of the last connection may lead to the next server: it gets its way around the tunnel first.
    private async Task KeepOutsideAsync(IPAddress server, CancellationToken cancellationToken)
    {
        if (_card is null || _demand is not { } demand || demand.Outside.Contains(server))
            return;
        await ApplyAsync(demand with { Outside = [.. demand.Outside, server] }, cancellationToken).ConfigureAwait(false);
    }

    private async Task CloseCardAsync(bool isRestart)
    {
        if (_card is not { } card)
            return;
        // With notices, openvpn's own signal comes when the last is sent.
        string signal = isRestart ? RestartSignal : ExitNotices > 0 && !_configuration.Session.IsTcp ? "exit-with-notification" : "sigterm";
        await _scripts.RoutePreDownAsync(signal).ConfigureAwait(false);
        if (_scripts.DownRunsFirst)
            await _scripts.DownAsync(isRestart: false, signal).ConfigureAwait(false);
        await _options.Host.UndoAsync().ConfigureAwait(false);
        Log(3, $"Closing TUN/TAP interface {card.Name}");
        card.Dispose();
        if (!_scripts.DownRunsFirst)
            await _scripts.DownAsync(isRestart: false, signal).ConfigureAwait(false);
        (_card, _demand, _digest) = (null, null, "");
        Update(s => s with { Device = null, Address = null, AddressV6 = null });
    }

    // up-restart: a card that stays is told to scripts as one that goes and comes.
    private async Task TellRestartAsync()
    {
        if (_card is not null && _demand is not null && _scripts.RunsAtRestart)
            await _scripts.DownAsync(isRestart: true, RestartSignal).ConfigureAwait(false);
    }

    private async Task<IReadOnlyDictionary<string, IPAddress>> ResolveRoutesAsync(PulledOptions options, CancellationToken cancellationToken)
    {
        Dictionary<string, IPAddress> found = [];
        foreach (string name in options.Routes.Select(r => r.Name).OfType<string>().Where(n => n is not ("remote_host" or "net_gateway" or "vpn_gateway")).Distinct())
        {
            try
            {
                if (await Dns.GetHostAddressesAsync(name, AddressFamily.InterNetwork, cancellationToken).ConfigureAwait(false) is [var first, ..])
                    found[name] = first;
            }
            catch (SocketException e)
            {
                Log(1, $"RESOLVE: Cannot resolve host address: {name} ({e.Message}); its route is left out");
            }
        }
        return found;
    }
}
