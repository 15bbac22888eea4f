// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.OpenSsl;

/// <summary>HMAC on an EVP context that is keyed once.</summary>
internal sealed unsafe class EvpMac : IMac
{
    private readonly NativeHandle _context;    // the library wipes the key when it frees it

    internal EvpMac(DigestAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        Algorithm = algorithm;
        Size = Digest.Size(algorithm);
        EvpNames.Of(algorithm);    // refuses in words what the library does not offer
        nint context = LibCrypto.EVP_MAC_CTX_new(EvpNames.Hmac);
        _context = new NativeHandle(context, &LibCrypto.EVP_MAC_CTX_free);
        byte none = 0;
        nint builder = LibCrypto.OSSL_PARAM_BLD_new(), parameters = 0;
        fixed (byte* k = key, digest = "digest"u8, name = EvpNames.Name(algorithm))
        {
            bool keyed = context != 0 && builder != 0 &&
                LibCrypto.OSSL_PARAM_BLD_push_utf8_string(builder, digest, name, 0) == 1 &&
                (parameters = LibCrypto.OSSL_PARAM_BLD_to_param(builder)) != 0 &&
                LibCrypto.EVP_MAC_init(context, k is null ? &none : k, (nuint)key.Length, parameters) == 1;
            LibCrypto.OSSL_PARAM_free(parameters);
            LibCrypto.OSSL_PARAM_BLD_free(builder);
            if (!keyed)
                throw EvpFailure.Of("keying HMAC", this);
        }
    }

    private EvpMac(EvpMac other)
    {
        nint source = other._context.Pointer;
        Algorithm = other.Algorithm;
        Size = other.Size;
        nint context = LibCrypto.EVP_MAC_CTX_dup(source);
        _context = new NativeHandle(context, &LibCrypto.EVP_MAC_CTX_free);
        if (context == 0)
            throw EvpFailure.Of("copying HMAC", this);
    }

    public DigestAlgorithm Algorithm { get; }

    public int Size { get; }

    public void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> code)
    {
        nint context = _context.Pointer;
        if (code.Length != Size)
            throw new ArgumentException($"A code of HMAC-{Algorithm} has {Size} bytes, not {code.Length}.", nameof(code));
        nuint written;
        fixed (byte* a = first, b = second, c = code)
        {
            if (LibCrypto.EVP_MAC_init(context, null, 0, 0) != 1 ||
                (first.Length > 0 && LibCrypto.EVP_MAC_update(context, a, (nuint)first.Length) != 1) ||
                (second.Length > 0 && LibCrypto.EVP_MAC_update(context, b, (nuint)second.Length) != 1) ||
                LibCrypto.EVP_MAC_final(context, c, &written, (nuint)Size) != 1)
                throw EvpFailure.Of("HMAC");
        }

        GC.KeepAlive(_context);
    }

    public bool Verify(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> code)
    {
        Span<byte> right = stackalloc byte[Digest.MaximumSize];
        right = right[..Size];
        Compute(first, second, right);
        return CryptographicOperations.FixedTimeEquals(right, code);
    }

    public IMac Fork() => new EvpMac(this);

    public void Dispose() => _context.Dispose();
}
