// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Interop.Tests.Cases;

/// <summary>One way in which a server and a client can be set up, in words that name it in results.</summary>
internal sealed record InteropCase
{
    private static readonly string[] s_protocols = ["udp4", "udp6", "tcp4", "tcp6"];

    // tls-auth-DIRECTION-DIGEST, the direction being the server's.
    private static readonly string[] s_wraps =
    [
        "none", "tls-crypt", "tls-crypt-v2",
        "tls-auth-0-SHA1", "tls-auth-0-SHA256", "tls-auth-0-SHA512",
        "tls-auth-1-SHA1", "tls-auth-1-SHA256", "tls-auth-1-SHA512",
        "tls-auth-both-SHA1", "tls-auth-both-SHA256", "tls-auth-both-SHA512",
    ];

    private static readonly string[] s_ciphers = ["AES-256-GCM", "AES-128-GCM", "CHACHA20-POLY1305", "AES-256-CBC"];
    private static readonly string[] s_layouts = ["subnet", "net30", "p2p", "tap"];
    private static readonly string[] s_tls = ["tls1.2", "tls1.3"];
    private static readonly string[] s_logins = ["cert", "cert+password", "password"];
    private static readonly string[] s_roles = ["client", "server"];
    private static readonly string[][] s_all = [s_protocols, s_wraps, s_ciphers, s_layouts, s_tls, s_logins, s_roles];

    internal required string Protocol { get; init; }

    internal required string Wrap { get; init; }

    internal required string Cipher { get; init; }

    /// <summary>subnet, net30 or p2p of a tun; or tap.</summary>
    internal required string Layout { get; init; }

    internal required string Tls { get; init; }

    internal required string Login { get; init; }

    /// <summary>What ours is; the other side is the official program.</summary>
    internal required string Role { get; init; }

    internal bool IsTcp => Protocol.StartsWith("tcp", StringComparison.Ordinal);

    internal bool IsV6 => Protocol.EndsWith('6');

    internal bool IsTap => Layout == "tap";

    internal bool HasCertificate => Login != "password";

    internal bool HasPassword => Login != "cert";

    internal string TlsVersion => Tls["tls".Length..];

    /// <summary>How many values each of the seven choices has.</summary>
    internal static IReadOnlyList<int> Sizes { get; } = [.. s_all.Select(v => v.Length)];

    /// <summary>Every three values together: for long runs.</summary>
    internal static IReadOnlyList<InteropCase> Threewise { get; } = [.. CoveringRows.Make(Sizes, 3).Select(Of)];

    /// <summary>Every pair of values, in sixty cases: what the ordinary tests run.</summary>
    internal static IReadOnlyList<InteropCase> Pairwise { get; } = [.. CoveringRows.Make(Sizes, 2).Select(Of).Union(Threewise).Take(60)];

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    internal static InteropCase Parse(string name)
    {
        string[] words = name.Split(' ');
        return Of([.. words.Select((word, choice) => Array.IndexOf(s_all[choice], word))]);
    }

    internal static InteropCase Of(IReadOnlyList<int> row) => new()
    {
        Protocol = s_protocols[row[0]],
        Wrap = s_wraps[row[1]],
        Cipher = s_ciphers[row[2]],
        Layout = s_layouts[row[3]],
        Tls = s_tls[row[4]],
        Login = s_logins[row[5]],
        Role = s_roles[row[6]],
    };

    public override string ToString() => string.Join(' ', Protocol, Wrap, Cipher, Layout, Tls, Login, Role);
}
