// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Seals with AES-GCM or ChaCha20-Poly1305.</summary>
internal sealed class AeadDataSealer : DataSealer
{
    // header 1 or 4 | number u32 | tag 16 | ciphertext
    // nonce = number | implicit IV 8; authenticated: header (DATA_V2 only) | number

    internal const int ImplicitIvSize = 8;
    internal const int NumberSize = 4;

    private readonly IAeadSealer _sealer;
    private readonly byte[] _implicitIv;
    private readonly int _header;

    internal AeadDataSealer(DataFormat format, byte keyId, IAeadSealer sealer, ReadOnlySpan<byte> implicitIv)
        : base(format, keyId)
    {
        _sealer = sealer;
        _header = format.HeaderSize;
        _implicitIv = GC.AllocateArray<byte>(ImplicitIvSize, pinned: true);
        implicitIv.CopyTo(_implicitIv);
    }

    private AeadDataSealer(AeadDataSealer other) : base(other)
    {
        _sealer = other._sealer.Fork();
        _header = other._header;
        _implicitIv = GC.AllocateArray<byte>(ImplicitIvSize, pinned: true);
        other._implicitIv.CopyTo(_implicitIv, 0);
    }

    private protected override int OwnOverhead => _header + NumberSize + Aead.TagSize;

    private protected override DataSealer ForkKey() => new AeadDataSealer(this);

    private protected override int Seal(ReadOnlySpan<byte> packet, Span<byte> destination, ulong number, CompressionFraming framing)
    {
        if (number > uint.MaxValue)
            return 0;
        CountBlocks(packet.Length);
        Span<byte> head = destination[..(_header + NumberSize)];
        WriteHeader(head);
        WriteUInt32BigEndian(head[_header..], (uint)number);
        Span<byte> nonce = stackalloc byte[Aead.NonceSize];
        head[_header..].CopyTo(nonce);
        _implicitIv.CopyTo(nonce[NumberSize..]);
        Span<byte> content = destination[OwnOverhead..];
        if (framing != CompressionFraming.None)
            packet = content[..CompressionFrames.Write(framing, packet, content)];
        _sealer.Seal(nonce, _header == 1 ? head[1..] : head, packet, content[..packet.Length], destination.Slice(head.Length, Aead.TagSize));
        return OwnOverhead + packet.Length;
    }

    private protected override void DisposeKey()
    {
        _sealer.Dispose();
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(_implicitIv);
    }
}
