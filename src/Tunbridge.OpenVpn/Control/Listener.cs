// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <summary>
/// A server's door: answers resets from unknown addresses without keeping anything, and makes a session once a client has shown
/// that it receives at its address.
/// </summary>
/// <remarks>
/// Knows no sessions: the caller looks an address up first, and comes here with what belongs to none. Not thread-safe: the sessions made
/// here share the wrap's keys and belong to the same owner; they must be disposed before it.
/// </remarks>
public sealed class Listener : IDisposable
{
    // connect-freq-initial 100 10: answers to strangers, against being used for reflection
    private const int AnswersPerInterval = 100;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private readonly SessionSettings _settings;
    private readonly ICryptoProvider _crypto;
    private readonly ITlsContext _tls;
    private readonly IRandomSource _random;
    private readonly HandshakeCookie _cookies;
    private readonly StaticKey? _key;
    private readonly ControlWrap? _wrap;                // null with tls-crypt-v2: each client has its own
    private readonly TlsCryptV2ServerKey? _serverKey;
    private readonly byte[] _copy = new byte[2048];
    private DateTimeOffset _intervalStart;
    private int _answers;

    /// <summary>A server's door.</summary>
    /// <param name="settings">How the server is configured.</param>
    /// <param name="crypto">Makes the ciphers.</param>
    /// <param name="tls">The server's identity; must outlive the sessions.</param>
    /// <param name="random">Random bytes.</param>
    /// <exception cref="FormatException">The key file of the wrap is none.</exception>
    public Listener(SessionSettings settings, ICryptoProvider crypto, ITlsContext tls, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(crypto);
        ArgumentNullException.ThrowIfNull(random);
        (_settings, _crypto, _tls, _random) = (settings, crypto, tls, random);
        if (settings.Wrap == ControlWrapKind.TlsCryptV2)
        {
            _serverKey = TlsCryptV2ServerKey.Parse(crypto, settings.WrapKey.Span) ??
                throw new FormatException("The text is no tls-crypt-v2 server key.");
        }
        else
        {
            if (settings.Wrap != ControlWrapKind.None && !StaticKey.TryParse(settings.WrapKey.Span, out _key))
                throw new FormatException("The text is no OpenVPN static key.");
            _wrap = Session.CreateWrap(settings, crypto, _key, isServer: true);
        }
        using SecretBytes secret = new(32);
        random.Fill(secret.Span);
        _cookies = new HandshakeCookie(crypto, secret.Span, settings.HandWindow);
    }

    /// <summary>Takes a control datagram from an address without a session.</summary>
    /// <param name="now">The time.</param>
    /// <param name="from">The sender.</param>
    /// <param name="datagram">What came.</param>
    /// <param name="reply">Room for an answer, at least <see cref="Session.MaximumControlDatagram"/> bytes.</param>
    /// <param name="replyLength">Bytes to send back; 0 for no answer.</param>
    /// <param name="session">The session that begins; the caller disposes it. It has taken the datagram already.</param>
    /// <returns>Why the datagram was dropped; <see cref="DropReason.None"/> when it was not.</returns>
    public DropReason HandleDatagram(DateTimeOffset now, PeerAddress from, ReadOnlySpan<byte> datagram, Span<byte> reply,
        out int replyLength, out Session? session)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reply.Length, Session.MaximumControlDatagram, nameof(reply));
        replyLength = 0;
        session = null;
        if (datagram.Length > _copy.Length)
            return DropReason.TooLong;
        // Looked at in a copy: a session that begins reads the datagram itself.
        Span<byte> packet = _copy.AsSpan(0, datagram.Length);
        datagram.CopyTo(packet);
        if (!PacketHead.TryReadControl(packet, out PacketHead head, out ulong clientId) || head.KeyId != 0)
            return DropReason.Malformed;
        if (head.Opcode is Opcode.HardResetServerV2 or Opcode.SoftResetV1)
            return DropReason.UnknownType;
        DropReason reason = Unwrap(now, head, ref packet, out Key key, out Span<byte> bytes, out uint number);
        if (reason == DropReason.None)
        {
            reason = !ControlBody.TryRead(head.Opcode, bytes, out ControlBody body) ? DropReason.Malformed
                : head.IsHardReset ? Answer(now, from, head, clientId, key, number, in body, reply, out replyLength)
                : Begin(now, from, datagram, clientId, ref key, in body, out session);
        }
        key.Release();
        return reason;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        _cookies.Dispose();
        _wrap?.Dispose();
        _serverKey?.Dispose();
        _key?.Dispose();
    }

    private DropReason Unwrap(DateTimeOffset now, PacketHead head, ref Span<byte> packet, out Key key, out Span<byte> body, out uint number)
    {
        key = default;
        body = default;
        number = 0;
        if (head.CarriesWrappedKey != (_serverKey is not null))
            return DropReason.UnknownType;
        if (_serverKey is null)
        {
            key = new Key(_wrap!, _key, IsOwned: false);
        }
        else
        {
            if (!TlsCryptV2ServerKey.TrySplit(packet, out packet, out ReadOnlySpan<byte> wrapped))
                return DropReason.TooShort;
            if (!_serverKey.TryUnwrap(wrapped, out StaticKey? clientKey, out _))
                return DropReason.NotAuthentic;
            key = new Key(new TlsCryptWrap(_crypto, clientKey!, isServer: true), clientKey, IsOwned: true);
        }
        return key.Wrap.Unwrap(packet, replay: null, now.ToUnixTimeMilliseconds(), out body, out number);
    }

    // A reset: answered with the cookie as our session id, and forgotten.
    private DropReason Answer(DateTimeOffset now, PeerAddress from, PacketHead head, ulong clientId, Key key, uint number, in ControlBody body,
        Span<byte> reply, out int length)
    {
        length = 0;
        if (body.MessageId != 0 || body.AckCount != 0)
            return DropReason.Malformed;
        // Without early negotiation the client would not send its wrapped key again.
        if (head.Opcode == Opcode.HardResetClientV3 && !EarlyNegotiation.IsUnderstoodBy(number))
            return DropReason.UnknownType;
        if (now - _intervalStart >= s_interval)
            (_intervalStart, _answers) = (now, 0);
        if (++_answers > AnswersPerInterval)
            return DropReason.Overload;
        Span<byte> address = stackalloc byte[PeerAddress.Size];
        from.Write(address);
        ulong cookie = _cookies.Make(now.ToUnixTimeMilliseconds(), address, clientId);
        Span<byte> answer = stackalloc byte[64];
        int count = ControlBody.Write(answer, Opcode.HardResetServerV2, [0], clientId, 0,
            _serverKey is null ? default : EarlyNegotiation.Request);
        ControlPacketId id = new(now.ToUnixTimeSeconds());
        length = key.Wrap.Wrap(ref id, new PacketHead(Opcode.HardResetServerV2, 0), cookie, answer[..count], reply);
        return DropReason.None;
    }

    // Anything else must repeat the cookie, in an acknowledgement of our reset.
    private DropReason Begin(DateTimeOffset now, PeerAddress from, ReadOnlySpan<byte> datagram, ulong clientId, ref Key key, in ControlBody body,
        out Session? session)
    {
        session = null;
        if (body.AckCount == 0 || body.MessageId > 1)
            return DropReason.UnknownPeer;
        for (int i = 0; i < body.AckCount; i++)
        {
            if (body.Acks[i] > 1)
                return DropReason.UnknownPeer;
        }
        Span<byte> address = stackalloc byte[PeerAddress.Size];
        from.Write(address);
        if (!_cookies.IsValid(body.RemoteSessionId, now.ToUnixTimeMilliseconds(), address, clientId))
            return DropReason.UnknownPeer;
        // Number 1 was the answer's.
        WrapState wrap = new(key.Wrap, key.IsOwned, new ControlPacketId(now.ToUnixTimeSeconds(), 1));
        session = Session.Answer(_settings, _crypto, _tls, _random, wrap, key.Bytes is null ? null : new StaticKey(key.Bytes.Bytes),
            body.RemoteSessionId, clientId, isCookie: true, now);
        if (key.IsOwned)
            key.Bytes?.Dispose();
        key = key with { IsOwned = false };
        Span<byte> again = _copy.AsSpan(0, datagram.Length);
        datagram.CopyTo(again);
        session.HandleDatagram(now, again);
        return DropReason.None;
    }

    private readonly record struct Key(ControlWrap Wrap, StaticKey? Bytes, bool IsOwned)
    {
        internal void Release()
        {
            if (!IsOwned)
                return;
            Wrap.Dispose();
            Bytes?.Dispose();
        }
    }
}
