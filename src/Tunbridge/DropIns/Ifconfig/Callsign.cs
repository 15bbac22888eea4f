// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>Amateur radio callsigns, the hardware addresses of AX.25 and NET/ROM.</summary>
internal static class Callsign
{
    private const int Letters = 6;

    // 0                       6
    // | 6 letters, each << 1 | station number << 1 |

    /// <summary>The letters without trailing blanks, and the station number when it is not 0.</summary>
    internal static string Format(ReadOnlySpan<byte> address)
    {
        string text = "";
        foreach (byte letter in address[..Letters])
        {
            char c = (char)((letter >> 1) & 0x7F);
            // The original copies into a C string, which a zero ends.
            if (c is not (' ' or '\0'))
                text += c;
        }

        int station = (address[Letters] >> 1) & 0x0F;
        return station == 0 ? text : $"{text}-{station}";
    }

    /// <summary>Reads a callsign such as <c>N0CALL-3</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">At least 7 bytes.</param>
    /// <param name="complaint">The original's words when it is none.</param>
    internal static bool TryParse(string text, Span<byte> address, out string complaint)
    {
        complaint = "";
        address[..Letters].Fill((byte)' ' << 1);
        address[Letters] = 0;
        int i = 0;
        for (; i < text.Length && text[i] != '-'; i++)
        {
            complaint = i >= Letters ? "Callsign too long" : !char.IsAsciiLetterOrDigit(text[i]) ? "Invalid callsign" : "";
            if (complaint.Length > 0)
                return false;
            address[i] = (byte)(char.ToUpperInvariant(text[i]) << 1);
        }

        if (i < text.Length)
            address[Letters] = unchecked((byte)(CNumber.ParseInt32(text.AsSpan(i + 1), 10) << 1));
        return true;
    }
}
