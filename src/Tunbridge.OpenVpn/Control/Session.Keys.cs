// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <content>Data keys: derivation, publication, renegotiation.</content>
public sealed partial class Session
{
    // The peer has surely its new key by then, too.
    private static readonly TimeSpan s_switchAfter = TimeSpan.FromSeconds(5);

    // A thread of the data path has taken a new look at the keys by then.
    private static readonly TimeSpan s_disposeAfter = TimeSpan.FromSeconds(10);

    private KeyState? _sending;

    /// <summary>Begins the next key now, unless one is on its way.</summary>
    /// <param name="now">The time.</param>
    /// <returns>Whether it began.</returns>
    public bool Renegotiate(DateTimeOffset now)
    {
        if (IsClosed || _primary is not { IsActive: true })
            return false;
        BeginRenegotiation(now, "us");
        return true;
    }

    // 7 is followed by 1: 0 is the first key of a session only.
    private static byte NextKeyId(byte keyId) => (byte)(keyId == 7 ? 1 : keyId + 1);

    private KeyState BeginRenegotiation(DateTimeOffset now, string initiator)
    {
        KeyState old = _primary!;
        Note($"TLS: soft reset, begun by {initiator}, key id {NextKeyId(old.KeyId)}");
        if (_lameDuck is not null)
            Retire(now, _lameDuck);
        _sending = old;
        old.Dies = now + _settings.TransitionWindow;
        _lameDuck = old;
        _primary = NewKeyState(NextKeyId(old.KeyId), now);
        _primary.Reliability.Queue(Opcode.SoftResetV1, default);
        Publish();
        return _primary;
    }

    private void Retire(DateTimeOffset now, KeyState state)
    {
        state.WipeSecrets();
        // What came under it counts on, also while its successor is not in use yet.
        (_lastHeard, _lastSent) = (LastHeard(), LastSent());
        _retired.Add((now, state));
        if (_sending == state)
            _sending = null;
    }

    // Makes the data keys of a key state whose exchange is done.
    private void Activate(DateTimeOffset now, KeyState state)
    {
        using StaticKey? key = DeriveKey(state);
        state.WipeSecrets();
        if (key is null || _format is null)
        {
            FailKeyState(state, SessionCloseReason.KeyExchangeFailed, "no data keys can be made");
            return;
        }
        state.Sealer = _format.CreateSealer(_crypto, _random, key, _isServer, state.KeyId);
        state.PingSealer = state.Sealer.Fork();
        state.Opener = _format.CreateOpener(_crypto, key, _isServer, state.KeyId, state.Sealer);
        state.Phase = KeyPhase.Active;
        state.ActiveSince = now;
        (_nextCount, _bytesAtKey) = (now + CountEvery(state), TunnelBytes);
        _deadline = null;       // patience was asked for with this key only
        _sending ??= state;
        if (!IsConnected)
            (_lastHeard, _lastSent) = (now, now);
        Publish();
        if (state.KeyId > 0)
            _events.Enqueue(new SessionRekeyed { KeyId = state.KeyId });
    }

    private StaticKey? DeriveKey(KeyState state)
    {
        if (_usesKeyExport)
        {
            using SecretBytes bytes = new(StaticKey.Size);
            return state.Tls.TryExport(KeyDerivation.ExporterLabel, bytes.Span) && bytes.Span.ContainsAnyExcept((byte)0)
                ? new StaticKey(bytes.Span) : null;
        }
        (SecretBytes? client, SecretBytes? server) = _isServer ? (state.PeerSecrets, state.OwnSecrets) : (state.OwnSecrets, state.PeerSecrets);
        if (client is null || server is null)
            return null;
        (ulong clientId, ulong serverId) = _isServer ? (_remoteId, _localId) : (_localId, _remoteId);
        ReadOnlySpan<byte> secrets = client.Span;
        return KeyDerivation.FromSecrets(_crypto, secrets[..KeyMethod2.PreMasterSize], secrets[KeyMethod2.PreMasterSize..],
            server.Span, clientId, serverId);
    }

    // Once per session: the wrap of all renegotiations, from the first TLS connection.
    private bool TryUseDynamicTlsCrypt(DateTimeOffset now, KeyState first)
    {
        using SecretBytes bytes = new(StaticKey.Size);
        if (_renegotiationWrap is not null || !first.Tls.TryExport(KeyDerivation.DynamicTlsCryptLabel, bytes.Span))
            return false;
        using StaticKey exported = new(bytes.Span);
        using StaticKey? mixed = _wrapKey is null ? null : exported.Xor(_wrapKey);
        _renegotiationWrap = new WrapState(new TlsCryptWrap(_crypto, mixed ?? exported, _isServer), ownsWrap: true,
            new ControlPacketId(now.ToUnixTimeSeconds()));
        return true;
    }

    private void Publish()
    {
        KeyState? next = _primary is { IsActive: true } primary && primary != _sending ? primary : null;
        _keys = new DataKeys(_sending?.Sealer, [_primary?.Opener, _lameDuck?.Opener], next?.Sealer, next?.Opener);
    }

    // Sends with the new key as soon as the peer has shown that it has it, or surely has.
    private void SwitchSealer(DateTimeOffset now)
    {
        if (_primary is { IsActive: true } primary && _sending != primary &&
            (_sending is null || primary.Opener!.Count > 0 || now >= primary.ActiveSince + s_switchAfter))
        {
            _sending = primary;
            if (_lameDuck is not null)
                _lameDuck.Quiets = now + s_disposeAfter;
            Publish();
        }
    }

    private void FailKeyState(KeyState state, SessionCloseReason reason, string text)
    {
        state.Phase = KeyPhase.Failed;
        state.WipeSecrets();
        // A failed renegotiation leaves the old key until that dies.
        if (state == _primary && _lameDuck is not { IsActive: true })
            Close(reason, text);
    }
}
