// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.DropIns;

/// <summary>The ports of old Ethernet hardware, for <c>media</c>.</summary>
internal static class MediaPort
{
    private static readonly (string Name, byte Port)[] s_names =
    [
        ("unknown", 0), ("10base2", 1), ("10baseT", 2), ("AUI", 3), ("100baseT", 4), ("100baseTX", 5), ("100baseFX", 6),
        ("BNC", 1), ("coax", 1),
    ];

    /// <summary>A port's usual name; the original has none beyond the sixth.</summary>
    internal static string NameOf(byte port) =>
        Array.Find(s_names, n => n.Port == port).Name ?? "(null)";

    /// <summary>Reads a name in any case, or a number.</summary>
    internal static bool TryParse(string text, out byte port)
    {
        foreach ((string name, byte number) in s_names)
        {
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase))
            {
                port = number;
                return true;
            }
        }

        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value);
        port = unchecked((byte)value);
        return isNumber;
    }
}
