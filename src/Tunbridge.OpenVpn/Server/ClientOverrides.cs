// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Control;

namespace Tunbridge.OpenVpn.Server;

/// <summary>What holds for one client only: from its file in <c>client-config-dir</c>, then from what <c>client-connect</c> wrote.</summary>
public sealed partial record ClientOverrides
{
    /// <summary>Nothing is otherwise.</summary>
    public static ClientOverrides None { get; } = new();

    /// <summary>Options for this client, in order.</summary>
    public IReadOnlyList<string> Push { get; init; } = [];

    /// <summary>The options for all clients are not pushed (<c>push-reset</c>), nor what was this client's before that word.</summary>
    public bool ResetsPush { get; init; }

    /// <summary>Options for all clients that begin with one of these texts are not pushed (<c>push-remove</c>).</summary>
    public IReadOnlyList<string> RemovedPush { get; init; } = [];

    /// <summary>Networks behind the client (<c>iroute</c>, <c>iroute-ipv6</c>).</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary><c>ifconfig-push</c>: the client's address; null: from the pool.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>What is pushed beside it: a mask or the other end's address.</summary>
    public IPAddress? MaskOrPeer { get; init; }

    /// <summary><c>ifconfig-ipv6-push</c>: the client's address with its prefix and the server's; null: from the pool.</summary>
    public Settings.InterfaceAddress? AddressV6 { get; init; }

    /// <summary>The client is refused (<c>disable</c>).</summary>
    public bool IsDisabled { get; init; }

    /// <summary>The ciphers for this client (<c>data-ciphers</c>); null: those of the server.</summary>
    public IReadOnlyList<string>? DataCiphers { get; init; }

    /// <summary>The cipher if it names none (<c>data-ciphers-fallback</c>, <c>cipher</c>); null: that of the server.</summary>
    public string? FallbackCipher { get; init; }

    /// <summary>The framing for this client (<c>compress</c>, <c>comp-lzo</c>); null: that of the server.</summary>
    public PayloadFraming? Framing { get; init; }

    /// <summary><c>max-routes-per-client</c>; null: that of the server.</summary>
    public int? MaximumRoutes { get; init; }

    /// <summary><c>ping</c>; null: that of the server, likewise below.</summary>
    public TimeSpan? Ping { get; init; }

    /// <summary><c>ping-restart</c>.</summary>
    public TimeSpan? PingRestart { get; init; }

    /// <summary><c>ping-exit</c>.</summary>
    public TimeSpan? PingExit { get; init; }

    /// <summary><c>inactive</c>.</summary>
    public TimeSpan? Inactive { get; init; }

    /// <summary>The bytes of <see cref="Inactive"/>.</summary>
    public long InactiveBytes { get; init; }

    /// <summary><c>session-timeout</c>.</summary>
    public TimeSpan? SessionTimeout { get; init; }

    /// <summary>Whether a name can be a file's name in the directory of clients' files: not empty, no path, not hidden, not too long.</summary>
    /// <param name="name">The client's name.</param>
    /// <returns>True when it can; then the file is looked for by exactly this name.</returns>
    public static bool IsSafeFileName(string name)
    {
        const int MaximumName = 255;        // bytes of a name in Linux's file systems
        if (string.IsNullOrEmpty(name) || name[0] == '.' || System.Text.Encoding.UTF8.GetByteCount(name) > MaximumName)
            return false;
        foreach (char c in name)
        {
            if (c is '/' or '\\' || char.IsControl(c) || char.IsSurrogate(c))
                return false;
        }
        return true;
    }

    /// <summary>The addresses a client gets: its own first, the pool's for what it has none of.</summary>
    /// <param name="plan">The server's.</param>
    /// <param name="lease">From the pool; null without.</param>
    /// <returns>The addresses.</returns>
    public ClientAddresses Addresses(ServerPlan plan, PoolLease? lease)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ClientAddresses addresses = lease is null ? new() : plan.Addresses(lease);
        if (Address is not null)
            addresses = addresses with { Address = Address, MaskOrPeer = MaskOrPeer };
        if (AddressV6 is { } six)
            addresses = addresses with { AddressV6 = six.Address, PrefixLengthV6 = six.PrefixLength, PeerV6 = six.Peer ?? plan.AddressV6?.Address };
        return addresses;
    }
}
