// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Seals with AES-CBC and an HMAC.</summary>
internal sealed class CbcDataSealer : DataSealer
{
    // header 1 or 4 | HMAC | IV 16 | CBC( number u32 | payload | PKCS#7 padding )
    // HMAC over IV | ciphertext; the header is not covered

    internal const int BlockSize = 16;
    internal const int NumberSize = 4;

    private readonly ICipher _cipher;
    private readonly IMac? _mac;
    private readonly IRandomSource _random;
    private readonly int _header;

    internal CbcDataSealer(DataFormat format, byte keyId, ICipher cipher, IMac? mac, IRandomSource random)
        : base(format, keyId) => (_cipher, _mac, _random, _header) = (cipher, mac, random, format.HeaderSize);

    private CbcDataSealer(CbcDataSealer other) : base(other) =>
        (_cipher, _mac, _random, _header) = (other._cipher.Fork(), other._mac?.Fork(), other._random, other._header);

    public override int Tailroom => Wire.CompressionFrames.Tailroom + BlockSize;

    private protected override int OwnHeadroom => _header + (_mac?.Size ?? 0) + BlockSize + NumberSize;

    public override DataSealer Fork() => new CbcDataSealer(this);

    private protected override void Seal(Span<byte> buffer, uint number, ref int start, ref int length)
    {
        start -= NumberSize;
        length += NumberSize;
        WriteUInt32BigEndian(buffer[start..], number);
        int padding = BlockSize - (length % BlockSize);
        buffer.Slice(start + length, padding).Fill((byte)padding);
        length += padding;
        Span<byte> iv = buffer.Slice(start - BlockSize, BlockSize);
        _random.Fill(iv);
        _cipher.Transform(iv, buffer.Slice(start, length));
        start -= BlockSize;
        length += BlockSize;
        if (_mac is not null)
        {
            ReadOnlySpan<byte> signed = buffer.Slice(start, length);
            start -= _mac.Size;
            length += _mac.Size;
            _mac.Compute(signed, default, buffer.Slice(start, _mac.Size));
        }
        start -= _header;
        length += _header;
        WriteHeader(buffer[start..]);
    }

    private protected override void DisposeKey()
    {
        _cipher.Dispose();
        _mac?.Dispose();
    }
}
