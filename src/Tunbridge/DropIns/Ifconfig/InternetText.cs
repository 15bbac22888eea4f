// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Tunbridge.DropIns;

/// <summary>Internet addresses as the C library reads and writes them.</summary>
internal static class InternetText
{
    /// <summary>Reads one to four numbers, decimal, octal or hexadecimal (inet_aton(3)); text after white space is ignored.</summary>
    internal static bool TryParseInet(string text, Span<byte> address)
    {
        ReadOnlySpan<char> rest = text;
        uint value = 0;
        for (int part = 0; part < 4; part++)
        {
            if (rest.IsEmpty || !char.IsAsciiDigit(rest[0]))
                return false;
            long number = CNumber.Parse(rest, 0, out int consumed);
            rest = rest[consumed..];
            bool last = rest.IsEmpty || rest[0] != '.';
            // The last number fills the bytes that are left.
            long limit = last ? uint.MaxValue >> (8 * part) : byte.MaxValue;
            if (number > limit || (last && !rest.IsEmpty && rest[0] is not (' ' or (>= '\t' and <= '\r'))))
                return false;
            value |= last ? (uint)number : (uint)number << (24 - (8 * part));
            if (last)
            {
                BinaryPrimitives.WriteUInt32BigEndian(address, value);
                return true;
            }

            rest = rest[1..];
        }

        return false;
    }

    /// <summary>Reads an IPv6 address without a zone (inet_pton(3)).</summary>
    internal static bool TryParseInet6(string text, Span<byte> address)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
                return false;
        }

        return text.Contains(':', StringComparison.Ordinal) && System.Net.IPAddress.TryParse(text, out System.Net.IPAddress? parsed) &&
            parsed.TryWriteBytes(address, out int written) && written == 16;
    }

    internal static string FormatInet(ReadOnlySpan<byte> address) =>
        string.Create(CultureInfo.InvariantCulture, $"{address[0]}.{address[1]}.{address[2]}.{address[3]}");

    /// <summary>Writes an IPv6 address (inet_ntop(3)), a mapped IPv4 address without its prefix as ifconfig does.</summary>
    internal static string FormatInet6(ReadOnlySpan<byte> address)
    {
        (int start, int length) = LongestZeros(address);
        bool mapped = start == 0 && length == 5 && Word(address, 5) == 0xFFFF;
        if (mapped)
            return FormatInet(address[12..]);
        bool compatible = start == 0 && length == 6;
        StringBuilder text = new();
        for (int i = 0; i < 8; i++)
        {
            if (i >= start && i < start + length)
            {
                text.Append(i == start ? ":" : "");
                continue;
            }

            text.Append(i > 0 ? ":" : "");
            if (compatible && i == 6)
                return text.Append(FormatInet(address[12..])).ToString();
            text.Append(CultureInfo.InvariantCulture, $"{Word(address, i):x}");
        }

        return text.Append(start >= 0 && start + length == 8 ? ":" : "").ToString();
    }

    private static (int Start, int Length) LongestZeros(ReadOnlySpan<byte> address)
    {
        (int bestStart, int bestLength) = (-1, 0);
        for (int i = 0; i < 8; i++)
        {
            int length = 0;
            while (i + length < 8 && Word(address, i + length) == 0)
                length++;
            if (length > bestLength)
                (bestStart, bestLength) = (i, length);
            i += length;
        }

        return bestLength >= 2 ? (bestStart, bestLength) : (-1, 0);
    }

    private static ushort Word(ReadOnlySpan<byte> address, int index) =>
        BinaryPrimitives.ReadUInt16BigEndian(address[(2 * index)..]);
}
