// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>The sizes that the authenticated ciphers share.</summary>
public static class Aead
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 12;

    /// <summary>Bytes of an authentication tag.</summary>
    public const int TagSize = 16;

    /// <summary>Bytes of a key of the algorithm.</summary>
    /// <param name="algorithm">Which cipher.</param>
    /// <returns>16, 24 or 32.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such algorithm.</exception>
    public static int KeySize(AeadAlgorithm algorithm) => algorithm switch
    {
        AeadAlgorithm.Aes128Gcm => 16,
        AeadAlgorithm.Aes192Gcm => 24,
        AeadAlgorithm.Aes256Gcm or AeadAlgorithm.ChaCha20Poly1305 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "This authenticated cipher is not known."),
    };
}
