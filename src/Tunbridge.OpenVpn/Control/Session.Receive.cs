// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <content>What comes in: control packet, acknowledgements, TLS, key block, texts.</content>
public sealed partial class Session
{
    /// <summary>Takes a control datagram of the peer.</summary>
    /// <param name="now">The time.</param>
    /// <param name="datagram">Changed in place.</param>
    /// <returns>Why it was dropped; <see cref="DropReason.None"/> when it was not.</returns>
    public DropReason HandleDatagram(DateTimeOffset now, Span<byte> datagram)
    {
        if (IsClosed)
            return DropReason.UnknownPeer;
        if (!PacketHead.TryReadControl(datagram, out PacketHead head, out ulong sessionId))
            return DropReason.Malformed;
        if (head.CarriesWrappedKey)
        {
            // Its content was judged once, before the session began; afterwards it is only cut off.
            if (!_isServer || _settings.Wrap != ControlWrapKind.TlsCryptV2 || !TlsCryptV2ServerKey.TrySplit(datagram, out datagram, out _))
                return DropReason.UnknownType;
        }
        if (_remoteId != 0 && sessionId != _remoteId)
            return DropReason.UnknownPeer;
        WrapState wrap = WrapFor(head.KeyId);
        DropReason reason = wrap.Wrap.Unwrap(datagram, wrap.Replay, now.ToUnixTimeMilliseconds(), out Span<byte> bytes, out _);
        if (reason != DropReason.None)
            return reason;
        if (!ControlBody.TryRead(head.Opcode, bytes, out ControlBody body) || (body.AckCount > 0 && body.RemoteSessionId != _localId))
            return DropReason.Malformed;
        reason = HandleBody(now, head, sessionId, ref body);
        Pump(now);
        return reason;
    }

    // The rows of the table in docs/openvpn.md that a packet begins.
    private DropReason HandleBody(DateTimeOffset now, PacketHead head, ulong sessionId, ref ControlBody body)
    {
        if (head.IsHardReset)
        {
            bool isForUs = head.Opcode == Opcode.HardResetServerV2 ? !_isServer : _isServer;
            if (!isForUs || body.MessageId != 0 || _primary is null)
                return DropReason.UnknownType;
            // A server's reset acknowledges ours, which only someone who saw that can: a forged one must not become the peer.
            if (!_isServer && (body.AckCount == 0 || body.Acks[0] != 0))
                return DropReason.Malformed;
            if (_primary.KeyId == 0 && _primary.Phase == KeyPhase.Reset)
                BeginHandshake(now, sessionId, body.Payload);
        }
        KeyState? state = _primary?.KeyId == head.KeyId ? _primary : _lameDuck?.KeyId == head.KeyId ? _lameDuck : null;
        if (head.Opcode == Opcode.SoftResetV1)
        {
            if (body.MessageId != 0)
                return DropReason.Malformed;
            if (state is null && _primary is { IsActive: true } active && head.KeyId == NextKeyId(active.KeyId))
                state = BeginRenegotiation(now, "peer");
            if (state is { Phase: KeyPhase.Reset })
            {
                state.Phase = KeyPhase.Handshake;
                state.Tls.Step(now, default);
            }
        }
        if (state is null || state.Phase == KeyPhase.Reset)
            return DropReason.UnknownKey;
        state.Reliability.HandleAcks(((ReadOnlySpan<uint>)body.Acks)[..body.AckCount]);
        if (head.Opcode == Opcode.AckV1)
            return DropReason.None;
        if (!state.Reliability.HandleMessage(head.Opcode, body.MessageId, body.Payload))
            return DropReason.Replayed;
        while (state.Reliability.TryDeliver(out Opcode opcode, out ReadOnlySpan<byte> payload))
        {
            if ((opcode is Opcode.ControlV1 or Opcode.ControlWkcV1) && state.HasTls)
                state.Tls.Step(now, payload);
        }
        return DropReason.None;
    }

    private void BeginHandshake(DateTimeOffset now, ulong sessionId, ReadOnlySpan<byte> payload)
    {
        _remoteId = sessionId;
        _mustResendWrappedKey = _wrappedKey.Length > 0 && EarlyNegotiation.AsksForWrappedKey(payload);
        _primary!.Phase = KeyPhase.Handshake;
        _primary.Tls.Step(now, default);
    }

    // Moves bytes between TLS and the reliability layer, and reads what TLS has decrypted.
    private void Pump(DateTimeOffset now)
    {
        if (_lameDuck is not null)
            Pump(now, _lameDuck);
        if (_primary is not null)
            Pump(now, _primary);
        // A client that has our key block takes and sends texts under the new key only: hundreds that renew their keys at one moment
        // would otherwise cost two TLS connections each. A client keeps its old one longer: the server may still be judging it.
        if (_isServer && _lameDuck is { HasTls: true } old && _primary is { IsActive: true } next && next.Reliability.IsAcknowledged &&
            next.Tls.PendingCiphertext == 0)
            old.FreeTls();
    }

    private void Pump(DateTimeOffset now, KeyState state)
    {
        if (state.Phase is KeyPhase.Reset or KeyPhase.Failed || !state.HasTls)
            return;
        if (state.Phase == KeyPhase.Handshake && state.Tls.State == TlsState.Established)
        {
            foreach (string remark in state.Tls.Remarks)
                Note($"WARNING: {remark}");
            for (int depth = state.Tls.PeerChain.Count - 1; depth >= 0; depth--)
                Note($"VERIFY OK: depth={depth}, {state.Tls.PeerChain[depth].Subject}");
            Note($"Control Channel: {state.Tls.Description}");
            state.Phase = KeyPhase.KeyExchange;
            if (!_isServer)
                SendKeyBlock(state);
        }
        Span<byte> plain = stackalloc byte[4096];
        for (int count; !IsClosed && (count = state.Tls.Read(plain)) > 0;)
        {
            HandlePlaintext(now, state, plain[..count]);
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(plain[..count]);
        }
        QueueTlsBytes(state);
        if (state.Tls.State == TlsState.Failed && state.Phase != KeyPhase.Failed)
        {
            Note($"TLS Error: {state.Tls.Failure}");
            Note("TLS Error: TLS handshake failed");
            FailKeyState(state, SessionCloseReason.TlsFailed, state.Tls.Failure?.ToString() ?? "TLS failed");
        }
    }

    private void QueueTlsBytes(KeyState state)
    {
        Span<byte> bytes = stackalloc byte[MaximumTlsPayload];
        while (state.Reliability.CanQueue && state.Tls.PendingCiphertext > 0)
        {
            bool hasWrappedKey = state.KeyId == 0 && _mustResendWrappedKey && state.Reliability.NextSend == 1;
            int room = hasWrappedKey ? MaximumTlsPayload - _wrappedKey.Length : MaximumTlsPayload;
            int count = state.Tls.TakeCiphertext(bytes[..Math.Max(1, room)]);
            if (count == 0)
                return;
            state.Reliability.Queue(hasWrappedKey ? Opcode.ControlWkcV1 : Opcode.ControlV1, bytes[..count]);
        }
    }

    private void HandlePlaintext(DateTimeOffset now, KeyState state, ReadOnlySpan<byte> bytes)
    {
        if (state.PeerSecrets is null && state.Phase == KeyPhase.KeyExchange)
        {
            state.BlockSoFar.Append(bytes);
            KeyMethod2Status status = KeyMethod2.Read(state.BlockSoFar.Span, fromClient: _isServer, out KeyMethod2 block);
            if (status == KeyMethod2Status.Wrong)
                FailKeyState(state, SessionCloseReason.KeyExchangeFailed, "the peer's key block is wrong");
            if (status == KeyMethod2Status.Whole)
                HandleKeyBlock(now, state, in block);
            return;
        }
        state.Texts.Append(bytes);
        while (!IsClosed && state.Texts.TryRead(out Span<byte> text))
        {
            if (!_isServer && text.StartsWith("PUSH_"u8) && PushedToken.Cut(ref text) is { } token)
            {
                _pushedToken?.Dispose();
                _pushedToken = token;
            }
            if (ControlMessage.TryParse(text, out ControlMessage message))
                HandleMessage(now, state, message);
            else
                Note("WARNING: Received control with invalid characters, dropped");
        }
    }

    private void HandleKeyBlock(DateTimeOffset now, KeyState state, in KeyMethod2 block)
    {
        state.PeerSecrets = new SecretBytes(block.PreMaster.Length + KeyMethod2.RandomsSize);
        block.PreMaster.CopyTo(state.PeerSecrets.Span);
        block.Random1.CopyTo(state.PeerSecrets.Span[block.PreMaster.Length..]);
        block.Random2.CopyTo(state.PeerSecrets.Span[(block.PreMaster.Length + KeyMethod2.RandomSize)..]);
        string options = Printable(block.Options);
        foreach (string warning in ConsistencyText.Compare(_settings.Consistency(!_isServer).ToString(), options))
            Note(warning);
        _peerOptions = options;
        PeerInfo info = PeerInfo.Parse(block.PeerInfo);
        if (_settings.IsPeerToPeer)
        {
            if (_isServer)
                SendKeyBlock(state);
            if (state.Phase != KeyPhase.Failed)
                ActivateAsPeer(now, state, info);
        }
        else if (_isServer)
        {
            if (state.KeyId == 0)
                _peerInfo = info;
            _peerFeatures = (_peerInfo ?? info).Features;
            _events.Enqueue(new AuthenticationRequested
            {
                KeyId = state.KeyId,
                Username = Printable(block.Username),
                Password = new SecretBytes(block.Password),
                PeerInfo = info.Entries,
                Certificates = state.Tls.PeerChain,
            });
            SendKeyBlock(state);
            state.Phase = KeyPhase.Verify;
        }
        else if (state.KeyId > 0)
        {
            Activate(now, state);
        }
        else
        {
            state.Phase = KeyPhase.Options;
            _nextPushRequest = now;
            RequestPush(now);
        }
        state.BlockSoFar.Dispose();
    }

    // What the peer says goes into logs and scripts: anything that is not plain text becomes '_'.
    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) ? '_' : source[i];
        });
    }
}
