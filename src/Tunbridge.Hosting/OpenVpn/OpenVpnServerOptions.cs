// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>What an <see cref="OpenVpnServer"/> is made of.</summary>
public sealed record OpenVpnServerOptions
{
    /// <summary>The configuration.</summary>
    public required TunnelConfiguration Configuration { get; init; }

    /// <summary>Keys and certificates; belongs to the caller and outlives the server.</summary>
    public required TunnelIdentity Identity { get; init; }

    /// <summary>The card's queues, each served by a thread; stay the caller's.</summary>
    public required IReadOnlyList<IPacketQueue> Queues { get; init; }

    /// <summary>The card's name, for addresses, routes and scripts.</summary>
    public required string Device { get; init; }

    /// <summary>
    /// The wire; belongs to the server from now on. Null: opened as the configuration says, when the server is made, in the
    /// caller's namespace.
    /// </summary>
    public ITunnelLink? Link { get; init; }

    /// <summary>Carries out addresses and routes; belongs to the caller.</summary>
    public required ITunnelHost Host { get; init; }

    /// <summary>Where its lines go.</summary>
    public required ITunnelLog Log { get; init; }

    /// <summary>Makes TLS contexts.</summary>
    public required ITlsProvider Tls { get; init; }

    /// <summary>Makes ciphers.</summary>
    public required ICryptoProvider Crypto { get; init; }

    /// <summary>Random bytes.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
