// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>An OpenVPN client: finds a server, connects, sets up card and host, and connects again when it must.</summary>
/// <remarks>
/// One task owns everything; <see cref="Restart"/> and <see cref="Snapshot"/> may be called from any thread. Its lines are those that tools
/// of openvpn look for, and hold no secrets. Theory of operation: docs/openvpn-client.md.
/// </remarks>
public sealed partial class OpenVpnClient : IDisposable
{
    private readonly OpenVpnClientOptions _options;
    private readonly TunnelConfiguration _configuration;
    private readonly TunnelClock _clock;
    private readonly ClientCredentials _credentials;
    private readonly ClientScripts _scripts;
    private readonly Lock _lock = new();
    private OpenVpnClientStatus _status;        // under _lock: the owner writes it, and what it has set up aside
    private volatile ClientAttempt? _attempt;
    private readonly PeerCounters _earlier = new();
    private ITlsContext? _tls;

    /// <summary>A client that does nothing yet.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="TunnelConfigurationException">A directive cannot be carried out.</exception>
    public OpenVpnClient(OpenVpnClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _configuration = options.Configuration;
        _clock = new TunnelClock(options.Clock);
        _credentials = new ClientCredentials(_configuration, options.Identity, options.Prompt);
        _scripts = new ClientScripts(_configuration, options.Identity.Directory, Log);
        _status = new() { State = OpenVpnClientState.Connecting, Since = options.Clock.GetUtcNow() };
        ExitNotices = _configuration.ExitNotices;
    }

    /// <summary>What a server asks in refusing; answered before the next try.</summary>
    internal AuthFailure? Challenge { get; set; }

    internal int ExitNotices { get; private set; }

    /// <summary>Runs until it is cancelled or has to end; then host and card are as before.</summary>
    /// <param name="cancellationToken">Has it say goodbye to the server and end.</param>
    /// <returns>Why it has ended; <see cref="OpenVpnClientEnd.Stopped"/> when it was cancelled.</returns>
    /// <exception cref="TunnelIdentityException">Keys, certificates or credentials cannot be used.</exception>
    public async Task<OpenVpnClientEnd> RunAsync(CancellationToken cancellationToken = default)
    {
        string? signal = null;
        try
        {
            foreach (string warning in _options.Identity.Warnings)
                Log(1, warning);
            _tls = _options.Identity.CreateContext(_options.Tls);
            foreach (string remark in _tls.Remarks)
                Log(1, $"WARNING: {remark}");
            await _options.Host.RecoverAsync(cancellationToken).ConfigureAwait(false);
            ClientAttemptEnd end = await TryAllAsync(cancellationToken).ConfigureAwait(false);
            if (end.Final != OpenVpnClientEnd.Stopped)
                signal = $"SIGTERM[soft,{end.Signal}]";
            return end.Final!.Value;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return OpenVpnClientEnd.Stopped;
        }
        finally
        {
            Enter(OpenVpnClientState.Exiting);
            await CloseCardAsync(isRestart: false).ConfigureAwait(false);
            Dispose();
            // Who cancelled it knows the signal.
            if (signal is not null)
                Log(1, $"{signal} received, process exiting");
        }
    }

    /// <summary>Wipes the credentials; it must not run any more.</summary>
    public void Dispose()
    {
        _credentials.Dispose();
        _scripts.Dispose();
        _tls?.Dispose();
    }

    /// <summary>Has it connect again, as SIGUSR1 does. From any thread.</summary>
    public void Restart() => _attempt?.Restart();

    /// <summary>How it is at this moment. From any thread.</summary>
    /// <returns>The status.</returns>
    public OpenVpnClientStatus Snapshot()
    {
        PeerCounters counters = new();
        Add(counters, _earlier);
        if (_attempt is { } attempt)
            Add(counters, attempt);
        lock (_lock)
            return _status with { Counters = counters, Drops = _attempt?.Drops };
    }

    internal void Log(int verbosity, string line) => _options.Log.Write(verbosity, line);

    internal void Enter(OpenVpnClientState state)
    {
        Update(s => s.State == state ? s : s with { State = state, Since = _options.Clock.GetUtcNow() });
    }

    private void Update(Func<OpenVpnClientStatus, OpenVpnClientStatus> change)
    {
        lock (_lock)
            _status = change(_status);
    }

    internal void TakeToken(Session session) => _credentials.Take(session.AuthToken, session.AuthTokenUser);

    /// <summary>After AUTH_FAILED: what auth-retry says, unless it was only a token that the server did not like.</summary>
    internal ClientAttemptEnd JudgeRefusal(AuthFailure failure)
    {
        bool isTokens = _credentials.HasToken || failure.Kind == AuthFailureKind.SessionExpired;
        return new()
        {
            Signal = isTokens ? "auth-failure (auth-token)" : "auth-failure",
            Advance = ClientAdvance.Stay,
            ForgetsToken = isTokens,
            ForgetsCredentials = !isTokens && _configuration.Client.AuthRetry == AuthRetry.Interact,
            Final = isTokens || _configuration.Client.AuthRetry != AuthRetry.None ? null : OpenVpnClientEnd.AuthFailed,
        };
    }

    /// <summary>UDPv4, TCPv6_CLIENT …: as openvpn names a transport.</summary>
    internal static string Transport(ClientAttempt attempt)
    {
        string family = attempt.Server.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "v6" : "v4";
        return attempt.Configuration.Session.IsTcp ? $"TCP{family}_CLIENT" : $"UDP{family}";
    }

    internal static string Name(DatagramAddress address) => $"[{(address.IsIPv6 ? "AF_INET6" : "AF_INET")}]{address.ToIPAddress()}:{address.Port}";

    // The data and, on the wire, the control channel.
    private static void Add(PeerCounters sum, ClientAttempt attempt)
    {
        if (attempt.Peer is { } peer)
            Add(sum, peer.Counters);
        (long sent, long received) = attempt.ControlBytes;
        sum.AddSent(0, 0, sent);
        sum.AddReceived(0, 0, received);
    }

    private static void Add(PeerCounters sum, PeerCounters more)
    {
        sum.AddSent((int)more.PacketsSent, more.BytesSent, more.WireBytesSent);
        sum.AddReceived((int)more.PacketsReceived, more.BytesReceived, more.WireBytesReceived);
    }
}
