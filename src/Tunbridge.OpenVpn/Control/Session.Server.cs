// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <content>The server's side of the texts: judging a client, pushing to it, sending it away.</content>
public sealed partial class Session
{
    // What is said last has this long to arrive; set once, never moved.
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    private PeerInfo? _peerInfo;
    private bool _isPushRequested;
    private bool _isPushSent;
    private IReadOnlyList<string>? _reply;
    private SecretBytes? _replyToken;      // until it has been sent
    private (DateTimeOffset At, SessionCloseReason Reason, string Text)? _closing;

    /// <summary>A server lets a client in, or lets it keep on: answers <see cref="AuthenticationRequested"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="keyId">The key that was asked for.</param>
    /// <param name="options">What is pushed, in the words of the configuration language and without commas; on renegotiation a token or nothing.</param>
    /// <param name="peerId">The client's number, which its data packets carry if it can; 0 to 0xFFFFFE.</param>
    /// <param name="own">What holds for this client only: ciphers, framing and timers count here; null for nothing.</param>
    /// <param name="token">The value of the option <c>auth-token</c>, which stands among the options without one; the session disposes it. Null for none.</param>
    /// <returns>False when there is nothing to answer, or no cipher in common, which the client is told.</returns>
    public bool Accept(DateTimeOffset now, byte keyId, IReadOnlyList<string> options, uint peerId, ClientOverrides? own = null,
        SecretBytes? token = null)
    {
        TakeToken(token);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(peerId, 0xffffffu);
        if (options.Any(o => o.Contains(',', StringComparison.Ordinal) || o.Any(char.IsControl)))
            throw new ArgumentException("A pushed option has no comma and no control characters.", nameof(options));
        if (IsClosed || _primary is not { Phase: KeyPhase.Verify } state || state.KeyId != keyId)
            return false;
        if (keyId > 0)
        {
            Activate(now, state);
            if (options.Count > 0 && state.IsActive)
            {
                foreach (string text in PushReply.Build(WithPlace(options)))
                    SendText(state, text);
            }
            TakeToken(null);
            return state.IsActive;
        }
        ApplyOwn(own);
        if (NegotiateCipher(own) is not { } cipher)
        {
            Reject(now, keyId, "Data channel cipher negotiation failed (no shared cipher)");
            return false;
        }
        uint? usedPeerId = _peerFeatures.HasFlag(ProtocolFeatures.DataV2) ? peerId : null;
        _format = _settings.Format(cipher, usedPeerId, (CompressionFraming)(own?.Framing ?? _settings.Framing));
        List<string> flags = AgreeOnFlags(now, state);
        List<string> all = [.. WithPlace(options)];
        if (usedPeerId is not null)
            all.Add($"peer-id {peerId.ToString(CultureInfo.InvariantCulture)}");
        if (_peerInfo?.Ciphers is not null)
            all.Add($"cipher {cipher}");
        if (_peerFeatures.HasFlag(ProtocolFeatures.ControlExit) && flags.Count > 0)
        {
            all.Add($"protocol-flags {string.Join(' ', flags)}");
            Note($"Protocol options: {all[^1]}");
        }
        else if (_usesKeyExport)
            all.Add("key-derivation tls-ekm");
        if (_peerInfo?.Mtu >= _settings.TunMtu)
            all.Add($"tun-mtu {_settings.TunMtu.ToString(CultureInfo.InvariantCulture)}");
        _reply = PushReply.Build(all);
        Activate(now, state);
        if (!state.IsActive)
            return false;
        StartTimers(now);
        _events.Enqueue(new SessionConnected { Options = [], Cipher = cipher, PeerId = usedPeerId });
        SendReply(state);
        return true;
    }

    /// <summary>A server's verdict takes longer than the hand window: the client is told to wait (AUTH_PENDING), and where to go meanwhile.</summary>
    /// <param name="now">The time.</param>
    /// <param name="keyId">The key that was asked for.</param>
    /// <param name="timeout">How long it takes at most, from now on.</param>
    /// <param name="information">What follows INFO_PRE, such as WEB_AUTH::URL; null for nothing.</param>
    /// <returns>False when there is nothing to wait for.</returns>
    public bool HoldVerdict(DateTimeOffset now, byte keyId, TimeSpan timeout, string? information = null)
    {
        if (IsClosed || _primary is not { Phase: KeyPhase.Verify } state || state.KeyId != keyId)
            return false;
        if (information?.Any(char.IsControl) == true)
            throw new ArgumentException("An information has no control characters.", nameof(information));
        _deadline = now + timeout;
        SendText(state, _peerFeatures.HasFlag(ProtocolFeatures.AuthPending)
            ? $"AUTH_PENDING,timeout {timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)}" : "AUTH_PENDING");
        if (information is not null)
            SendText(state, $"INFO_PRE,{information}");
        return true;
    }

    /// <summary>A server refuses a client: it is told why, and the session ends five seconds later.</summary>
    /// <param name="now">The time.</param>
    /// <param name="keyId">The key that was asked for.</param>
    /// <param name="reason">What follows AUTH_FAILED; empty for nothing.</param>
    public void Reject(DateTimeOffset now, byte keyId, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (IsClosed || _primary is not { Phase: KeyPhase.Verify } state || state.KeyId != keyId)
            return;
        _reply = [reason.Length == 0 ? "AUTH_FAILED" : $"AUTH_FAILED,{reason}"];
        _closing ??= (now + s_farewell, SessionCloseReason.AuthFailed, reason);
        state.WipeSecrets();
        // Nobody asks for options on a renegotiation, and those of the first key were sent long ago.
        if (keyId > 0)
            (_isPushRequested, _isPushSent) = (true, false);
        SendReply(state);
    }

    /// <summary>A server sends a client away: RESTART or HALT, and the session ends five seconds later.</summary>
    /// <param name="now">The time.</param>
    /// <param name="halts">The client is to stop instead of coming back.</param>
    /// <param name="reason">What follows the word, flags in brackets included; empty for nothing.</param>
    public void Disconnect(DateTimeOffset now, bool halts, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        KeyState? state = _primary is { IsActive: true } ? _primary : _lameDuck is { IsActive: true, HasTls: true } ? _lameDuck : null;
        if (IsClosed || _closing is not null)
            return;
        if (state is null)
        {
            // Nobody can be told: no key's TLS is there.
            Close(SessionCloseReason.Local, "closed by this side");
            return;
        }
        SendText(state, $"{(halts ? "HALT" : "RESTART")}{(reason.Length > 0 ? "," : "")}{reason}");
        _closing = (now + s_farewell, SessionCloseReason.Local, "closed by this side");
    }

    /// <summary>The peer has acknowledged everything that was sent to it, and nothing waits to be sent.</summary>
    public bool IsHeard => IsClosed || (IsHeardUnder(_primary) && IsHeardUnder(_lameDuck));

    private static bool IsHeardUnder(KeyState? state) =>
        state is null || (state.Reliability.IsAcknowledged && (!state.HasTls || state.Tls.PendingCiphertext == 0));

    private void HandleClientMessage(DateTimeOffset now, KeyState state, ControlMessage message)
    {
        switch (message.Kind)
        {
            case ControlMessageKind.PushRequest when state.KeyId == 0:
                _isPushRequested = true;
                SendReply(state);
                break;
            case ControlMessageKind.ChallengeResponse:
                _events.Enqueue(new SessionMessage { Text = message.Text });
                break;
            case ControlMessageKind.Exit:
                Note("SIGTERM[soft,remote-exit] received, client-instance exiting");
                Close(SessionCloseReason.PeerExit, "remote-exit");
                break;
            case ControlMessageKind.PushRequest:
                break;      // a renegotiation pushes nothing
            default:
                Note($"WARNING: Received unknown control message: {message.ForLog()}");
                break;
        }
    }

    // Once there is a verdict and the client wants to hear it.
    private void SendReply(KeyState state)
    {
        if (_reply is null || _isPushSent || (!_isPushRequested && !_peerFeatures.HasFlag(ProtocolFeatures.RequestsPush)))
            return;
        _isPushSent = true;
        foreach (string text in _reply)
            SendText(state, text);
        TakeToken(null);
    }

    private void TakeToken(SecretBytes? token)
    {
        _replyToken?.Dispose();
        _replyToken = token;
    }

    // The token itself never becomes part of a string.
    private IEnumerable<string> WithPlace(IReadOnlyList<string> options)
    {
        string place = new(PushedToken.Place, _replyToken?.Length ?? 0);
        return options.Select(o => o == "auth-token" && place.Length > 0 ? $"{o} {place}" : o);
    }

    private void ApplyOwn(ClientOverrides? own)
    {
        if (own is null)
            return;
        _ping = own.Ping ?? _ping;
        if (own.PingRestart is { } restart)
            (_pingRestart, _pingExit) = (restart, TimeSpan.Zero);
        if (own.PingExit is { } exit)
            (_pingExit, _pingRestart) = (exit, TimeSpan.Zero);
        if (own.Inactive is { } inactive)
            (_inactive, _inactiveBytes) = (inactive, own.InactiveBytes);
        _sessionTimeout = own.SessionTimeout ?? _sessionTimeout;
    }

    private string? NegotiateCipher(ClientOverrides? own)
    {
        IReadOnlyList<string> ours = own?.DataCiphers ?? _settings.DataCiphers;
        string? named = ConsistencyText.CipherOf(_peerOptions);
        IReadOnlyList<string>? theirs = _peerInfo?.Ciphers ?? (named is null ? null : [named]);
        if (theirs is null)
            return (own?.FallbackCipher ?? _settings.FallbackCipher) is { } fallback && DataCipher.Find(fallback) is not null ? fallback : null;
        return ours.FirstOrDefault(c =>
            DataCipher.Find(c) is not null && theirs.Contains(c, StringComparer.OrdinalIgnoreCase));
    }

    private List<string> AgreeOnFlags(DateTimeOffset now, KeyState state)
    {
        List<string> flags = [];
        _usesControlExit = _peerFeatures.HasFlag(ProtocolFeatures.ControlExit);
        if (_usesControlExit)
            flags.Add("cc-exit");
        _usesKeyExport = _settings.AllowKeyExport && _peerFeatures.HasFlag(ProtocolFeatures.KeyExport);
        if (_usesKeyExport)
            flags.Add("tls-ekm");
        _usesDynamicTlsCrypt = _usesKeyExport && _usesControlExit && _peerFeatures.HasFlag(ProtocolFeatures.DynamicTlsCrypt) &&
            TryUseDynamicTlsCrypt(now, state);
        if (_usesDynamicTlsCrypt)
            flags.Add("dyn-tls-crypt");
        if (_usesKeyExport && _usesControlExit && _format!.CanHaveEpochs && _peerFeatures.HasFlag(ProtocolFeatures.EpochData))
        {
            _format = _format with { HasEpochs = true };
            flags.Add("aead-epoch");
        }
        return flags;
    }
}
