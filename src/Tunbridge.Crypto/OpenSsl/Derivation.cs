// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.OpenSsl;

/// <summary>Keys derived with HMAC: HKDF-Expand and the pseudo-random function of TLS 1.0.</summary>
internal static class Derivation
{
    /// <summary>RFC 5869, section 2.3: T(i) = HMAC(secret, T(i−1) | info | i), T(0) being empty.</summary>
    internal static void HkdfExpand(DigestAlgorithm algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info, Span<byte> destination)
    {
        int size = Digest.Size(algorithm);
        if (secret.Length < size)
            throw new ArgumentException($"The secret has at least {size} bytes.", nameof(secret));
        if (destination.Length > 255 * size)
            throw new ArgumentException($"HKDF-Expand gives at most {255 * size} bytes.", nameof(destination));
        using EvpMac mac = new(algorithm, secret);
        using SecretBytes input = new(size + info.Length + 1);
        using SecretBytes block = new(size);
        info.CopyTo(input.Span[size..]);
        byte counter = 0;
        for (int done = 0; done < destination.Length; done += size)
        {
            input.Span[^1] = ++counter;
            mac.Compute(input.Span[(counter == 1 ? size : 0)..], default, block.Span);
            block.Span.CopyTo(input.Span);
            block.Span[..Math.Min(size, destination.Length - done)].CopyTo(destination[done..]);
        }
    }

    /// <summary>RFC 2246, section 5: P_MD5 of the first half XOR P_SHA1 of the second; the halves share a middle byte.</summary>
    internal static void Tls1Prf(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, Span<byte> destination)
    {
        int half = (secret.Length + 1) / 2;
        using SecretBytes other = new(destination.Length);
        Expand(DigestAlgorithm.Md5, secret[..half], seed, destination);
        Expand(DigestAlgorithm.Sha1, secret[^half..], seed, other.Span);
        for (int i = 0; i < destination.Length; i++)
            destination[i] ^= other.Span[i];
    }

    // P_hash: A(i) = HMAC(secret, A(i−1)), A(0) = seed; the output is HMAC(secret, A(i) | seed) for i = 1, 2 …
    private static void Expand(DigestAlgorithm algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, Span<byte> destination)
    {
        int size = Digest.Size(algorithm);
        using EvpMac mac = new(algorithm, secret);
        Span<byte> a = stackalloc byte[size], block = stackalloc byte[size];
        mac.Compute(seed, default, a);
        for (int done = 0; done < destination.Length; done += size)
        {
            mac.Compute(a, seed, block);
            block[..Math.Min(size, destination.Length - done)].CopyTo(destination[done..]);
            mac.Compute(a, default, a);
        }

        CryptographicOperations.ZeroMemory(a);
        CryptographicOperations.ZeroMemory(block);
    }
}
