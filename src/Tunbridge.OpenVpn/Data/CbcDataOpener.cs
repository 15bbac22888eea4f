// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Opens what <see cref="CbcDataSealer"/> seals: the code is verified before anything is decrypted.</summary>
internal sealed class CbcDataOpener : DataOpener
{
    private readonly ICipher _cipher;
    private readonly IMac? _mac;

    internal CbcDataOpener(DataFormat format, byte keyId, ICipher cipher, IMac? mac)
        : base(format, keyId) => (_cipher, _mac) = (cipher, mac);

    private protected override DropReason Open(Span<byte> datagram, int header, out ulong number, out Span<byte> framed)
    {
        number = 0;
        framed = default;
        int macSize = _mac?.Size ?? 0;
        int overhead = header + macSize + CbcDataSealer.BlockSize;
        int content = datagram.Length - overhead;
        if (content < CbcDataSealer.BlockSize || content % CbcDataSealer.BlockSize != 0)
            return DropReason.TooShort;
        Span<byte> signed = datagram[(header + macSize)..];
        if (_mac is not null && !_mac.Verify(signed, default, datagram.Slice(header, macSize)))
            return DropReason.NotAuthentic;
        Span<byte> plain = datagram[overhead..];
        _cipher.Transform(signed[..CbcDataSealer.BlockSize], plain);
        int padding = plain[^1];
        if (padding is 0 or > CbcDataSealer.BlockSize || plain.Length - padding <= CbcDataSealer.NumberSize ||
            plain[^padding..].ContainsAnyExcept((byte)padding))
            return DropReason.Malformed;
        number = ReadUInt32BigEndian(plain);
        framed = plain[CbcDataSealer.NumberSize..^padding];
        return DropReason.None;
    }

    private protected override void DisposeKey()
    {
        _cipher.Dispose();
        _mac?.Dispose();
    }
}
