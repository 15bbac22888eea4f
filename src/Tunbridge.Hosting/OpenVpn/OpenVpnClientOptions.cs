// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>What an <see cref="OpenVpnClient"/> is made of.</summary>
public sealed record OpenVpnClientOptions
{
    /// <summary>The configuration.</summary>
    public required TunnelConfiguration Configuration { get; init; }

    /// <summary>Keys and certificates; belongs to the caller and outlives the client.</summary>
    public required TunnelIdentity Identity { get; init; }

    /// <summary>
    /// Opens the card, when the server's options are known; called anew after the card was closed. The client disposes what it gives.
    /// </summary>
    public required Func<TunnelCardRequest, TunnelCard> OpenCard { get; init; }

    /// <summary>Carries out addresses, routes and name servers; belongs to the caller.</summary>
    public required ITunnelHost Host { get; init; }

    /// <summary>Where its lines go.</summary>
    public required ITunnelLog Log { get; init; }

    /// <summary>Asks a person for a name, a password or the answer to a challenge; null: nobody can be asked.</summary>
    public SecretPrompt? Prompt { get; init; }

    /// <summary>Makes TLS contexts.</summary>
    public required ITlsProvider Tls { get; init; }

    /// <summary>Makes ciphers.</summary>
    public required ICryptoProvider Crypto { get; init; }

    /// <summary>Random bytes.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>The namespace that the tunnel's own packets travel in; null: that of the process. Belongs to the caller.</summary>
    public Linux.NetworkNamespace? Namespace { get; init; }

    /// <summary>Finds the addresses of a name; by the host's own means but for tests.</summary>
    internal Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>The clock of the control side.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
