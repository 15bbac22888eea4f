// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.Interop;
using Tunbridge.Crypto.OpenSsl;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto;

/// <summary>Ciphers, codes, derived keys and random bytes by OpenSSL 3 (libcrypto.so.3). Thread-safe.</summary>
public sealed unsafe class OpenSslCryptoProvider : ICryptoProvider, IRandomSource
{
    /// <summary>Binds to the library.</summary>
    /// <exception cref="DllNotFoundException">libcrypto.so.3 is not installed.</exception>
    public OpenSslCryptoProvider()
    {
        string version = LibCrypto.Text(LibCrypto.OpenSSL_version(6));    // OPENSSL_VERSION_STRING: "3.0.19"
        Name = $"OpenSSL {version}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IAeadSealer CreateSealer(AeadAlgorithm algorithm, ReadOnlySpan<byte> key) => new EvpAead(algorithm, key, seals: true);

    /// <inheritdoc/>
    public IAeadOpener CreateOpener(AeadAlgorithm algorithm, ReadOnlySpan<byte> key) => new EvpAead(algorithm, key, seals: false);

    /// <inheritdoc/>
    public ICipher CreateEncryptor(CipherAlgorithm algorithm, ReadOnlySpan<byte> key) => new EvpCipher(algorithm, key, encrypts: true);

    /// <inheritdoc/>
    public ICipher CreateDecryptor(CipherAlgorithm algorithm, ReadOnlySpan<byte> key) => new EvpCipher(algorithm, key, encrypts: false);

    /// <inheritdoc/>
    public IMac CreateMac(DigestAlgorithm algorithm, ReadOnlySpan<byte> key) => new EvpMac(algorithm, key);

    /// <inheritdoc/>
    public void Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> data, Span<byte> digest)
    {
        int size = Digest.Size(algorithm);
        if (digest.Length != size)
            throw new ArgumentException($"{algorithm} has {size} bytes, not {digest.Length}.", nameof(digest));
        uint written;
        fixed (byte* d = data, o = digest)
        {
            if (LibCrypto.EVP_Digest(d, (nuint)data.Length, o, &written, EvpNames.Of(algorithm), 0) != 1)
                throw EvpFailure.Of("a digest");
        }
    }

    /// <inheritdoc/>
    public void HkdfExpand(DigestAlgorithm algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info, Span<byte> destination) =>
        Derivation.HkdfExpand(algorithm, secret, info, destination);

    /// <inheritdoc/>
    public bool TryTls1Prf(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, Span<byte> destination)
    {
        try
        {
            EvpNames.Of(DigestAlgorithm.Md5);
        }
        catch (NotSupportedException)
        {
            return false;
        }

        Derivation.Tls1Prf(secret, seed, destination);
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The system gives no random bytes.</exception>
    public void Fill(Span<byte> destination)
    {
        fixed (byte* d = destination)
        {
            if (destination.Length > 0 && LibCrypto.RAND_bytes(d, destination.Length) != 1)
                throw EvpFailure.Of("making random bytes");
        }
    }
}
