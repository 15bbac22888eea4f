// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Control;

/// <summary>
/// One session with one peer, as client or as one of a server's: handshake, keys, options, timers. Give it control datagrams and the
/// time; take datagrams and events from it after each call.
/// </summary>
/// <remarks>
/// <para>
/// Call one <c>Handle…</c> method or command, then drain <see cref="TryPollTransmit"/> and <see cref="TryPollEvent"/>, then read
/// <see cref="NextTimeout"/>. Times come from one clock that only grows and begins at the wall time: certificates are judged by it.
/// </para>
/// <para>
/// Not thread-safe: one owner at a time. Only <see cref="Keys"/> may be read from any thread. What the peer sends never throws.
/// Theory of operation and table of transitions: docs/openvpn.md.
/// </para>
/// </remarks>
public sealed partial class Session : IDisposable
{
    /// <summary>Bytes of the longest control datagram that is sent.</summary>
    public const int MaximumControlDatagram = 1250;

    // TLS bytes in one packet, so that the datagram stays below the limit with any wrap and eight acknowledgements.
    private const int MaximumTlsPayload = 1100;

    private readonly SessionSettings _settings;
    private readonly ICryptoProvider _crypto;
    private readonly ITlsContext _tls;
    private readonly IRandomSource _random;
    private readonly bool _isServer;
    private readonly StaticKey? _wrapKey;           // mixed into the key of dynamic tls-crypt
    private readonly byte[] _wrappedKey = [];       // a tls-crypt-v2 client's, sent as it is

    // Identity.
    private readonly ulong _localId;
    private ulong _remoteId;
    private readonly WrapState _wrap;
    private WrapState? _renegotiationWrap;          // dynamic tls-crypt, for key ids from 1 on
    private bool _mustResendWrappedKey;

    // Key states: the newest and the one before it.
    private KeyState? _primary;
    private KeyState? _lameDuck;
    private readonly List<(DateTimeOffset Since, IDisposable Key)> _retired = [];

    // What was agreed.
    private DataFormat? _format;
    private ProtocolFeatures _peerFeatures;
    private bool _usesKeyExport;
    private bool _usesControlExit;
    private bool _usesDynamicTlsCrypt;

    // Outputs.
    private readonly Queue<SessionEvent> _events = [];
    private readonly Queue<byte[]> _datagrams = [];
    private volatile DataKeys _keys = DataKeys.None;

    private Session(SessionSettings settings, ICryptoProvider crypto, ITlsContext tls, IRandomSource random, bool isServer,
        WrapState wrap, StaticKey? wrapKey, byte[] wrappedKey, ulong localId, DateTimeOffset now)
    {
        _settings = settings;
        _crypto = crypto;
        _tls = tls;
        _random = random;
        _isServer = isServer;
        _wrap = wrap;
        _wrapKey = wrapKey;
        _wrappedKey = wrappedKey;
        _localId = localId;
        _ping = settings.Ping;
        _pingRestart = settings.PingRestart;
        _pingExit = settings.PingExit;
        (_inactive, _inactiveBytes, _sessionTimeout) = (settings.Inactive, settings.InactiveBytes, settings.SessionTimeout);
        _renegotiateAfter = DrawRenegotiation();
        _lastHeard = _lastSent = now;
    }

    /// <summary>The data keys at this moment; may be read from any thread.</summary>
    public DataKeys Keys => _keys;

    /// <summary>Nothing more is sent or taken.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The data channel has worked at least once.</summary>
    public bool IsConnected { get; private set; }

    internal KeyPhase? Phase => _primary?.Phase;

    /// <summary>Our id of this session; on a server it may be a cookie.</summary>
    public ulong LocalId => _localId;

    /// <summary>The peer's id of this session; 0 while a client has not heard it.</summary>
    public ulong RemoteId => _remoteId;

    /// <summary>The peer's verified certificates, its own first; empty before TLS is established, and when it showed none.</summary>
    public IReadOnlyList<PeerCertificate> PeerChain => _primary?.Tls.PeerChain ?? [];

    /// <summary>A client is through with the handshake, and the server's options are waited for.</summary>
    public bool AwaitsOptions => _primary is { Phase: KeyPhase.Options };

    /// <summary>
    /// A server with tls-crypt-v2: what was wrapped with the client's key when it was made: a type (0 for bytes of whoever made it, 1 for a time in
    /// Unix seconds), then the data; empty otherwise. Authentic.
    /// </summary>
    public ReadOnlyMemory<byte> ClientKeyMetadata { get; internal set; }

    /// <summary>A client's session, with its first packet waiting.</summary>
    /// <param name="settings">How it is configured.</param>
    /// <param name="crypto">Makes the ciphers.</param>
    /// <param name="tls">Our identity and whom we trust, as TLS client; must outlive the session.</param>
    /// <param name="random">Random bytes.</param>
    /// <param name="now">The time.</param>
    /// <returns>The session; the caller disposes it.</returns>
    /// <exception cref="FormatException">The key file of the wrap is none.</exception>
    public static Session Connect(SessionSettings settings, ICryptoProvider crypto, ITlsContext tls, IRandomSource random,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(crypto);
        ArgumentNullException.ThrowIfNull(tls);
        ArgumentNullException.ThrowIfNull(random);
        StaticKey? key = null;
        byte[] wrappedKey = [];
        uint first = 0;
        if (settings.Wrap == ControlWrapKind.TlsCryptV2)
        {
            TlsCryptV2ClientKey client = TlsCryptV2ClientKey.Parse(settings.WrapKey.Span) ??
                throw new FormatException("The text is no tls-crypt-v2 client key.");
            (key, wrappedKey, first) = (client.Key, client.Wrapped, EarlyNegotiation.FirstNumber);
        }
        else if (settings.Wrap != ControlWrapKind.None && !StaticKey.TryParse(settings.WrapKey.Span, out key))
        {
            throw new FormatException("The text is no OpenVPN static key.");
        }
        WrapState wrap = new(CreateWrap(settings, crypto, key, isServer: false), ownsWrap: true,
            new ControlPacketId(now.ToUnixTimeSeconds(), first));
        Session session = new(settings, crypto, tls, random, isServer: false, wrap, key, wrappedKey, NewId(random), now);
        KeyState state = session.NewKeyState(0, now);
        state.Reliability.Queue(wrappedKey.Length > 0 ? Opcode.HardResetClientV3 : Opcode.HardResetClientV2, []);
        session._primary = state;
        return session;
    }

    /// <summary>A server's session with a client whose reset has come.</summary>
    /// <param name="settings">How the server is configured.</param>
    /// <param name="crypto">Makes the ciphers.</param>
    /// <param name="tls">The server's identity; must outlive the session.</param>
    /// <param name="random">Random bytes.</param>
    /// <param name="wrap">The wrap with this session's numbers; disposed with the session.</param>
    /// <param name="wrapKey">The key that dynamic tls-crypt mixes in; disposed with the session.</param>
    /// <param name="localId">Our session id: random, or the cookie.</param>
    /// <param name="remoteId">The client's.</param>
    /// <param name="isCookie">The resets have been exchanged without state.</param>
    /// <param name="now">The time.</param>
    internal static Session Answer(SessionSettings settings, ICryptoProvider crypto, ITlsContext tls, IRandomSource random,
        WrapState wrap, StaticKey? wrapKey, ulong localId, ulong remoteId, bool isCookie, DateTimeOffset now)
    {
        Session session = new(settings, crypto, tls, random, isServer: true, wrap, wrapKey, [], localId, now) { _remoteId = remoteId };
        KeyState state = session.NewKeyState(0, now);
        if (isCookie)
            state.Reliability.SkipFirst();
        else
            state.Reliability.Queue(Opcode.HardResetServerV2, []);
        state.Phase = KeyPhase.Handshake;
        session._primary = state;
        return session;
    }

    internal static ControlWrap CreateWrap(SessionSettings settings, ICryptoProvider crypto, StaticKey? key, bool isServer) => settings.Wrap switch
    {
        ControlWrapKind.None => new PlainWrap(),
        ControlWrapKind.TlsAuth => new TlsAuthWrap(crypto, key!, settings.WrapKeyDirection switch
        {
            null => KeyDirection.Both,
            0 => KeyDirection.Normal,
            _ => KeyDirection.Inverse,
        }, settings.Auth ?? DigestAlgorithm.Sha1),
        _ => new TlsCryptWrap(crypto, key!, isServer),
    };

    internal static ulong NewId(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        random.Fill(bytes);
        return Math.Max(1, ReadUInt64BigEndian(bytes));
    }

    /// <summary>Takes the next event.</summary>
    /// <param name="happened">What happened.</param>
    /// <returns>False when there is none.</returns>
    public bool TryPollEvent([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SessionEvent? happened) =>
        _events.TryDequeue(out happened);

    /// <summary>Wipes the keys; threads of the data path must have stopped.</summary>
    public void Dispose()
    {
        IsClosed = true;
        _keys = DataKeys.None;
        _primary?.Dispose();
        _lameDuck?.Dispose();
        foreach ((_, IDisposable key) in _retired)
            key.Dispose();
        _retired.Clear();
        while (_events.TryDequeue(out SessionEvent? happened))
            (happened as AuthenticationRequested)?.Password.Dispose();
        _wrap.Dispose();
        _renegotiationWrap?.Dispose();
        _wrapKey?.Dispose();
        _token?.Dispose();
        _pushedToken?.Dispose();
        _replyToken?.Dispose();
    }

    private KeyState NewKeyState(byte keyId, DateTimeOffset now) =>
        new(keyId, _tls.CreateEngine(), new Reliability(_settings.TlsTimeout), now);

    private WrapState WrapFor(byte keyId) => keyId > 0 && _renegotiationWrap is not null ? _renegotiationWrap : _wrap;

    private void Note(string text) => _events.Enqueue(new SessionNote { Text = text });

    private void Close(SessionCloseReason reason, string text) => Close(new SessionClosed { Reason = reason, Text = text });

    private void Close(SessionClosed closed)
    {
        if (IsClosed)
            return;
        IsClosed = true;
        _events.Enqueue(closed);
    }
}
