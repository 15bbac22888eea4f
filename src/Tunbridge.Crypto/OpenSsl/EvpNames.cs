// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.OpenSsl;

/// <summary>The library's objects for our algorithms, fetched once for the life of the process.</summary>
internal static unsafe class EvpNames
{
    private static readonly nint[] s_aeads = new nint[5], s_ciphers = new nint[5], s_digests = new nint[6];
    private static readonly nint s_hmac = Fetch("HMAC"u8, &LibCrypto.EVP_MAC_fetch);

    internal static nint Hmac => s_hmac != 0 ? s_hmac : throw new NotSupportedException("This OpenSSL offers no HMAC.");

    internal static nint Of(AeadAlgorithm algorithm) => Cached(ref s_aeads[(int)algorithm], algorithm switch
    {
        AeadAlgorithm.Aes128Gcm => "AES-128-GCM"u8,
        AeadAlgorithm.Aes192Gcm => "AES-192-GCM"u8,
        AeadAlgorithm.Aes256Gcm => "AES-256-GCM"u8,
        _ => "ChaCha20-Poly1305"u8,
    }, &LibCrypto.EVP_CIPHER_fetch);

    internal static nint Of(CipherAlgorithm algorithm) => Cached(ref s_ciphers[(int)algorithm], algorithm switch
    {
        CipherAlgorithm.Aes128Cbc => "AES-128-CBC"u8,
        CipherAlgorithm.Aes192Cbc => "AES-192-CBC"u8,
        CipherAlgorithm.Aes256Cbc => "AES-256-CBC"u8,
        _ => "AES-256-CTR"u8,
    }, &LibCrypto.EVP_CIPHER_fetch);

    internal static nint Of(DigestAlgorithm algorithm) =>
        Cached(ref s_digests[(int)algorithm], Name(algorithm), &LibCrypto.EVP_MD_fetch);

    internal static ReadOnlySpan<byte> Name(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => "MD5"u8,
        DigestAlgorithm.Sha1 => "SHA1"u8,
        DigestAlgorithm.Sha256 => "SHA2-256"u8,
        DigestAlgorithm.Sha384 => "SHA2-384"u8,
        _ => "SHA2-512"u8,
    };

    /// <summary>Bytes of a key.</summary>
    internal static int KeySize(CipherAlgorithm algorithm) => algorithm switch
    {
        CipherAlgorithm.Aes128Cbc => 16,
        CipherAlgorithm.Aes192Cbc => 24,
        CipherAlgorithm.Aes256Cbc or CipherAlgorithm.Aes256Ctr => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "This cipher is not known."),
    };

    // Two threads may both fetch: the second result is the same object with one more count, kept for ever.
    private static nint Cached(ref nint place, ReadOnlySpan<byte> name, delegate*<nint, byte*, byte*, nint> fetch)
    {
        if (place == 0)
            place = Fetch(name, fetch);
        return place != 0
            ? place
            : throw new NotSupportedException($"This OpenSSL does not offer {System.Text.Encoding.ASCII.GetString(name)}.");
    }

    private static nint Fetch(ReadOnlySpan<byte> name, delegate*<nint, byte*, byte*, nint> fetch)
    {
        fixed (byte* n = name)
        {
            nint found = fetch(0, n, null);
            if (found == 0)
                LibCrypto.ERR_clear_error();
            return found;
        }
    }
}
