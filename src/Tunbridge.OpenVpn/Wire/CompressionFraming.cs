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
    private const byte Uncompressed = 0xfa;
    private const byte UncompressedSwap = 0xfb;
    private const byte LzoCompressed = 0x66;
    private const byte V2Escape = 0x50;

    /// <summary>Bytes that the framing adds at most to any payload.</summary>
    internal static int MaximumOverhead(CompressionFraming framing) =>
        framing == CompressionFraming.None ? 0 : framing == CompressionFraming.StubV2 ? 2 : 1;

    /// <summary>Bytes that the framing adds at most to a packet of IP.</summary>
    internal static int Overhead(CompressionFraming framing) =>
        framing is CompressionFraming.None or CompressionFraming.StubV2 ? 0 : 1;

    /// <summary>Writes the payload with its framing, and gives the length of both.</summary>
    internal static int Write(CompressionFraming framing, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        switch (framing)
        {
            case CompressionFraming.Lzo:
                destination[0] = Uncompressed;
                payload.CopyTo(destination[1..]);
                return payload.Length + 1;
            case CompressionFraming.Swap when payload.Length > 0:
                destination[0] = UncompressedSwap;
                payload[1..].CopyTo(destination[1..]);
                destination[payload.Length] = payload[0];
                return payload.Length + 1;
            case CompressionFraming.StubV2 when payload.Length > 0 && payload[0] == V2Escape:
                destination[0] = V2Escape;
                destination[1] = 0;
                payload.CopyTo(destination[2..]);
                return payload.Length + 2;
            default:
                payload.CopyTo(destination);
                return payload.Length;
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
