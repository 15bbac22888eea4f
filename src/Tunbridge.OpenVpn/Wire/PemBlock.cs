// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>The armour around OpenVPN's own keys: <c>-----BEGIN name-----</c>, lines, <c>-----END name-----</c>.</summary>
internal static class PemBlock
{
    /// <summary>Gives the lines between the armour of this name; false when either end is missing.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> text, string name, out ReadOnlySpan<byte> content)
    {
        content = default;
        ReadOnlySpan<byte> begin = Encoding.UTF8.GetBytes($"-----BEGIN {name}-----");
        int from = text.IndexOf(begin);
        if (from < 0)
            return false;
        content = text[(from + begin.Length)..];
        int to = content.IndexOf(Encoding.UTF8.GetBytes($"-----END {name}-----"));
        if (to < 0)
            return false;
        content = content[..to];
        return true;
    }

    /// <summary>Gives the bytes of a block in base64, which the caller disposes; null when it is missing, wrong or longer than allowed.</summary>
    internal static SecretBytes? ReadBase64(ReadOnlySpan<byte> text, string name, int maximumLength)
    {
        if (!TryFind(text, name, out ReadOnlySpan<byte> content))
            return null;
        using SecretBytes room = new(maximumLength);
        return Base64.DecodeFromUtf8(content, room.Span, out _, out int written) == OperationStatus.Done
            ? new SecretBytes(room.Span[..written]) : null;
    }
}
