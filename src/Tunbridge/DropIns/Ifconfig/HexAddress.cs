// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>Hardware addresses in hexadecimal, with colons or without, as leniently as the original reads them.</summary>
internal static class HexAddress
{
    /// <summary>Reads bytes until the address is full; what follows is ignored.</summary>
    /// <param name="text">Such as <c>02:11:22:33:44:55</c>, <c>021122334455</c> or <c>2:1</c>.</param>
    /// <param name="address">Cleared, then filled from the start.</param>
    /// <param name="wantsTwoDigits">Whether a byte of one digit is refused.</param>
    /// <param name="wantsAll">Whether a short address is refused; otherwise its rest is zero.</param>
    internal static bool TryParse(ReadOnlySpan<char> text, Span<byte> address, bool wantsTwoDigits, bool wantsAll)
    {
        address.Clear();
        int filled = 0;
        while (!text.IsEmpty && filled < address.Length)
        {
            if (!char.IsAsciiHexDigit(text[0]))
                return false;
            int value = Convert.ToInt32(text[..1].ToString(), 16);
            text = text[1..];
            if (!text.IsEmpty && char.IsAsciiHexDigit(text[0]))
            {
                value = (value << 4) | Convert.ToInt32(text[..1].ToString(), 16);
                text = text[1..];
            }
            else if (wantsTwoDigits || (!text.IsEmpty && text[0] != ':'))
            {
                return false;
            }

            address[filled++] = (byte)value;
            if (!text.IsEmpty && text[0] == ':')
                text = text[1..];
        }

        return !wantsAll || filled == address.Length;
    }
}
