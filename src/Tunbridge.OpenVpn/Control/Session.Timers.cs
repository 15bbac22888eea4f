// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.OpenVpn.Control;

/// <content>What time brings.</content>
public sealed partial class Session
{
    private TimeSpan _ping;
    private TimeSpan _pingRestart;
    private TimeSpan _pingExit;
    private TimeSpan _inactive;
    private long _inactiveBytes;
    private TimeSpan _sessionTimeout;
    private DateTimeOffset _connected;
    private DateTimeOffset _activeUntil;    // when the card was last seen to move enough
    private long _bytesThen;
    private DateTimeOffset _lastSent;
    private DateTimeOffset _lastHeard;
    private DateTimeOffset _nextLook;       // at what the card has moved
    private DateTimeOffset? _deadline;      // set when the server has asked for patience

    /// <summary>Bytes of packets that the tunnel has carried both ways, pings not counted; set it before <see cref="HandleTimeout"/>, for <c>inactive</c> and <c>reneg-bytes</c>.</summary>
    public long TunnelBytes { get; set; }

    /// <summary>When <see cref="HandleTimeout"/> wants to be called; null for never.</summary>
    public DateTimeOffset? NextTimeout
    {
        get
        {
            DateTimeOffset? next = null;
            if (IsClosed)
                return next;
            Earlier(ref next, _closing?.At);
            Earlier(ref next, _lameDuck?.Dies);
            Earlier(ref next, _lameDuck?.Quiets);
            Earlier(ref next, _lameDuck?.Reliability.NextTimeout);
            if (_retired.Count > 0)
                Earlier(ref next, _retired[0].Since + s_disposeAfter);
            if (_primary is not { } primary)
                return next;
            Earlier(ref next, primary.Reliability.NextTimeout);
            if (primary.Phase == KeyPhase.Options)
                Earlier(ref next, _nextPushRequest);
            if (!primary.IsActive && primary.Phase != KeyPhase.Failed)
                Earlier(ref next, Deadline(primary));
            if (primary.IsActive && _renegotiateAfter > TimeSpan.Zero)
                Earlier(ref next, primary.ActiveSince + _renegotiateAfter);
            if (primary.IsActive && _closing is null)
                Earlier(ref next, _nextCount);
            if (primary.IsActive && _sending != primary)
                Earlier(ref next, primary.ActiveSince + s_switchAfter);
            if (_sending is not null && _ping > TimeSpan.Zero)
                Earlier(ref next, LastSent() + _ping);
            if (IsConnected && Silence is { } silence)
                Earlier(ref next, LastHeard() + silence);
            if (IsConnected && _sessionTimeout > TimeSpan.Zero)
                Earlier(ref next, _connected + _sessionTimeout);
            if (IsConnected && _inactive > TimeSpan.Zero)
                Earlier(ref next, _nextLook);
            return next;
        }
    }

    /// <summary>Does what is due. May be called at any time, also without need.</summary>
    /// <param name="now">The time.</param>
    public void HandleTimeout(DateTimeOffset now)
    {
        while (_retired.Count > 0 && now >= _retired[0].Since + s_disposeAfter)
        {
            _retired[0].Key.Dispose();
            _retired.RemoveAt(0);
        }
        if (IsClosed)
            return;
        if (_closing is { } closing && now >= closing.At)
        {
            Close(closing.Reason, closing.Text);
            return;
        }
        if (_primary is { IsActive: false } waiting && waiting.Phase != KeyPhase.Failed && now >= Deadline(waiting))
            GiveUp(waiting);
        if (_lameDuck?.Dies <= now)
            Bury(now);
        if (_lameDuck?.Quiets <= now)
            _lameDuck.Quiet();
        SwitchSealer(now);
        if (!IsClosed && _closing is null && _primary is { IsActive: true } active && IsRenegotiationDue(now, active))
            BeginRenegotiation(now, "us");
        RequestPush(now);
        SendPing(now);
        if (IsConnected && Silence is { } silence && now >= LastHeard() + silence)
            EndSilent();
        EndInactive(now);
        Pump(now);
    }

    // ping-exit and ping-restart are one timer: setting one unsets the other.
    private TimeSpan? Silence => _pingExit > TimeSpan.Zero ? _pingExit : _pingRestart > TimeSpan.Zero ? _pingRestart : null;

    private void EndSilent()
    {
        if (_pingExit > TimeSpan.Zero)
        {
            Note("Inactivity timeout (--ping-exit), exiting");
            Close(SessionCloseReason.PingExit, "ping-exit");
            return;
        }
        Note("Inactivity timeout (--ping-restart), restarting");
        Close(SessionCloseReason.PingRestart, "ping-restart");
    }

    private void EndInactive(DateTimeOffset now)
    {
        if (IsClosed || !IsConnected)
            return;
        if (_sessionTimeout > TimeSpan.Zero && now >= _connected + _sessionTimeout)
        {
            Note("Session timeout, exiting");
            Close(SessionCloseReason.SessionTimeout, "session-timeout");
            return;
        }
        if (_inactive <= TimeSpan.Zero || now < _nextLook)
            return;
        long bytes = TunnelBytes;
        if (bytes - _bytesThen >= Math.Max(1, _inactiveBytes))
            (_activeUntil, _bytesThen) = (now, bytes);
        // Looked at eight times in the time that must pass: the end comes at most an eighth late.
        TimeSpan step = _inactive / 8;
        _nextLook = now + (step > TimeSpan.FromSeconds(1) ? step : TimeSpan.FromSeconds(1));
        if (now < _activeUntil + _inactive)
            return;
        Note("Inactivity timeout (--inactive), exiting");
        Close(SessionCloseReason.Inactive, "inactive");
    }

    private void StartTimers(DateTimeOffset now)
    {
        IsConnected = true;
        (_connected, _activeUntil, _nextLook, _bytesThen) = (now, now, now, TunnelBytes);
    }

    private static void Earlier(ref DateTimeOffset? next, DateTimeOffset? other)
    {
        if (other is { } time && !(next <= time))
            next = time;
    }

    private DateTimeOffset Deadline(KeyState state) => _deadline ?? state.Started + _settings.HandWindow;

    private void GiveUp(KeyState state)
    {
        Note($"TLS Error: TLS key negotiation failed to occur within {_settings.HandWindow.TotalSeconds:0} seconds " +
            "(check your network connectivity)");
        Note("TLS Error: TLS handshake failed");
        bool hasAnswered = state.Phase != KeyPhase.Reset;
        FailKeyState(state, hasAnswered ? SessionCloseReason.HandshakeTimeout : SessionCloseReason.NoAnswer,
            hasAnswered ? $"the peer answered, then the handshake stopped at {state.Phase}" : "no answer from the peer");
    }

    private void Bury(DateTimeOffset now)
    {
        Retire(now, _lameDuck!);
        _lameDuck = null;
        if (_primary is { IsActive: true })
            _sending = _primary;
        else
            Close(SessionCloseReason.KeyExpired, "the renegotiation failed and the old key has expired");
        Publish();
    }

    private void SendPing(DateTimeOffset now)
    {
        if (!IsClosed && _sending is { } sending && _ping > TimeSpan.Zero && now >= LastSent() + _ping)
        {
            SealInBand(sending, InBand.Ping, now);
            _lastSent = now;
        }
    }

    private void SealInBand(KeyState state, ReadOnlySpan<byte> payload, DateTimeOffset now)
    {
        DataSealer sealer = state.PingSealer!;
        byte[] buffer = new byte[payload.Length + sealer.Overhead];
        if (sealer.TrySeal(payload, buffer, now.ToUnixTimeMilliseconds(), out int length))
            _datagrams.Enqueue(buffer[..length]);
    }

    // The data path's threads leave the time of their last packet with sealer and opener.
    private DateTimeOffset LastSent() => Later(_lastSent, _sending?.Sealer?.LastUsed ?? 0);

    private DateTimeOffset LastHeard() =>
        Later(Later(_lastHeard, _primary?.Opener?.LastUsed ?? 0), _lameDuck?.Opener?.LastUsed ?? 0);

    private static DateTimeOffset Later(DateTimeOffset time, long milliseconds) =>
        milliseconds > time.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : time;
}
