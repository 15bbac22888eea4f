// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>Numbers as C's strtol(3) and atoi(3) read them, which is what the original programs do.</summary>
internal static class CNumber
{
    /// <summary>Reads the number at the start of a text; stops at the first character that is not part of it.</summary>
    /// <param name="text">The text; leading white space and a sign are allowed.</param>
    /// <param name="numberBase">10, or 0: then <c>0x</c> means hexadecimal and a leading <c>0</c> octal.</param>
    /// <param name="consumed">How many characters were used; 0 when there is no number.</param>
    /// <returns>The number, at the limits of a long when it is beyond them.</returns>
    internal static long Parse(ReadOnlySpan<char> text, int numberBase, out int consumed)
    {
        int i = 0;
        while (i < text.Length && (text[i] == ' ' || text[i] is >= '\t' and <= '\r'))
            i++;
        bool negative = i < text.Length && text[i] == '-';
        if (i < text.Length && text[i] is '-' or '+')
            i++;
        if (numberBase == 0)
        {
            bool zero = i < text.Length && text[i] == '0';
            bool hexadecimal = zero && i + 2 < text.Length && text[i + 1] is 'x' or 'X' && Digit(text[i + 2]) < 16;
            numberBase = hexadecimal ? 16 : zero ? 8 : 10;
            i += hexadecimal ? 2 : 0;
        }

        int first = i;
        Int128 value = 0;
        for (; i < text.Length && Digit(text[i]) < numberBase; i++)
            value = Int128.Min((value * numberBase) + Digit(text[i]), Int128.MaxValue / 64);
        consumed = i == first ? 0 : i;
        return (long)Int128.Clamp(negative ? -value : value, long.MinValue, long.MaxValue);
    }

    /// <summary>The number cut to 32 bits, as assigning strtol's result to an int cuts it.</summary>
    internal static int ParseInt32(ReadOnlySpan<char> text, int numberBase) =>
        unchecked((int)Parse(text, numberBase, out _));

    /// <summary>Whether the whole text is one number.</summary>
    internal static bool TryParseWhole(string text, int numberBase, out int value)
    {
        value = unchecked((int)Parse(text, numberBase, out int consumed));
        // strtol leaves its end pointer at the start when there is no digit, so an empty text counts as 0.
        return consumed == text.Length;
    }

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'z' => c - 'a' + 10,
        >= 'A' and <= 'Z' => c - 'A' + 10,
        _ => int.MaxValue,
    };
}
