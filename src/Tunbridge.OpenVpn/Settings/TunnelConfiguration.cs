// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a configuration means: the effective values, defaults filled in.</summary>
public sealed record TunnelConfiguration
{
    /// <summary>This end is the server of TLS (<c>server</c>, <c>tls-server</c>), else its client.</summary>
    public bool IsServer { get; init; }

    /// <summary>Options are pulled from the server.</summary>
    public bool Pull { get; init; }

    /// <summary>The card's name or template, such as tun or tap0.</summary>
    public string Device { get; init; } = "tun";

    /// <summary>Frames instead of packets.</summary>
    public bool IsTap { get; init; }

    /// <summary>The servers in the order of the configuration; empty on a server.</summary>
    public IReadOnlyList<RemoteEndpoint> Remotes { get; init; } = [];

    /// <summary>The servers are tried in random order.</summary>
    public bool RemoteRandom { get; init; }

    /// <summary>What a server listens with, and remotes without a protocol use.</summary>
    public string Protocol { get; init; } = "udp";

    /// <summary>The local port; null when none is bound.</summary>
    public int? LocalPort { get; init; }

    /// <summary>The local address or name; null for any.</summary>
    public string? LocalAddress { get; init; }

    /// <summary>What goes to the session: wrap, ciphers, digest, framing, timers. Key texts and credentials are still to be filled in.</summary>
    public SessionSettings Session { get; init; } = new();

    /// <summary>The wrap's key.</summary>
    public KeyMaterial? WrapKey { get; init; }

    /// <summary>The authorities.</summary>
    public KeyMaterial? Authorities { get; init; }

    /// <summary>Our certificate.</summary>
    public KeyMaterial? Certificate { get; init; }

    /// <summary>Our private key.</summary>
    public KeyMaterial? PrivateKey { get; init; }

    /// <summary>Certificate, key and authorities in one.</summary>
    public KeyMaterial? Pkcs12 { get; init; }

    /// <summary>The key of the second wrap that a server's door knows beside tls-crypt-v2 (<see cref="SessionSettings.SecondWrap"/>); null without.</summary>
    public KeyMaterial? SecondWrapKey { get; init; }

    /// <summary>The revocation list.</summary>
    public KeyMaterial? RevocationList { get; init; }

    /// <summary>The revocation list is a directory of files named by serial number (<c>crl-verify DIR dir</c>).</summary>
    public bool RevocationsAreDirectory { get; init; }

    /// <summary>A user's name and password are sent; where from: a file, inline, or, with neither, asked for.</summary>
    public KeyMaterial? Credentials { get; init; }

    /// <summary>SHA-256 fingerprints of which the peer must have one.</summary>
    public IReadOnlyList<string> PeerFingerprints { get; init; } = [];

    /// <summary>The extended key usage that the peer's certificate must have; null for none.</summary>
    public string? PeerUsage { get; init; }

    /// <summary>Key usages of which the peer's certificate must have one, as <see cref="TlsSettings.PeerKeyUsages"/>; 0: any.</summary>
    public IReadOnlyList<int> PeerKeyUsages { get; init; } = [];

    /// <summary>The name that the peer's certificate must have; null for any.</summary>
    public string? PeerName { get; init; }

    /// <summary>What that name is compared with.</summary>
    public TlsNameMatch PeerNameMatch { get; init; }

    /// <summary>Notices of leaving; 0 for none. A server's: 1 sends its clients back, 2 sends them to their next remote.</summary>
    public int ExitNotices { get; init; }

    /// <summary>The limit that TCP inside is held to.</summary>
    public MssLimit MssFix { get; init; } = MssLimit.Default;

    /// <summary>How addresses are laid out.</summary>
    public Topology Topology { get; init; }

    /// <summary>More of TLS and certificates.</summary>
    public TlsDirectives Tls { get; init; } = new();

    /// <summary>A client's connections and what it takes.</summary>
    public ClientDirectives Client { get; init; } = new();

    /// <summary>A server's clients.</summary>
    public ServerDirectives Server { get; init; } = new();

    /// <summary>Scripts and their environment.</summary>
    public ScriptDirectives Scripts { get; init; } = new();

    /// <summary>The sockets and the card.</summary>
    public SocketDirectives Sockets { get; init; } = new();

    /// <summary>The program itself.</summary>
    public ProcessDirectives Process { get; init; } = new();

    /// <summary>Everything else that takes effect where the tunnel runs, in order.</summary>
    public IReadOnlyList<Directive> Others { get; init; } = [];

    /// <summary>Neither a server with clients nor a client that pulls: two peers that are configured alike.</summary>
    public bool IsPeerToPeer => !Pull && !Server.HasClients;

    /// <summary>What holds for one of the remotes: this, with what its block says otherwise.</summary>
    /// <param name="remote">One of <see cref="Remotes"/>.</param>
    /// <returns>The configuration of a connection to it.</returns>
    public TunnelConfiguration For(RemoteEndpoint remote)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ConnectionDirectives own = remote.Own ?? new();
        return this with
        {
            Protocol = remote.Protocol,
            LocalAddress = own.LocalAddress ?? LocalAddress,
            LocalPort = own.IsUnbound == true ? null : own.LocalPort ?? LocalPort,
            MssFix = own.MssFix ?? MssFix,
            ExitNotices = own.ExitNotices ?? ExitNotices,
            WrapKey = own.WrapKey ?? WrapKey,
            Client = Client with
            {
                Floats = own.Floats ?? Client.Floats,
                RetryDelay = own.RetryDelay ?? Client.RetryDelay,
                RetryDelayMaximum = own.RetryDelayMaximum ?? Client.RetryDelayMaximum,
                ConnectTimeout = own.ConnectTimeout ?? Client.ConnectTimeout,
            },
            Session = Session with
            {
                IsTcp = remote.Protocol.StartsWith("tcp", StringComparison.Ordinal),
                TunMtu = own.TunMtu ?? Session.TunMtu,
                Wrap = own.Wrap ?? Session.Wrap,
                WrapKeyDirection = own.WrapKeyDirection ?? Session.WrapKeyDirection,
            },
        };
    }

    /// <summary>The role and the device; nothing that could be secret.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        $"{(Server.HasClients ? "server" : Pull ? "client" : "peer")} on {Device}, {Protocol}, {Session.Wrap}";
}
