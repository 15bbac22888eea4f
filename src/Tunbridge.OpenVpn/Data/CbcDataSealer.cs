// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
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

    private protected override int OwnOverhead => _header + (_mac?.Size ?? 0) + BlockSize + NumberSize + BlockSize;

    private protected override DataSealer ForkKey() => new CbcDataSealer(this);

    private protected override int Seal(ReadOnlySpan<byte> packet, Span<byte> destination, ulong number, CompressionFraming framing)
    {
        if (number > uint.MaxValue)
            return 0;
        WriteHeader(destination);
        int macSize = _mac?.Size ?? 0;
        Span<byte> signed = destination[(_header + macSize)..];
        Span<byte> iv = signed[..BlockSize];
        _random.Fill(iv);
        // Number, payload and padding are one chain: the packet is copied behind its number and encrypted there.
        Span<byte> plain = signed[BlockSize..];
        WriteUInt32BigEndian(plain, (uint)number);
        int length = NumberSize + CompressionFrames.Write(framing, packet, plain[NumberSize..]);
        int padding = BlockSize - (length % BlockSize);
        plain.Slice(length, padding).Fill((byte)padding);
        length += padding;
        _cipher.Transform(iv, plain[..length]);
        signed = signed[..(BlockSize + length)];
        _mac?.Compute(signed, default, destination.Slice(_header, macSize));
        return _header + macSize + signed.Length;
    }

    private protected override void DisposeKey()
    {
        _cipher.Dispose();
        _mac?.Dispose();
    }
}
