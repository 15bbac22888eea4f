// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.Linux;

/// <summary>Strings as the kernel takes them: UTF-8, ended by a zero byte.</summary>
internal static class CString
{
    /// <summary>Encodes text with its terminator, into <paramref name="scratch"/> when it fits.</summary>
    internal static Span<byte> Encode(string text, Span<byte> scratch)
    {
        int length = Encoding.UTF8.GetByteCount(text) + 1;
        Span<byte> bytes = length <= scratch.Length ? scratch[..length] : new byte[length];
        Encoding.UTF8.GetBytes(text, bytes);
        bytes[^1] = 0;
        return bytes;
    }

    /// <summary>Decodes up to the first zero byte.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
