// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a configuration says about a server's clients.</summary>
public sealed record ServerDirectives
{
    /// <summary>There are many clients (<c>server</c>, <c>server-bridge</c>, <c>mode server</c>); else one peer.</summary>
    public bool HasClients { get; init; }

    /// <summary>The network of <c>server</c>; null without.</summary>
    public IPNetwork? Network { get; init; }

    /// <summary>No pool is made from that network (<c>nopool</c>).</summary>
    public bool HasNoPool { get; init; }

    /// <summary>The network of <c>server-ipv6</c>; null without.</summary>
    public IPNetwork? NetworkV6 { get; init; }

    /// <summary><c>server-bridge</c>; null without.</summary>
    public ServerBridge? Bridge { get; init; }

    /// <summary><c>ifconfig-pool</c>; null without.</summary>
    public AddressRange? Pool { get; init; }

    /// <summary><c>ifconfig-ipv6-pool</c>: the first address and its prefix; null without.</summary>
    public InterfaceAddress? PoolV6 { get; init; }

    /// <summary>The file that remembers who had which address (<c>ifconfig-pool-persist</c>); null for none.</summary>
    public string? PoolFile { get; init; }

    /// <summary>How often that file is written; zero: it is only read.</summary>
    public TimeSpan PoolFileInterval { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>The directory of the clients' own files (<c>client-config-dir</c>).</summary>
    public string? ClientDirectory { get; init; }

    /// <summary>Clients without such a file are refused (<c>ccd-exclusive</c>).</summary>
    public bool RequiresClientFile { get; init; }

    /// <summary>How many clients there may be (<c>max-clients</c>).</summary>
    public int MaximumClients { get; init; } = 1024;

    /// <summary>Several clients may have one name (<c>duplicate-cn</c>).</summary>
    public bool AllowsDuplicateNames { get; init; }

    /// <summary>Clients reach each other without the kernel (<c>client-to-client</c>).</summary>
    public bool ClientToClient { get; init; }

    /// <summary>A client is called by its user's name (<c>username-as-common-name</c>).</summary>
    public bool UsesUsernameAsName { get; init; }

    /// <summary>Clients may come without a password (<c>auth-user-pass-optional</c>).</summary>
    public bool PasswordIsOptional { get; init; }

    /// <summary>A file of users with hashed passwords (<c>auth-user-pass-file</c>, of this program only); null for none.</summary>
    public KeyMaterial? PasswordFile { get; init; }

    /// <summary>A client that comes again from the address of a session waits until that has ended (<c>single-session</c>).</summary>
    public bool IsSingleSession { get; init; }

    /// <summary>Tokens in place of passwords; null without.</summary>
    public TokenDirectives? Tokens { get; init; }

    /// <summary>How many new clients are taken (<c>connect-freq</c>); null: any number.</summary>
    public RateLimit? NewClients { get; init; }

    /// <summary>How many first packets are answered (<c>connect-freq-initial</c>).</summary>
    public RateLimit FirstPackets { get; init; } = new() { Count = 100, Interval = TimeSpan.FromSeconds(10) };

    /// <summary>How many addresses and networks one client may have (<c>max-routes-per-client</c>).</summary>
    public int MaximumRoutesPerClient { get; init; } = 256;

    /// <summary>How many packets wait for a TCP client (<c>tcp-queue-limit</c>).</summary>
    public int StreamQueueLength { get; init; } = 64;

    /// <summary>Options for all clients, as written after <c>push</c>, without the implicit ones.</summary>
    public IReadOnlyList<string> Push { get; init; } = [];

    /// <summary><c>keepalive</c>, which is pushed to the clients; null without.</summary>
    public KeepAlive? KeepAlive { get; init; }
}
