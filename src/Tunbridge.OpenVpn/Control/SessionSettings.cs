// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <summary>What a session is configured with; the same for all sessions of a server.</summary>
/// <remarks>Times that are zero switch off what they time, as in the configuration language.</remarks>
public sealed record SessionSettings
{
    /// <summary>The ciphers of OpenVPN 2.6 in its order.</summary>
    public static IReadOnlyList<string> DefaultDataCiphers { get; } = ["AES-256-GCM", "AES-128-GCM", "CHACHA20-POLY1305"];

    /// <summary>All ciphers that may be chosen.</summary>
    public static IReadOnlyList<string> KnownDataCiphers { get; } = [.. DataCipher.All.Select(c => c.Name)];

    /// <summary>Below TLS.</summary>
    public ControlWrapKind Wrap { get; init; }

    /// <summary>The text of the wrap's key file in ASCII, in memory of the caller; not needed for <see cref="ControlWrapKind.None"/>.</summary>
    public ReadOnlyMemory<byte> WrapKey { get; init; }

    /// <summary>0 or 1 as <c>key-direction</c> says, for tls-auth; null uses one half both ways.</summary>
    public int? WrapKeyDirection { get; init; }

    /// <summary>A server with tls-crypt-v2: the wrap of clients that come without a key of their own; None: they are not let in.</summary>
    public ControlWrapKind SecondWrap { get; init; }

    /// <summary>The text of that wrap's key file.</summary>
    public ReadOnlyMemory<byte> SecondWrapKey { get; init; }

    /// <summary>
    /// A server with tls-crypt-v2 keeps state for clients that cannot repeat their wrapped key, those of openvpn 2.5
    /// (<c>allow-noncookie</c>); else they are not let in (<c>force-cookie</c>).
    /// </summary>
    public bool AllowClientsWithoutCookie { get; init; } = true;

    /// <summary>The digest of tls-auth and of CBC ciphers (<c>auth</c>); null for none.</summary>
    public DigestAlgorithm? Auth { get; init; } = DigestAlgorithm.Sha1;

    /// <summary>Negotiable ciphers by name (<c>data-ciphers</c>); a server takes the first that the client has, too.</summary>
    public IReadOnlyList<string> DataCiphers { get; init; } = DefaultDataCiphers;

    /// <summary>The cipher for a peer that names none (<c>data-ciphers-fallback</c>).</summary>
    public string? FallbackCipher { get; init; }

    /// <summary>Two peers without a server: options are neither pushed nor pulled, both ends tell what they can.</summary>
    public bool IsPeerToPeer { get; init; }

    /// <summary>A client: what becomes of pushed options, before the session looks at them.</summary>
    public IReadOnlyList<Settings.PullFilter> PullFilters { get; init; } = [];

    /// <summary>A client: the user's name; empty for none.</summary>
    public string Username { get; init; } = "";

    /// <summary>A client: the password in UTF-8; belongs to the caller, who keeps it until the session is disposed.</summary>
    public ReadOnlyMemory<byte> Password { get; init; }

    /// <summary>A client: more lines of peer info (UV_ names, IV_HWADDR …), in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> PeerInfo { get; init; } = [];

    /// <summary>The version that a client says it is (IV_VER).</summary>
    public string Version { get; init; } = "2.6.14";

    /// <summary>Frames instead of packets.</summary>
    public bool IsTap { get; init; }

    /// <summary>Over a stream instead of datagrams.</summary>
    public bool IsTcp { get; init; }

    /// <summary>The card's MTU.</summary>
    public int TunMtu { get; init; } = 1500;

    /// <summary>The framing that compression options ask for; nothing is ever compressed.</summary>
    public PayloadFraming Framing { get; init; }

    /// <summary>The first repetition of a control message (<c>tls-timeout</c>); doubles each time.</summary>
    public TimeSpan TlsTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a key state may take to become active (<c>hand-window</c>).</summary>
    public TimeSpan HandWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an old key lives on after a renegotiation began (<c>tran-window</c>).</summary>
    public TimeSpan TransitionWindow { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>When the next key is due at the latest (<c>reneg-sec</c>); zero: never by time.</summary>
    public TimeSpan RenegotiateAfter { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>
    /// When the next key is due at the earliest: each session draws its own time between this and <see cref="RenegotiateAfter"/>, so that a
    /// server's clients do not all come at once. Null: 90 % of it on a server, all of it on a client.
    /// </summary>
    public TimeSpan? RenegotiateAtLeast { get; init; }

    /// <summary>Bytes both ways under one key until the next is due (<c>reneg-bytes</c>), looked at every second; 0: never by bytes.</summary>
    public long RenegotiateBytes { get; init; }

    /// <summary>Data packets both ways under one key until the next is due (<c>reneg-pkts</c>), looked at every second; 0: never by packets.</summary>
    public long RenegotiatePackets { get; init; }

    /// <summary>A ping is sent when nothing else was for so long (<c>ping</c>).</summary>
    public TimeSpan Ping { get; init; }

    /// <summary>The session ends when nothing has come for so long (<c>ping-restart</c>).</summary>
    public TimeSpan PingRestart { get; init; }

    /// <summary>As <see cref="PingRestart"/>, for good: the program ends (<c>ping-exit</c>). At most one of the two is set.</summary>
    public TimeSpan PingExit { get; init; }

    /// <summary>The session ends when its card has moved fewer than <see cref="InactiveBytes"/> in so long (<c>inactive</c>).</summary>
    public TimeSpan Inactive { get; init; }

    /// <summary>The bytes of <see cref="Inactive"/>; 0: any packet counts.</summary>
    public long InactiveBytes { get; init; }

    /// <summary>The session ends so long after it was connected (<c>session-timeout</c>).</summary>
    public TimeSpan SessionTimeout { get; init; }

    /// <summary>How far data packets may come out of order (<c>replay-window</c>).</summary>
    public int ReplayWindow { get; init; } = 64;

    /// <summary>How long a data packet may be overtaken.</summary>
    public TimeSpan ReplayAge { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Data keys may come from the TLS exporter.</summary>
    public bool AllowKeyExport { get; init; } = true;

    /// <summary>For tests: blocks and packets that a key of an authenticated cipher is good for; null: what the cipher can bear.</summary>
    internal ulong? UsageLimit { get; init; }

    /// <summary>The wrap and the ciphers; nothing that could be secret.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Wrap}, {string.Join(':', DataCiphers)}, auth {Auth?.ToString() ?? "none"}";

    internal CompressionFraming CompressionFraming => (CompressionFraming)Framing;

    internal DataFormat Format(string cipher, uint? peerId, CompressionFraming framing) => new()
    {
        Cipher = DataCipher.Find(cipher) ?? throw new ArgumentException($"Cipher {cipher} is not offered here.", nameof(cipher)),
        Auth = Auth,
        PeerId = peerId,
        Framing = framing,
        ReplayWindow = ReplayWindow,
        ReplayAge = ReplayAge,
        MaximumPacket = TunMtu + 100,
        OtherUsageLimit = DataCipher.Find(cipher)?.Aead is null ? null : UsageLimit,
    };

    internal ConsistencyText Consistency(bool isServer) => new()
    {
        IsServer = isServer,
        IsTap = IsTap,
        IsTcp = IsTcp,
        TunMtu = TunMtu,
        HasCompression = Framing != PayloadFraming.None,
        HasTlsAuth = Wrap == ControlWrapKind.TlsAuth,
        KeyDirection = Wrap == ControlWrapKind.TlsAuth ? WrapKeyDirection : null,
        Auth = Auth is { } digest ? digest.ToString().ToUpperInvariant() : "[null-digest]",
        AuthSize = Auth is { } algorithm ? Digest.Size(algorithm) : 0,
    };
}
