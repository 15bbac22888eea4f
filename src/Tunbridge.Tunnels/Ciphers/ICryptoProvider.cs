// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Makes the ciphers, codes and derived keys that tunnels need. Thread-safe.</summary>
/// <remarks>Key arguments are copied into native memory; wiping the caller's bytes is the caller's part.</remarks>
public interface ICryptoProvider
{
    /// <summary>What does the work, for people: "ipsec-mb 1.3.0 (AVX-512 VAES)" or "OpenSSL 3.0.19".</summary>
    string Name { get; }

    /// <summary>A sealer under a key.</summary>
    /// <param name="algorithm">Which cipher.</param>
    /// <param name="key">Exactly <see cref="Aead.KeySize"/> bytes.</param>
    /// <returns>The sealer; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    /// <exception cref="NotSupportedException">The library does not offer the cipher.</exception>
    IAeadSealer CreateSealer(AeadAlgorithm algorithm, ReadOnlySpan<byte> key);

    /// <summary>An opener under a key.</summary>
    /// <param name="algorithm">Which cipher.</param>
    /// <param name="key">Exactly <see cref="Aead.KeySize"/> bytes.</param>
    /// <returns>The opener; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    /// <exception cref="NotSupportedException">The library does not offer the cipher.</exception>
    IAeadOpener CreateOpener(AeadAlgorithm algorithm, ReadOnlySpan<byte> key);

    /// <summary>A cipher that encrypts.</summary>
    /// <param name="algorithm">Which cipher.</param>
    /// <param name="key">16, 24 or 32 bytes, as the algorithm says.</param>
    /// <returns>The cipher; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    ICipher CreateEncryptor(CipherAlgorithm algorithm, ReadOnlySpan<byte> key);

    /// <summary>A cipher that decrypts.</summary>
    /// <param name="algorithm">Which cipher.</param>
    /// <param name="key">16, 24 or 32 bytes, as the algorithm says.</param>
    /// <returns>The cipher; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    ICipher CreateDecryptor(CipherAlgorithm algorithm, ReadOnlySpan<byte> key);

    /// <summary>HMAC under a key.</summary>
    /// <param name="algorithm">The digest below.</param>
    /// <param name="key">Any length, also none.</param>
    /// <returns>The code maker; the caller disposes it.</returns>
    /// <exception cref="NotSupportedException">The library does not offer the digest (MD5 under FIPS).</exception>
    IMac CreateMac(DigestAlgorithm algorithm, ReadOnlySpan<byte> key);

    /// <summary>Writes the digest of some bytes.</summary>
    /// <param name="algorithm">Which digest.</param>
    /// <param name="data">The bytes; may be none.</param>
    /// <param name="digest">Exactly <see cref="Digest.Size"/> bytes, written.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="NotSupportedException">The library does not offer the digest (MD5 under FIPS).</exception>
    void Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> data, Span<byte> digest);

    /// <summary>Writes the output of HKDF-Expand (RFC 5869, section 2.3).</summary>
    /// <param name="algorithm">The digest below.</param>
    /// <param name="secret">The pseudo-random key, at least one digest long.</param>
    /// <param name="info">Context and label; may be empty.</param>
    /// <param name="destination">Written in full; at most 255 digests long.</param>
    /// <exception cref="ArgumentException">The secret is too short or the destination too long.</exception>
    void HkdfExpand(DigestAlgorithm algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info, Span<byte> destination);

    /// <summary>Writes the output of the pseudo-random function of TLS 1.0 and 1.1 (RFC 2246, section 5).</summary>
    /// <param name="secret">The secret; its halves key MD5 and SHA-1.</param>
    /// <param name="seed">Label and seed, one after the other.</param>
    /// <param name="destination">Written in full.</param>
    /// <returns>False when the library refuses MD5 (FIPS): nothing was written.</returns>
    bool TryTls1Prf(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, Span<byte> destination);
}
