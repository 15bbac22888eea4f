// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a configuration means: the effective values, defaults filled in.</summary>
public sealed record TunnelConfiguration
{
    /// <summary>A server with clients (<c>server</c>, <c>tls-server</c>), else a client.</summary>
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

    /// <summary>Flags of redirect-gateway; null when the default route stays.</summary>
    public IReadOnlyList<string>? RedirectGateway { get; init; }

    /// <summary>Routes as written, route and route-ipv6, each with its name in front.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];

    /// <summary>Notices of leaving; 0 for none.</summary>
    public int ExitNotices { get; init; }

    /// <summary>The limit that TCP inside is held to; null for the default, 0 for none.</summary>
    public int? MssFix { get; init; }

    /// <summary>A server's network and mask; null without.</summary>
    public string? ServerNetwork { get; init; }

    /// <summary>A server's IPv6 network; null without.</summary>
    public string? ServerNetworkV6 { get; init; }

    /// <summary>How addresses are laid out; null for the default.</summary>
    public string? Topology { get; init; }

    /// <summary>What a server pushes to all of its clients.</summary>
    public IReadOnlyList<string> Push { get; init; } = [];

    /// <summary>Everything else that takes effect where the tunnel runs, in order.</summary>
    public IReadOnlyList<Directive> Others { get; init; } = [];
}
