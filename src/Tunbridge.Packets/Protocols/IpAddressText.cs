// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Packets;

/// <summary>Text of addresses without an <see cref="System.Net.IPAddress"/> object in between.</summary>
internal static class IpAddressText
{
    private const int Groups = 8;

    /// <summary>Dotted decimal.</summary>
    public static bool TryFormatIpv4(uint address, Span<char> destination, out int written)
    {
        written = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            if (!((address >> shift) & 0xFF).TryFormat(destination[written..], out int digits)) return false;
            written += digits;
            if (shift == 0) break;
            if (written == destination.Length) return false;
            destination[written++] = '.';
        }

        return true;
    }

    /// <summary>
    /// The canonical form of RFC 5952; IPv4-mapped addresses end in dotted decimal (section 5).
    /// </summary>
    public static bool TryFormatIpv6(UInt128 address, Span<char> destination, out int written)
    {
        written = 0;
        if (address >> 32 == 0xFFFF)
        {
            const string Mapped = "::ffff:";
            if (!Mapped.AsSpan().TryCopyTo(destination)) return false;
            bool fits = TryFormatIpv4((uint)address, destination[Mapped.Length..], out int digits);
            written = Mapped.Length + digits;
            return fits;
        }

        (int zeroStart, int zeroCount) = FindZeroRun(address);
        for (int group = 0; group < Groups; group++)
        {
            if (group == zeroStart)
            {
                if (!"::".AsSpan().TryCopyTo(destination[written..])) return false;
                written += 2;
                group += zeroCount - 1;
                continue;
            }

            // The "::" already separates the group that follows it.
            if (group != 0 && group != zeroStart + zeroCount)
            {
                if (written == destination.Length) return false;
                destination[written++] = ':';
            }

            ushort value = Group(address, group);
            if (!value.TryFormat(destination[written..], out int digits, "x", CultureInfo.InvariantCulture))
                return false;
            written += digits;
        }

        return true;
    }

    // RFC 5952 section 4.2: the longest run of at least two zero groups is shortened, the first one of
    // equals.
    private static (int Start, int Count) FindZeroRun(UInt128 address)
    {
        int bestStart = -Groups, bestCount = 1, count = 0;
        for (int group = 0; group < Groups; group++)
        {
            count = Group(address, group) == 0 ? count + 1 : 0;
            if (count > bestCount) (bestStart, bestCount) = (group - count + 1, count);
        }

        return (bestStart, bestCount);
    }

    private static ushort Group(UInt128 address, int index) => (ushort)(address >> ((Groups - 1 - index) * 16));
}
