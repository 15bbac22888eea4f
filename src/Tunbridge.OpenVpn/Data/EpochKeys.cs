// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Data;

/// <summary>
/// The chain of secrets of one direction in the data format with epochs (2.7): each epoch's secret gives the next epoch's, and the
/// key of its own packets. It keeps the secret of one epoch only, which leads to later ones and never back.
/// </summary>
internal sealed class EpochKeys : IDisposable
{
    // E(1) = the first 32 bytes of the direction's cipher slot; E(n+1) = X(E(n), "datakey upd")
    // key(n) = X(E(n), "data_key"); IV(n) = X(E(n), "data_iv")
    // X = HKDF-Expand-SHA256 as TLS 1.3 labels it: length u16 | label length u8 | "ovpn " label | 0

    internal const int SecretSize = 32;

    private readonly ICryptoProvider _crypto;
    private readonly DataCipher _cipher;
    private readonly SecretBytes _secret;

    internal EpochKeys(ICryptoProvider crypto, DataCipher cipher, ReadOnlySpan<byte> first)
    {
        _crypto = crypto;
        _cipher = cipher;
        _secret = new SecretBytes(first[..SecretSize]);
        Epoch = 1;
    }

    internal EpochKeys(EpochKeys other)
    {
        _crypto = other._crypto;
        _cipher = other._cipher;
        _secret = new SecretBytes(other._secret.Span);
        Epoch = other.Epoch;
    }

    /// <summary>The epoch whose secret this is, from 1 on.</summary>
    internal ushort Epoch { get; private set; }

    /// <summary>The secret itself.</summary>
    internal ReadOnlySpan<byte> Secret => _secret.Span;

    /// <summary>Goes on to an epoch; none before this one.</summary>
    internal void MoveTo(ushort epoch)
    {
        using SecretBytes next = new(SecretSize);
        for (; Epoch < epoch; Epoch++)
        {
            Expand("ovpn datakey upd"u8, next.Span);
            next.Span.CopyTo(_secret.Span);
        }
    }

    internal IAeadSealer CreateSealer(Span<byte> iv)
    {
        using SecretBytes key = DeriveKey(iv);
        return _crypto.CreateSealer(_cipher.Aead!.Value, key.Span);
    }

    internal IAeadOpener CreateOpener(Span<byte> iv)
    {
        using SecretBytes key = DeriveKey(iv);
        return _crypto.CreateOpener(_cipher.Aead!.Value, key.Span);
    }

    /// <summary>The key of this epoch's packets, which the caller wipes, and what their nonces are mixed with.</summary>
    internal SecretBytes DeriveKey(Span<byte> iv)
    {
        SecretBytes key = new(_cipher.KeySize);
        Expand("ovpn data_key"u8, key.Span);
        Expand("ovpn data_iv"u8, iv);
        return key;
    }

    public void Dispose() => _secret.Dispose();

    private void Expand(ReadOnlySpan<byte> label, Span<byte> destination)
    {
        Span<byte> info = stackalloc byte[24];
        WriteUInt16BigEndian(info, (ushort)destination.Length);
        info[2] = (byte)label.Length;
        label.CopyTo(info[3..]);
        info[3 + label.Length] = 0;
        _crypto.HkdfExpand(DigestAlgorithm.Sha256, _secret.Span, info[..(4 + label.Length)], destination);
    }
}
