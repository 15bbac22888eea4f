// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// How a server that keeps no state asks a tls-crypt-v2 client for its wrapped key once more: the client says that it
/// understands in the top byte of its first number, the server's reset carries a flag.
/// </summary>
internal static class EarlyNegotiation
{
    /// <summary>The number before the first one of a client that understands.</summary>
    internal const uint FirstNumber = 0x0f000000;

    private const ushort FlagsType = 1;
    private const ushort ResendWrappedKey = 1;

    /// <summary>The payload of the reset that asks: type, length, flags.</summary>
    internal static ReadOnlySpan<byte> Request => [0, (byte)FlagsType, 0, 2, 0, (byte)ResendWrappedKey];

    internal static bool IsUnderstoodBy(uint number) => number >> 24 == FirstNumber >> 24;

    /// <summary>Whether a server's reset asks for the wrapped key. Unknown types are skipped; a cut one ends the list.</summary>
    internal static bool AsksForWrappedKey(ReadOnlySpan<byte> payload)
    {
        while (payload.Length >= 4)
        {
            int length = ReadUInt16BigEndian(payload[2..]);
            if (payload.Length < 4 + length)
                return false;
            if (ReadUInt16BigEndian(payload) == FlagsType && length == 2)
                return (ReadUInt16BigEndian(payload[4..]) & ResendWrappedKey) != 0;
            payload = payload[(4 + length)..];
        }
        return false;
    }
}
