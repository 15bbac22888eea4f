// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.DropIns;

/// <summary>Byte counts with a binary unit and one decimal, cut and not rounded, as ifconfig prints them.</summary>
public static class ByteCountText
{
    /// <summary>The text, such as <c>352.1 KiB</c>; exactly 1024 of a unit stays in that unit.</summary>
    /// <param name="bytes">The count.</param>
    public static string Format(ulong bytes)
    {
        const ulong exbi = 1UL << 60;
        // Ten times an exbibyte count does not fit in 64 bits, so the original divides by a tenth there.
        ulong tenths = bytes > exbi ? bytes / (exbi / 10) : bytes * 10;
        string unit = bytes > exbi ? "EiB" : "B";
        if (bytes <= exbi)
        {
            string[] units = ["PiB", "TiB", "GiB", "MiB", "KiB"];
            for (int i = 0; i < units.Length; i++)
            {
                int shift = 50 - (10 * i);
                if (bytes > 1UL << shift)
                {
                    tenths = (bytes * 10) >> shift;
                    unit = units[i];
                    break;
                }
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{tenths / 10}.{tenths % 10} {unit}");
    }
}
