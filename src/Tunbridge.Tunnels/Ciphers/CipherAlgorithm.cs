// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>The ciphers without authentication of their own; each with an initialisation vector of 16 bytes.</summary>
public enum CipherAlgorithm : byte
{
    /// <summary>AES in CBC mode with a key of 16 bytes (NIST SP 800-38A); whole blocks, no padding.</summary>
    Aes128Cbc = 1,

    /// <summary>AES in CBC mode with a key of 24 bytes; whole blocks, no padding.</summary>
    Aes192Cbc = 2,

    /// <summary>AES in CBC mode with a key of 32 bytes; whole blocks, no padding.</summary>
    Aes256Cbc = 3,

    /// <summary>AES in counter mode with a key of 32 bytes and a big-endian counter of 128 bits; any length.</summary>
    Aes256Ctr = 4,
}
