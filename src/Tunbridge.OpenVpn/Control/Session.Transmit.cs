// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <content>What goes out: packets of the key states, key blocks, texts.</content>
public sealed partial class Session
{
    /// <summary>Takes the next datagram for the peer.</summary>
    /// <param name="now">The time: decides what is repeated.</param>
    /// <param name="destination">At least <see cref="MaximumControlDatagram"/> bytes.</param>
    /// <param name="length">Bytes written.</param>
    /// <returns>False when there is none now.</returns>
    public bool TryPollTransmit(DateTimeOffset now, Span<byte> destination, out int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaximumControlDatagram, nameof(destination));
        length = 0;
        if (_datagrams.TryDequeue(out byte[]? datagram))
        {
            datagram.CopyTo(destination);
            length = datagram.Length;
            return true;
        }
        return (_lameDuck is not null && TryPollPacket(now, _lameDuck, destination, out length)) ||
            (_primary is not null && TryPollPacket(now, _primary, destination, out length));
    }

    private bool TryPollPacket(DateTimeOffset now, KeyState state, Span<byte> destination, out int length)
    {
        Span<uint> acks = stackalloc uint[ControlBody.MaximumAcks];
        if (state.Reliability.TryPollSend(now, out Opcode opcode, out uint id, out ReadOnlySpan<byte> payload))
        {
            int count = state.Reliability.TakeAcks(acks[..ControlBody.MaximumAcksWithPayload]);
            length = Send(state, opcode, acks[..count], id, payload, destination);
            return true;
        }
        length = 0;
        if (!state.Reliability.HasPendingAcks)
            return false;
        length = Send(state, Opcode.AckV1, acks[..state.Reliability.TakeAcks(acks)], 0, default, destination);
        return true;
    }

    private int Send(KeyState state, Opcode opcode, ReadOnlySpan<uint> acks, uint id, ReadOnlySpan<byte> payload,
        Span<byte> destination)
    {
        Span<byte> body = stackalloc byte[MaximumControlDatagram];
        int length = ControlBody.Write(body, opcode, acks, _remoteId, id, payload);
        PacketHead head = new(opcode, state.KeyId);
        int written = WrapFor(state.KeyId).Send(head, _localId, body[..length], destination);
        if (head.CarriesWrappedKey)
        {
            _wrappedKey.CopyTo(destination[written..]);
            written += _wrappedKey.Length;
        }
        return written;
    }

    private void SendKeyBlock(KeyState state)
    {
        int secrets = (_isServer ? 0 : KeyMethod2.PreMasterSize) + KeyMethod2.RandomsSize;
        state.OwnSecrets = new SecretBytes(secrets);
        _random.Fill(state.OwnSecrets.Span);
        using SecretBytes room = new(KeyMethod2.MaximumLength);
        ReadOnlySpan<byte> own = state.OwnSecrets.Span;
        KeyMethod2 block = new()
        {
            PreMaster = own[..(secrets - KeyMethod2.RandomsSize)],
            Random1 = own[^KeyMethod2.RandomsSize..^KeyMethod2.RandomSize],
            Random2 = own[^KeyMethod2.RandomSize..],
            Options = Encoding.ASCII.GetBytes(_settings.Consistency(_isServer).ToString()),
        };
        if (!_isServer)
        {
            block.Username = Encoding.UTF8.GetBytes(_tokenUser ?? _settings.Username);
            block.Password = _token is null ? _settings.Password.Span : _token.Span;
        }
        if (!_isServer || _settings.IsPeerToPeer)
            block.PeerInfo = OwnPeerInfo().ToBytes();
        int length = block.Write(room.Span);
        if (length < 0 || !state.Tls.TryWrite(room.Span[..length]))
            FailKeyState(state, SessionCloseReason.KeyExchangeFailed, "the key block cannot be sent");
    }

    private PeerInfo OwnPeerInfo()
    {
        ProtocolFeatures features = _settings.IsPeerToPeer ? PeerFeatures
            : ProtocolFeatures.DataV2 | ProtocolFeatures.ControlExit | ProtocolFeatures.TemporaryFailure | ProtocolFeatures.AuthPending |
                ProtocolFeatures.Dns | ProtocolFeatures.RequestsPush;
        if (_settings.AllowKeyExport)
            features |= ExportFeatures;
        PeerInfo info = new();
        info.Add("IV_VER", _settings.Version);
        info.Add("IV_PLAT", "linux");
        info.Add("IV_TCPNL", "1");
        info.Add("IV_MTU", "1600");
        info.Add("IV_NCP", "2");
        info.Add("IV_CIPHERS", string.Join(':', _settings.DataCiphers));
        info.Add("IV_PROTO", ((int)features).ToString(System.Globalization.CultureInfo.InvariantCulture));
        info.Add("IV_LZO_STUB", "1");
        info.Add("IV_COMP_STUB", "1");
        info.Add("IV_COMP_STUBv2", "1");
        foreach ((string name, string value) in _settings.PeerInfo)
            info.Add(name, value);
        return info;
    }

    // One text is one TLS write: peers of version 2 take each read for one text.
    private bool SendText(KeyState state, string text)
    {
        using SecretBytes bytes = new(Encoding.UTF8.GetByteCount(text) + 1);
        Encoding.UTF8.GetBytes(text, bytes.Span);
        if (_replyToken is not null)
            PushedToken.Fill(bytes.Span, _replyToken.Span);
        bool isSent = state.Tls.TryWrite(bytes.Span);
        QueueTlsBytes(state);
        return isSent;
    }
}
