// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Wire;

/// <summary>The byte or two that compression puts around a payload, compressed or not. We never compress.</summary>
internal enum CompressionFraming
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary><c>comp-lzo</c>: 0xFA in front; 0x66 marks LZO1X.</summary>
    Lzo,

    /// <summary><c>compress</c>, <c>compress stub</c>: 0xFB takes the place of the first byte, which moves to the end.</summary>
    Swap,

    /// <summary><c>compress stub-v2</c>: nothing, unless the payload begins with 0x50.</summary>
    StubV2,
}

/// <summary>Puts the framing around a payload and takes it off, in place.</summary>
internal static class CompressionFrames
{
    /// <summary>Bytes that may be needed before a payload.</summary>
    internal const int Headroom = 2;

    /// <summary>Bytes that may be needed behind a payload.</summary>
    internal const int Tailroom = 1;

    private const byte Uncompressed = 0xfa;
    private const byte UncompressedSwap = 0xfb;
    private const byte LzoCompressed = 0x66;
    private const byte V2Escape = 0x50;

    /// <summary>Bytes that the framing adds at most to a packet of IP.</summary>
    internal static int Overhead(CompressionFraming framing) =>
        framing is CompressionFraming.None or CompressionFraming.StubV2 ? 0 : 1;

    /// <summary>Frames the payload at <paramref name="start"/>; the buffer has <see cref="Headroom"/> and <see cref="Tailroom"/> around it.</summary>
    internal static void Apply(CompressionFraming framing, Span<byte> buffer, ref int start, ref int length)
    {
        switch (framing)
        {
            case CompressionFraming.Lzo:
                buffer[--start] = Uncompressed;
                length++;
                break;
            case CompressionFraming.Swap when length > 0:
                buffer[start + length] = buffer[start];
                buffer[start] = UncompressedSwap;
                length++;
                break;
            case CompressionFraming.StubV2 when length > 0 && buffer[start] == V2Escape:
                buffer[--start] = 0;
                buffer[--start] = V2Escape;
                length += 2;
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Takes the framing off. A payload compressed with LZO lands in <paramref name="scratch"/>, all others stay in place.
    /// </summary>
    /// <returns>False for a mark that the framing does not know, and for data that cannot be unpacked.</returns>
    internal static bool TryRemove(CompressionFraming framing, Span<byte> framed, Span<byte> scratch, out Span<byte> payload)
    {
        payload = framed;
        if (framing == CompressionFraming.None)
            return true;
        if (framed.IsEmpty)
            return false;
        switch (framing, framed[0])
        {
            case (CompressionFraming.StubV2, V2Escape):
                // The reference writes 0A as the second byte of its escape; both mean plain.
                if (framed.Length < 2 || framed[1] is not (0x00 or 0x0a))
                    return false;
                payload = framed[2..];
                return true;
            case (CompressionFraming.StubV2, _):
                return true;
            case (CompressionFraming.Lzo, Uncompressed):
                payload = framed[1..];
                return true;
            case (CompressionFraming.Swap, UncompressedSwap):
                framed[0] = framed[^1];
                payload = framed[..^1];
                return framed.Length > 1;
            case (CompressionFraming.Lzo, LzoCompressed):
                int length = Lzo1x.Decompress(framed[1..], scratch);
                payload = length < 0 ? default : scratch[..length];
                return length >= 0;
            default:
                return false;
        }
    }
}
