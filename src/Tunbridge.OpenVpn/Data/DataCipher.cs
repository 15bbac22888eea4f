// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Data;

/// <summary>A cipher of the data channel by its name in configurations and on the wire.</summary>
internal sealed record DataCipher
{
    private static readonly DataCipher[] s_all =
    [
        new() { Name = "AES-256-GCM", Aead = AeadAlgorithm.Aes256Gcm, KeySize = 32 },
        new() { Name = "AES-192-GCM", Aead = AeadAlgorithm.Aes192Gcm, KeySize = 24 },
        new() { Name = "AES-128-GCM", Aead = AeadAlgorithm.Aes128Gcm, KeySize = 16 },
        new() { Name = "CHACHA20-POLY1305", Aead = AeadAlgorithm.ChaCha20Poly1305, KeySize = 32 },
        new() { Name = "AES-256-CBC", Cbc = CipherAlgorithm.Aes256Cbc, KeySize = 32 },
        new() { Name = "AES-192-CBC", Cbc = CipherAlgorithm.Aes192Cbc, KeySize = 24 },
        new() { Name = "AES-128-CBC", Cbc = CipherAlgorithm.Aes128Cbc, KeySize = 16 },
    ];

    internal required string Name { get; init; }

    /// <summary>Set for authenticated ciphers.</summary>
    internal AeadAlgorithm? Aead { get; init; }

    /// <summary>Set for CBC, which needs the digest of <c>auth</c> beside it.</summary>
    internal CipherAlgorithm? Cbc { get; init; }

    internal required int KeySize { get; init; }

    internal static IReadOnlyList<DataCipher> All => s_all;

    /// <summary>A cipher by its name in any case; null for one that is not offered here.</summary>
    internal static DataCipher? Find(string name) =>
        Array.Find(s_all, c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
