// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.IpsecMb;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto;

/// <summary>AES-GCM by Intel's ipsec-mb, one call a packet; everything else by OpenSSL. Thread-safe.</summary>
public sealed class IpsecMbCryptoProvider : ICryptoProvider
{
    private readonly IpsecMbLibrary _library;
    private readonly OpenSslCryptoProvider _others;

    private IpsecMbCryptoProvider(IpsecMbLibrary library, OpenSslCryptoProvider others)
    {
        _library = library;
        _others = others;
        Name = $"ipsec-mb {library.Version} ({library.InstructionSet})";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Loads libIPSec_MB.so.1 and proves it against published vectors and OpenSSL.</summary>
    /// <param name="others">What does everything but AES-GCM, and is the reference.</param>
    /// <param name="reason">Why there is none, in words: not installed, version unknown, a wrong answer; empty when there is one.</param>
    /// <returns>The provider, or null.</returns>
    public static IpsecMbCryptoProvider? TryLoad(OpenSslCryptoProvider others, out string reason) =>
        IpsecMbLibrary.TryLoad(others, out reason) is { } library ? new(library, others) : null;

    /// <inheritdoc/>
    public IAeadSealer CreateSealer(AeadAlgorithm algorithm, ReadOnlySpan<byte> key) => algorithm == AeadAlgorithm.ChaCha20Poly1305
        ? _others.CreateSealer(algorithm, key)
        : new IpsecMbGcm(FunctionsFor(algorithm), algorithm, key);

    /// <inheritdoc/>
    public IAeadOpener CreateOpener(AeadAlgorithm algorithm, ReadOnlySpan<byte> key) => algorithm == AeadAlgorithm.ChaCha20Poly1305
        ? _others.CreateOpener(algorithm, key)
        : new IpsecMbGcm(FunctionsFor(algorithm), algorithm, key);

    /// <inheritdoc/>
    public ICipher CreateEncryptor(CipherAlgorithm algorithm, ReadOnlySpan<byte> key) => _others.CreateEncryptor(algorithm, key);

    /// <inheritdoc/>
    public ICipher CreateDecryptor(CipherAlgorithm algorithm, ReadOnlySpan<byte> key) => _others.CreateDecryptor(algorithm, key);

    /// <inheritdoc/>
    public IMac CreateMac(DigestAlgorithm algorithm, ReadOnlySpan<byte> key) => _others.CreateMac(algorithm, key);

    /// <inheritdoc/>
    public void Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> data, Span<byte> digest) => _others.Hash(algorithm, data, digest);

    /// <inheritdoc/>
    public void HkdfExpand(DigestAlgorithm algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info, Span<byte> destination) =>
        _others.HkdfExpand(algorithm, secret, info, destination);

    /// <inheritdoc/>
    public bool TryTls1Prf(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, Span<byte> destination) =>
        _others.TryTls1Prf(secret, seed, destination);

    private GcmFunctions FunctionsFor(AeadAlgorithm algorithm)
    {
        _ = Aead.KeySize(algorithm);    // refuses an algorithm that is not known
        return _library.Gcm[(int)algorithm - 1];
    }
}
