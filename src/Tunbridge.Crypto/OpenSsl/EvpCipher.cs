// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.OpenSsl;

/// <summary>A cipher without authentication on an EVP context that is keyed once.</summary>
internal sealed unsafe class EvpCipher : ICipher
{
    private const int VectorSize = 16, BlockSize = 16;

    private readonly NativeHandle _context;    // the library wipes the key when it frees it

    internal EvpCipher(CipherAlgorithm algorithm, ReadOnlySpan<byte> key, bool encrypts)
    {
        int size = EvpNames.KeySize(algorithm);
        if (key.Length != size)
            throw new ArgumentException($"The key of {algorithm} has {size} bytes, not {key.Length}.", nameof(key));
        Algorithm = algorithm;
        nint cipher = EvpNames.Of(algorithm);
        nint context = LibCrypto.EVP_CIPHER_CTX_new();
        _context = new NativeHandle(context, &LibCrypto.EVP_CIPHER_CTX_free);
        fixed (byte* k = key)
        {
            if (context == 0 || LibCrypto.EVP_CipherInit_ex(context, cipher, 0, k, null, encrypts ? 1 : 0) != 1 ||
                LibCrypto.EVP_CIPHER_CTX_set_padding(context, 0) != 1)
                throw EvpFailure.Of("keying a cipher", this);
        }
    }

    private EvpCipher(EvpCipher other)
    {
        nint source = other._context.Pointer;
        Algorithm = other.Algorithm;
        nint context = LibCrypto.EVP_CIPHER_CTX_new();
        _context = new NativeHandle(context, &LibCrypto.EVP_CIPHER_CTX_free);
        if (context == 0 || LibCrypto.EVP_CIPHER_CTX_copy(context, source) != 1)
            throw EvpFailure.Of("copying a cipher", this);
    }

    public CipherAlgorithm Algorithm { get; }

    public void Transform(ReadOnlySpan<byte> initialisationVector, Span<byte> data)
    {
        nint context = _context.Pointer;
        if (initialisationVector.Length != VectorSize)
            throw new ArgumentException($"An initialisation vector has {VectorSize} bytes.", nameof(initialisationVector));
        if (Algorithm != CipherAlgorithm.Aes256Ctr && data.Length % BlockSize != 0)
            throw new ArgumentException($"{Algorithm} takes whole blocks of {BlockSize} bytes.", nameof(data));
        int written;
        fixed (byte* v = initialisationVector, d = data)
        {
            if (LibCrypto.EVP_CipherInit_nonce(context, 0, 0, null, v, -1) != 1 ||
                (data.Length > 0 && LibCrypto.EVP_CipherUpdate(context, d, &written, d, data.Length) != 1))
                throw EvpFailure.Of("a cipher");
        }

        GC.KeepAlive(_context);
    }

    public ICipher Fork() => new EvpCipher(this);

    public void Dispose() => _context.Dispose();
}
