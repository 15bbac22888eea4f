// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <summary>
/// A server's door: answers resets from unknown addresses without keeping anything, and makes a session once a client has shown
/// that it receives at its address; over a stream, at once.
/// </summary>
/// <remarks>
/// Knows no sessions: the caller looks an address up first, and comes here with what belongs to none. Not thread-safe: the sessions made
/// here share the wrap's keys and belong to the same owner; they must be disposed before it.
/// </remarks>
public sealed class Listener : IDisposable
{
    // Addresses share counters by a secret code: the table never grows, and one sender's flood leaves the others theirs.
    private const int Counters = 4096;

    private readonly SessionSettings _settings;
    private readonly ICryptoProvider _crypto;
    private readonly ITlsContext _tls;
    private readonly IRandomSource _random;
    private readonly HandshakeCookie _cookies;
    private readonly StaticKey? _key;
    private readonly ControlWrap? _wrap;                // null with tls-crypt-v2 alone: each client has its own
    private readonly TlsCryptV2ServerKey? _serverKey;
    private readonly byte[] _copy = new byte[2048];
    private readonly int[] _answers = new int[Counters];
    private DateTimeOffset _intervalStart;

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
            if (settings.SecondWrap != ControlWrapKind.None)
                settings = settings with { Wrap = settings.SecondWrap, WrapKey = settings.SecondWrapKey };
        }
        if (settings.Wrap != ControlWrapKind.TlsCryptV2)
        {
            if (settings.Wrap != ControlWrapKind.None && !StaticKey.TryParse(settings.WrapKey.Span, out _key))
                throw new FormatException("The text is no OpenVPN static key.");
            _wrap = Session.CreateWrap(settings, crypto, _key, isServer: true);
        }
        using SecretBytes secret = new(32);
        random.Fill(secret.Span);
        _cookies = new HandshakeCookie(crypto, secret.Span, settings.HandWindow);
    }

    /// <summary>
    /// How many strangers' resets from one address are answered in each <see cref="Interval"/> (<c>connect-freq-initial</c>), against being used
    /// for reflection.
    /// </summary>
    public int AnswersPerInterval { get; init; } = 100;

    /// <summary>The time for which answers are counted.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Takes the first datagram of a connection, whose sender has shown by connecting that it is where it says.</summary>
    /// <param name="now">The time.</param>
    /// <param name="datagram">What came.</param>
    /// <param name="session">The session that begins; the caller disposes it. It has taken the datagram already.</param>
    /// <returns>Why the datagram was dropped; <see cref="DropReason.None"/> when it was not.</returns>
    public DropReason HandleStream(DateTimeOffset now, ReadOnlySpan<byte> datagram, out Session? session)
    {
        session = null;
        DropReason reason = Read(now, datagram, out PacketHead head, out ulong clientId, out Key key, out ControlBody body, out _);
        if (reason == DropReason.None && (!head.IsHardReset || body.MessageId != 0 || body.AckCount != 0))
            reason = DropReason.UnknownPeer;
        if (reason == DropReason.None)
            session = MakeSession(now, datagram, clientId, ref key, Session.NewId(_random), isCookie: false);
        key.Release();
        return reason;
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
        DropReason reason = Read(now, datagram, out PacketHead head, out ulong clientId, out Key key, out ControlBody body, out uint number);
        if (reason == DropReason.None)
        {
            reason = head.IsHardReset ? Answer(now, from, datagram, head, clientId, ref key, number, in body, reply, out replyLength, out session)
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

    // What a datagram says, read in a copy: a session that begins reads the datagram itself.
    private DropReason Read(DateTimeOffset now, ReadOnlySpan<byte> datagram, out PacketHead head, out ulong clientId, out Key key,
        out ControlBody body, out uint number)
    {
        (head, clientId, key, number) = (default, 0, default, 0);
        body = default;
        if (datagram.Length > _copy.Length)
            return DropReason.TooLong;
        Span<byte> packet = _copy.AsSpan(0, datagram.Length);
        datagram.CopyTo(packet);
        if (!PacketHead.TryReadControl(packet, out head, out clientId) || head.KeyId != 0)
            return DropReason.Malformed;
        if (head.Opcode is Opcode.HardResetServerV2 or Opcode.SoftResetV1)
            return DropReason.UnknownType;
        DropReason reason = Unwrap(now, head, ref packet, out key, out Span<byte> bytes, out number);
        return reason != DropReason.None ? reason
            : ControlBody.TryRead(head.Opcode, bytes, out body) ? DropReason.None : DropReason.Malformed;
    }

    private DropReason Unwrap(DateTimeOffset now, PacketHead head, scoped ref Span<byte> packet, out Key key, out Span<byte> body, out uint number)
    {
        key = default;
        body = default;
        number = 0;
        if (!head.CarriesWrappedKey)
        {
            if (_wrap is null)
                return DropReason.UnknownType;
            key = new Key(_wrap, _key, [], IsOwned: false);
        }
        else
        {
            if (_serverKey is null)
                return DropReason.UnknownType;
            if (!TlsCryptV2ServerKey.TrySplit(packet, out packet, out ReadOnlySpan<byte> wrapped))
                return DropReason.TooShort;
            if (!_serverKey.TryUnwrap(wrapped, out StaticKey? clientKey, out byte[] metadata))
                return DropReason.NotAuthentic;
            key = new Key(new TlsCryptWrap(_crypto, clientKey!, isServer: true), clientKey, metadata, IsOwned: true);
        }
        return key.Wrap.Unwrap(packet, replay: null, now.ToUnixTimeMilliseconds(), out body, out number);
    }

    // A reset: answered with the cookie as our session id, and forgotten.
    private DropReason Answer(DateTimeOffset now, PeerAddress from, ReadOnlySpan<byte> datagram, PacketHead head, ulong clientId, ref Key key,
        uint number, in ControlBody body, Span<byte> reply, out int length, out Session? session)
    {
        length = 0;
        session = null;
        if (body.MessageId != 0 || body.AckCount != 0)
            return DropReason.Malformed;
        bool hasOwnKey = head.Opcode == Opcode.HardResetClientV3;
        bool isLate = hasOwnKey && !EarlyNegotiation.IsUnderstoodBy(number);
        if (isLate && !_settings.AllowClientsWithoutCookie)
            return DropReason.UnknownType;
        Span<byte> address = stackalloc byte[PeerAddress.Size];
        from.Write(address);
        if (!MayAnswer(now, address))
            return DropReason.Overload;
        if (isLate)
        {
            // A client of openvpn 2.5 would not send its wrapped key again: who has one of our keys is trusted to be where it says.
            session = MakeSession(now, datagram, clientId, ref key, Session.NewId(_random), isCookie: false);
            return DropReason.None;
        }
        ulong cookie = _cookies.Make(now.ToUnixTimeMilliseconds(), address, clientId);
        Span<byte> answer = stackalloc byte[64];
        int count = ControlBody.Write(answer, Opcode.HardResetServerV2, [0], clientId, 0,
            hasOwnKey ? EarlyNegotiation.Request : default);
        ControlPacketId id = new(now.ToUnixTimeSeconds());
        length = key.Wrap.Wrap(ref id, new PacketHead(Opcode.HardResetServerV2, 0), cookie, answer[..count], reply);
        return DropReason.None;
    }

    private bool MayAnswer(DateTimeOffset now, ReadOnlySpan<byte> address)
    {
        if (now - _intervalStart >= Interval)
        {
            _intervalStart = now;
            Array.Clear(_answers);
        }
        // The code of a cookie, over the address without its port: nobody can choose whose counter he uses.
        Span<byte> host = stackalloc byte[PeerAddress.Size];
        address[..sizeof(ulong)].CopyTo(host);
        address.Slice(sizeof(ulong), sizeof(ulong)).CopyTo(host[sizeof(ulong)..]);
        ref int count = ref _answers[_cookies.Make(0, host, 0) % Counters];
        return ++count <= AnswersPerInterval;
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
        session = MakeSession(now, datagram, clientId, ref key, body.RemoteSessionId, isCookie: true);
        return DropReason.None;
    }

    private Session MakeSession(DateTimeOffset now, ReadOnlySpan<byte> datagram, ulong clientId, ref Key key, ulong localId, bool isCookie)
    {
        // With a cookie, number 1 was the answer's.
        WrapState wrap = new(key.Wrap, key.IsOwned, new ControlPacketId(now.ToUnixTimeSeconds(), isCookie ? 1u : 0u));
        Session session = Session.Answer(_settings, _crypto, _tls, _random, wrap, key.Bytes is null ? null : new StaticKey(key.Bytes.Bytes),
            localId, clientId, isCookie, now);
        session.ClientKeyMetadata = key.Metadata;
        if (key.IsOwned)
            key.Bytes?.Dispose();
        key = key with { IsOwned = false };
        Span<byte> again = _copy.AsSpan(0, datagram.Length);
        datagram.CopyTo(again);
        session.HandleDatagram(now, again);
        return session;
    }

    private readonly record struct Key(ControlWrap Wrap, StaticKey? Bytes, byte[] Metadata, bool IsOwned)
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
