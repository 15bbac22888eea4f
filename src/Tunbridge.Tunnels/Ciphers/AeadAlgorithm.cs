// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>The authenticated ciphers of a data channel: each with a nonce of 12 bytes and a tag of 16.</summary>
public enum AeadAlgorithm : byte
{
    /// <summary>AES-GCM with a key of 16 bytes (NIST SP 800-38D).</summary>
    Aes128Gcm = 1,

    /// <summary>AES-GCM with a key of 24 bytes (NIST SP 800-38D).</summary>
    Aes192Gcm = 2,

    /// <summary>AES-GCM with a key of 32 bytes (NIST SP 800-38D).</summary>
    Aes256Gcm = 3,

    /// <summary>ChaCha20-Poly1305 with a key of 32 bytes (RFC 8439).</summary>
    ChaCha20Poly1305 = 4,
}
