// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>The armour around OpenVPN's own keys: <c>-----BEGIN name-----</c>, lines, <c>-----END name-----</c>.</summary>
internal static class PemBlock
{
    /// <summary>Gives the lines between the armour of this name; false when either end is missing.</summary>
    internal static bool TryFind(ReadOnlySpan<char> text, string name, out ReadOnlySpan<char> content)
    {
        content = default;
        string begin = $"-----BEGIN {name}-----";
        string end = $"-----END {name}-----";
        int from = text.IndexOf(begin, StringComparison.Ordinal);
        if (from < 0)
            return false;
        content = text[(from + begin.Length)..];
        int to = content.IndexOf(end, StringComparison.Ordinal);
        if (to < 0)
            return false;
        content = content[..to];
        return true;
    }

    /// <summary>Gives the bytes of a block in base64, in pinned memory; false when it is missing, wrong or longer than allowed.</summary>
    internal static bool TryReadBase64(ReadOnlySpan<char> text, string name, int maximumLength, out byte[] bytes)
    {
        bytes = [];
        if (!TryFind(text, name, out ReadOnlySpan<char> content))
            return false;
        byte[] room = GC.AllocateArray<byte>(maximumLength, pinned: true);
        if (!Convert.TryFromBase64Chars(content, room, out int written))
        {
            CryptographicOperations.ZeroMemory(room);
            return false;
        }
        bytes = GC.AllocateArray<byte>(written, pinned: true);
        room.AsSpan(0, written).CopyTo(bytes);
        CryptographicOperations.ZeroMemory(room);
        return true;
    }
}
