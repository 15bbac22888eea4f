// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.OpenSsl;

/// <summary>An authenticated cipher on an EVP context that is keyed once; only the nonce is set per packet.</summary>
internal sealed unsafe class EvpAead : IAeadSealer, IAeadOpener
{
    // Above this a call takes longer than the collector should be kept waiting.
    private const int ShortCall = 4096;

    private readonly NativeHandle _context;    // the library wipes the key when it frees it

    internal EvpAead(AeadAlgorithm algorithm, ReadOnlySpan<byte> key, bool seals)
    {
        if (key.Length != Aead.KeySize(algorithm))
            throw new ArgumentException($"The key of {algorithm} has {Aead.KeySize(algorithm)} bytes, not {key.Length}.", nameof(key));
        Algorithm = algorithm;
        nint cipher = EvpNames.Of(algorithm);
        nint context = LibCrypto.EVP_CIPHER_CTX_new();
        _context = new NativeHandle(context, &LibCrypto.EVP_CIPHER_CTX_free);
        fixed (byte* k = key)
        {
            if (context == 0 || LibCrypto.EVP_CipherInit_ex(context, cipher, 0, k, null, seals ? 1 : 0) != 1)
                throw EvpFailure.Of("keying a cipher", this);
        }
    }

    private EvpAead(EvpAead other)
    {
        nint source = other._context.Pointer;
        Algorithm = other.Algorithm;
        nint context = LibCrypto.EVP_CIPHER_CTX_new();
        _context = new NativeHandle(context, &LibCrypto.EVP_CIPHER_CTX_free);
        if (context == 0 || LibCrypto.EVP_CIPHER_CTX_copy(context, source) != 1)
            throw EvpFailure.Of("copying a cipher", this);
    }

    public AeadAlgorithm Algorithm { get; }

    public void Seal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> packet, Span<byte> ciphertext, Span<byte> tag)
    {
        if (tag.Length != Aead.TagSize)
            throw new ArgumentException($"A tag has {Aead.TagSize} bytes.", nameof(tag));
        if (ciphertext.Length != packet.Length)
            throw new ArgumentException("The ciphertext is as long as the packet.", nameof(ciphertext));
        nint context = _context.Pointer;
        int written;
        fixed (byte* t = tag)
        {
            if (!Run(context, nonce, associatedData, packet, ciphertext) || LibCrypto.EVP_CipherFinal_ex(context, t, &written) != 1 ||
                LibCrypto.EVP_CIPHER_CTX_ctrl(context, LibCrypto.EVP_CTRL_AEAD_GET_TAG, Aead.TagSize, t) != 1)
                throw EvpFailure.Of("sealing a packet");
        }

        GC.KeepAlive(_context);
    }

    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, Span<byte> packet, ReadOnlySpan<byte> tag)
    {
        if (tag.Length != Aead.TagSize)
            return false;
        nint context = _context.Pointer;
        byte* rest = stackalloc byte[Aead.TagSize];
        int written;
        bool opened;
        fixed (byte* t = tag)
        {
            if (!Run(context, nonce, associatedData, packet, packet) ||
                LibCrypto.EVP_CIPHER_CTX_ctrl(context, LibCrypto.EVP_CTRL_AEAD_SET_TAG, Aead.TagSize, t) != 1)
                throw EvpFailure.Of("opening a packet");
            opened = LibCrypto.EVP_CipherFinal_ex(context, rest, &written) == 1;
        }

        // A wrong tag leaves an entry in the thread's list of errors with some versions of the library.
        if (!opened && LibCrypto.ERR_peek_last_error() != 0)
            LibCrypto.ERR_clear_error();
        GC.KeepAlive(_context);
        return opened;
    }

    IAeadSealer IAeadSealer.Fork() => new EvpAead(this);

    IAeadOpener IAeadOpener.Fork() => new EvpAead(this);

    public void Dispose() => _context.Dispose();

    private static bool Run(nint context, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (nonce.Length != Aead.NonceSize)
            throw new ArgumentException($"A nonce has {Aead.NonceSize} bytes.", nameof(nonce));
        int written;
        fixed (byte* n = nonce, a = associatedData, i = input, o = output)
        {
            if (LibCrypto.EVP_CipherInit_nonce(context, 0, 0, null, n, -1) != 1)
                return false;
            if (associatedData.Length > 0 && Update(context, null, &written, a, associatedData.Length) != 1)
                return false;
            return input.Length == 0 || Update(context, o, &written, i, input.Length) == 1;
        }
    }

    private static int Update(nint context, byte* output, int* written, byte* input, int length) => length <= ShortCall
        ? LibCrypto.EVP_CipherUpdate_short(context, output, written, input, length)
        : LibCrypto.EVP_CipherUpdate(context, output, written, input, length);
}
