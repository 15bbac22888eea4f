// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Opens what <see cref="AeadDataSealer"/> seals.</summary>
internal sealed class AeadDataOpener : DataOpener
{
    private readonly IAeadOpener _opener;
    private readonly byte[] _implicitIv = GC.AllocateArray<byte>(AeadDataSealer.ImplicitIvSize, pinned: true);

    internal AeadDataOpener(DataFormat format, byte keyId, IAeadOpener opener, ReadOnlySpan<byte> implicitIv)
        : base(format, keyId)
    {
        _opener = opener;
        implicitIv.CopyTo(_implicitIv);
    }

    private protected override DropReason Open(Span<byte> datagram, int header, out ulong number, out Span<byte> framed)
    {
        number = 0;
        framed = default;
        int overhead = header + AeadDataSealer.NumberSize + Aead.TagSize;
        if (datagram.Length <= overhead)
            return DropReason.TooShort;
        ReadOnlySpan<byte> id = datagram.Slice(header, AeadDataSealer.NumberSize);
        Span<byte> nonce = stackalloc byte[Aead.NonceSize];
        id.CopyTo(nonce);
        _implicitIv.CopyTo(nonce[AeadDataSealer.NumberSize..]);
        ReadOnlySpan<byte> authenticated = header == 1 ? id : datagram[..(header + AeadDataSealer.NumberSize)];
        Span<byte> content = datagram[overhead..];
        if (!_opener.TryOpen(nonce, authenticated, content, datagram.Slice(header + AeadDataSealer.NumberSize, Aead.TagSize)))
            return DropReason.NotAuthentic;
        CountBlocks(content.Length);
        number = ReadUInt32BigEndian(id);
        framed = content;
        return DropReason.None;
    }

    private protected override void DisposeKey()
    {
        _opener.Dispose();
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(_implicitIv);
    }
}
