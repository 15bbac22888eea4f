// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// The key with which a server has wrapped its clients' tls-crypt-v2 keys (<c>WKc</c>), and unwraps them. One owner at a time.
/// </summary>
internal sealed class TlsCryptV2ServerKey : IDisposable
{
    // 0     32                                                     L−2   L
    // | tag | encrypted: client key 256 | metadata: type u8 | data… | L u16 |
    // tag = HMAC-SHA256(L | client key | metadata); AES-256-CTR from the tag's first 16 bytes on

    /// <summary>Bytes of the largest wrapped key.</summary>
    internal const int MaximumLength = 1024;

    private const int MinimumLength = TlsCryptWrap.TagSize + StaticKey.Size + LengthSize;
    private const int LengthSize = 2;
    private const int IvSize = 16;
    private const int KeySize = 128;
    private const int HmacOffset = 64;
    private const string Armour = "OpenVPN tls-crypt-v2 server key";

    private readonly IMac _mac;
    private readonly ICipher _cipher;

    internal TlsCryptV2ServerKey(ICryptoProvider crypto, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize, nameof(key));
        _mac = crypto.CreateMac(DigestAlgorithm.Sha256, key.Slice(HmacOffset, TlsCryptWrap.KeySize));
        _cipher = crypto.CreateEncryptor(CipherAlgorithm.Aes256Ctr, key[..TlsCryptWrap.KeySize]);
    }

    /// <summary>Reads the key's file; null when it is none.</summary>
    internal static TlsCryptV2ServerKey? Parse(ICryptoProvider crypto, ReadOnlySpan<byte> text)
    {
        using SecretBytes? bytes = PemBlock.ReadBase64(text, Armour, 4 * KeySize);
        return bytes?.Length == KeySize ? new TlsCryptV2ServerKey(crypto, bytes.Span) : null;
    }

    /// <summary>Parts a packet from the wrapped key behind it; false when the length at the end cannot be.</summary>
    internal static bool TrySplit(Span<byte> packet, out Span<byte> inner, out ReadOnlySpan<byte> wrappedKey)
    {
        const int LeastInner = PacketHead.ControlSize + 8 + TlsCryptWrap.TagSize + 5;
        inner = default;
        wrappedKey = default;
        if (packet.Length < LeastInner + MinimumLength)
            return false;
        int length = ReadUInt16BigEndian(packet[^LengthSize..]);
        if (length is < MinimumLength or > MaximumLength || packet.Length - length < LeastInner)
            return false;
        inner = packet[..^length];
        wrappedKey = packet[^length..];
        return true;
    }

    /// <summary>Gives the client's key and its metadata, if this server has wrapped them.</summary>
    internal bool TryUnwrap(ReadOnlySpan<byte> wrappedKey, out StaticKey? key, out byte[] metadata)
    {
        key = null;
        metadata = [];
        if (wrappedKey.Length is < MinimumLength or > MaximumLength ||
            ReadUInt16BigEndian(wrappedKey[^LengthSize..]) != wrappedKey.Length)
            return false;
        Span<byte> content = stackalloc byte[MaximumLength];
        content = content[..(wrappedKey.Length - TlsCryptWrap.TagSize - LengthSize)];
        ReadOnlySpan<byte> tag = wrappedKey[..TlsCryptWrap.TagSize];
        wrappedKey[TlsCryptWrap.TagSize..^LengthSize].CopyTo(content);
        _cipher.Transform(tag[..IvSize], content);
        bool isRight = _mac.Verify(wrappedKey[^LengthSize..], content, tag);
        if (isRight)
        {
            key = new StaticKey(content[..StaticKey.Size]);
            metadata = content[StaticKey.Size..].ToArray();
        }
        CryptographicOperations.ZeroMemory(content);
        return isRight;
    }

    /// <summary>Wraps a client's key.</summary>
    internal byte[] Wrap(StaticKey key, ReadOnlySpan<byte> metadata)
    {
        byte[] wrapped = new byte[MinimumLength + metadata.Length];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wrapped.Length, MaximumLength, nameof(metadata));
        Span<byte> tag = wrapped.AsSpan(0, TlsCryptWrap.TagSize);
        Span<byte> content = wrapped.AsSpan(TlsCryptWrap.TagSize, StaticKey.Size + metadata.Length);
        key.Bytes.CopyTo(content);
        metadata.CopyTo(content[StaticKey.Size..]);
        WriteUInt16BigEndian(wrapped.AsSpan(wrapped.Length - LengthSize), (ushort)wrapped.Length);
        _mac.Compute(wrapped.AsSpan(wrapped.Length - LengthSize), content, tag);
        _cipher.Transform(tag[..IvSize], content);
        return wrapped;
    }

    public void Dispose()
    {
        _mac.Dispose();
        _cipher.Dispose();
    }
}
