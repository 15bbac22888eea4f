// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.IpsecMb;

/// <summary>AES-GCM, one call of ipsec-mb a packet.</summary>
internal sealed unsafe class IpsecMbGcm : IAeadSealer, IAeadOpener
{
    private readonly GcmFunctions _functions;
    private readonly NativeHandle _key;

    internal IpsecMbGcm(GcmFunctions functions, AeadAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        if (key.Length != Aead.KeySize(algorithm))
            throw new ArgumentException($"The key of {algorithm} has {Aead.KeySize(algorithm)} bytes, not {key.Length}.", nameof(key));
        Algorithm = algorithm;
        _functions = functions;
        _key = NativeKey.Allocate();
        fixed (byte* k = key)
            functions.Expand(k, (byte*)_key.Pointer);
    }

    private IpsecMbGcm(IpsecMbGcm other)
    {
        nint source = other._key.Pointer;
        Algorithm = other.Algorithm;
        _functions = other._functions;
        _key = NativeKey.Allocate();
        Unsafe.CopyBlock((void*)_key.Pointer, (void*)source, NativeKey.Size);
        GC.KeepAlive(other);
    }

    public AeadAlgorithm Algorithm { get; }

    public void Seal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> packet, Span<byte> ciphertext, Span<byte> tag)
    {
        byte* key = (byte*)_key.Pointer;
        if (nonce.Length != Aead.NonceSize)
            throw new ArgumentException($"A nonce has {Aead.NonceSize} bytes.", nameof(nonce));
        if (tag.Length != Aead.TagSize)
            throw new ArgumentException($"A tag has {Aead.TagSize} bytes.", nameof(tag));
        if (ciphertext.Length != packet.Length)
            throw new ArgumentException("The ciphertext is as long as the packet.", nameof(ciphertext));
        byte none = 0;
        fixed (byte* n = nonce, a = associatedData, p = packet, c = ciphertext, t = tag)
        {
            _functions.Encrypt(
                key, key + IpsecMbLibrary.KeyRoom, c is null ? &none : c, p is null ? &none : p, packet.Length,
                n, a is null ? &none : a, associatedData.Length, t);
        }

        GC.KeepAlive(_key);
    }

    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, Span<byte> packet, ReadOnlySpan<byte> tag)
    {
        byte* key = (byte*)_key.Pointer;
        if (nonce.Length != Aead.NonceSize)
            throw new ArgumentException($"A nonce has {Aead.NonceSize} bytes.", nameof(nonce));
        if (tag.Length != Aead.TagSize)
            return false;
        byte none = 0;
        byte* right = stackalloc byte[Aead.TagSize];
        fixed (byte* n = nonce, a = associatedData, p = packet)
        {
            _functions.Decrypt(
                key, key + IpsecMbLibrary.KeyRoom, p is null ? &none : p, p is null ? &none : p, packet.Length,
                n, a is null ? &none : a, associatedData.Length, right);
        }

        GC.KeepAlive(_key);
        // Constant in time as FixedTimeEquals is, which goes byte by byte and takes a third as long as a packet.
        ulong first = Unsafe.ReadUnaligned<ulong>(right) ^ BinaryPrimitives.ReadUInt64LittleEndian(tag);
        ulong second = Unsafe.ReadUnaligned<ulong>(right + 8) ^ BinaryPrimitives.ReadUInt64LittleEndian(tag[8..]);
        return (first | second) == 0;
    }

    IAeadSealer IAeadSealer.Fork() => new IpsecMbGcm(this);

    IAeadOpener IAeadOpener.Fork() => new IpsecMbGcm(this);

    public void Dispose() => _key.Dispose();
}
