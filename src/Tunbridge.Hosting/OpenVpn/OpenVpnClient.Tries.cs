// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Tunbridge.Netlink;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>Which server next, and when.</content>
public sealed partial class OpenVpnClient
{
    private const int PatientRounds = 5;

    // A lookup that goes into a tunnel whose server is dead would last for as long as the resolver tries.
    private static readonly TimeSpan s_lookupLimit = TimeSpan.FromSeconds(5);

    // The last addresses of each name: with the card kept, name servers may be reached by the dead tunnel alone.
    private readonly Dictionary<(string Host, AddressFamily Family), IPAddress[]> _lastFound = [];

    private int _restarts;

    private async Task<ClientAttemptEnd> TryAllAsync(CancellationToken cancellationToken)
    {
        RemoteEndpoint[] remotes = OrderRemotes(_configuration);
        int index = 0;
        int at = 0;
        int failedRounds = 0;
        DateTimeOffset? unresolvedSince = null;
        IReadOnlyList<IPEndPoint>? addresses = null;
        while (true)
        {
            RemoteEndpoint remote = remotes[index];
            addresses ??= await ResolveAsync(remote, cancellationToken).ConfigureAwait(false);
            ClientAttemptEnd end;
            if (addresses.Count == 0)
            {
                unresolvedSince ??= _clock.Now;
                bool isOver = _configuration.Client.ResolveTimeout is { } limit && _clock.Now - unresolvedSince >= limit;
                end = new() { Signal = "init_instance", Advance = ClientAdvance.Remote, Final = isOver ? OpenVpnClientEnd.RetriesSpent : null };
            }
            else
            {
                unresolvedSince = null;
                end = await TryAsync(remote, addresses[at], cancellationToken).ConfigureAwait(false);
            }
            if (end.WasConnected)
                failedRounds = 0;
            bool isRoundOver = false;
            if (end.Advance == ClientAdvance.Address && addresses.Count > at + 1)
            {
                at++;
            }
            else
            {
                isRoundOver = end.Advance == ClientAdvance.Stay || index + 1 == remotes.Length;
                if (end.Advance != ClientAdvance.Stay)
                    (index, at, addresses) = ((index + 1) % remotes.Length, 0, null);
            }
            if (end.Final is not null)
                return end;
            if (isRoundOver && !end.WasConnected)
                failedRounds++;
            if (_configuration.Client.RetryRounds is { } rounds && failedRounds >= rounds)
            {
                Log(0, $"All connections have been connect-retry-max ({rounds}) times unsuccessful, exiting");
                return end with { Final = OpenVpnClientEnd.RetriesSpent };
            }
            await PauseAsync(remote, end, failedRounds, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The remotes in the order in which they are tried.</summary>
    internal static RemoteEndpoint[] OrderRemotes(TunnelConfiguration configuration)
    {
        RemoteEndpoint[] remotes = [.. configuration.Remotes];
        if (configuration.RemoteRandom)
            Random.Shared.Shuffle(remotes);
        return remotes;
    }

    private async Task PauseAsync(RemoteEndpoint remote, ClientAttemptEnd end, int failedRounds, CancellationToken cancellationToken)
    {
        Log(1, $"SIGUSR1[{(end.Signal.Length == 0 ? "hard" : "soft")},{end.Signal}] received, process restarting");
        _restarts++;
        Update(s => s with { Restarts = _restarts, LastRestart = end.Signal, Cipher = null });
        Enter(OpenVpnClientState.Reconnecting);
        ClientDirectives client = _configuration.For(remote).Client;
        TimeSpan pause = client.RetryDelay;
        for (int i = PatientRounds; i < failedRounds && pause < client.RetryDelayMaximum; i++)
            pause *= 2;
        pause = end.Pause ?? (pause < client.RetryDelayMaximum ? pause : client.RetryDelayMaximum);
        if (Challenge is { } challenge)
        {
            Challenge = null;
            if (!await _credentials.TryAnswerAsync(challenge, cancellationToken).ConfigureAwait(false))
                throw new TunnelIdentityException($"the server asks '{challenge.Reason}', and nobody is here to answer");
        }
        Log(3, $"Restart pause, {pause.TotalSeconds:0} second(s)");
        await Task.Delay(pause, _options.Clock, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(RemoteEndpoint remote, CancellationToken cancellationToken)
    {
        AddressFamily? family = remote.Protocol[^1] switch
        {
            '4' => AddressFamily.InterNetwork,
            '6' => AddressFamily.InterNetworkV6,
            _ => null,
        };
        if (IPAddress.TryParse(remote.Host, out IPAddress? literal))
            return family is null || literal.AddressFamily == family ? [new IPEndPoint(literal, remote.Port)] : [];
        Enter(OpenVpnClientState.Resolve);
        IPAddress[] found = await LookUpAsync(remote, family ?? AddressFamily.Unspecified, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(a => new IPEndPoint(a, remote.Port))];
    }

    private async Task<IPAddress[]> LookUpAsync(RemoteEndpoint remote, AddressFamily family, CancellationToken cancellationToken)
    {
        IPAddress[]? last = _lastFound.GetValueOrDefault((remote.Host, family));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (last is not null)
            limit.CancelAfter(s_lookupLimit);
        string problem;
        try
        {
            string host = _configuration.Client.RandomizesNames ? $"{RandomNumberGenerator.GetHexString(12, lowercase: true)}.{remote.Host}" : remote.Host;
            IPAddress[] found = await _options.Resolve(host, family, limit.Token).ConfigureAwait(false);
            if (found.Length > 0)
                return _lastFound[(remote.Host, family)] = found;
            problem = "it has none";
        }
        catch (SocketException e)
        {
            problem = e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = "no answer";
        }
        Log(1, $"RESOLVE: Cannot resolve host address: {remote.Host}:{remote.Port} ({problem})" + (last is null ? "" : "; the addresses found last are used"));
        return last ?? [];
    }

    private async Task<ClientAttemptEnd> TryAsync(RemoteEndpoint remote, IPEndPoint address, CancellationToken cancellationToken)
    {
        TunnelConfiguration configuration = _configuration.For(remote);
        IPAddress? local = null;
        if (configuration.LocalAddress is { } host && (local = await ResolveLocalAsync(host, address.AddressFamily, cancellationToken).ConfigureAwait(false)) is null)
            return new() { Signal = "init_instance" };
        (string user, ReadOnlyMemory<byte> password) = await _credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        RenewTls();
        SessionSettings settings = _options.Identity.SessionFor(remote) with { Username = user, Password = password, PeerInfo = PeerInfoOf(configuration) };
        Enter(_restarts > 0 ? OpenVpnClientState.Reconnecting : OpenVpnClientState.Connecting);
        Update(s => s with { Remote = remote, RemoteAddress = address });
        await KeepOutsideAsync(address.Address, cancellationToken).ConfigureAwait(false);
        Log(3, $"TCP/UDP: Preserving recently used remote address: {Name(new(address))}");
        using ClientAttempt attempt = new(this, _options, configuration, settings, _tls!, _clock, remote, address, local);
        _attempt = attempt;
        ClientAttemptEnd end = await attempt.RunAsync(cancellationToken).ConfigureAwait(false);
        _attempt = null;
        Add(_earlier, attempt);
        if (attempt.Session is { } session)
            TakeToken(session);
        if (end.ForgetsToken)
            _credentials.ForgetToken();
        if (end.ForgetsCredentials)
        {
            _credentials.ForgetToken();
            _credentials.ForgetPassword();
        }
        _credentials.ForgetAnswer();
        if ((!configuration.Client.KeepsCard || end.LosesCard) && end.Final is null)
            await CloseCardAsync(isRestart: true).ConfigureAwait(false);
        else if (end.Final is null && end.WasConnected)
            await TellRestartAsync().ConfigureAwait(false);
        return end;
    }

    // An address as it is, a name asked for; null with a line that says why.
    private async Task<IPAddress?> ResolveLocalAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        string kind = family == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            if (literal.AddressFamily == family)
                return literal;
            Log(1, $"local: {host} is no {kind} address, and the server's is one: set proto to fit, or remove local");
            return null;
        }
        try
        {
            if (await Dns.GetHostAddressesAsync(host, family, cancellationToken).ConfigureAwait(false) is [{ } found, ..])
                return found;
            Log(1, $"RESOLVE: Cannot resolve local address: {host} (it has no {kind} address)");
        }
        catch (SocketException e)
        {
            Log(1, $"RESOLVE: Cannot resolve local address: {host} ({e.Message})");
        }
        return null;
    }

    private void RenewTls()
    {
        if (!_options.Identity.TryRenewRevocations())
            return;
        _tls?.Dispose();
        _tls = _options.Identity.CreateContext(_options.Tls);
    }

    private List<KeyValuePair<string, string>> PeerInfoOf(TunnelConfiguration configuration)
    {
        List<KeyValuePair<string, string>> lines = [.. configuration.Session.PeerInfo];
        if (configuration.Client.TellsMore)
        {
            if (FindHardwareAddress() is { } hardware)
                lines.Add(new("IV_HWADDR", hardware));
            lines.Add(new("IV_PLAT_VER", Environment.OSVersion.Version.ToString()));
        }
        // Which ways of asking people it knows, as its user says.
        lines.AddRange(configuration.Scripts.Environment.Where(v => v.Key == "IV_SSO"));
        if (configuration.Client.TellsMore)
            lines.AddRange(configuration.Scripts.Environment.Where(v => v.Key.StartsWith("UV_", StringComparison.Ordinal)));
        return lines;
    }

    // Of the card that leads out.
    private string? FindHardwareAddress()
    {
        using RouteNetlink netlink = _options.Namespace is { } elsewhere ? RouteNetlink.Open(elsewhere) : RouteNetlink.Open();
        Route? way = netlink.Routes.List(family: AddressFamily.InterNetwork).Where(r => r.IsDefault).MinBy(r => r.Metric);
        return way is null ? null : netlink.Links.TryGet(way.LinkIndex)?.Address.ToString();
    }
}
