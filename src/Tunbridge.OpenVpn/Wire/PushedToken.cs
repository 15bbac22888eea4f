// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>A token takes the place of a password, and stands in the middle of a push: it is cut out before that becomes a string.</summary>
internal static class PushedToken
{
    /// <summary>Stands in an option that is pushed for each byte of the token, until it is sent. No option has control characters.</summary>
    internal const char Place = '\u0001';

    private const byte Comma = (byte)',';

    private static ReadOnlySpan<byte> Name => "auth-token"u8;

    /// <summary>Takes the value of <c>auth-token</c> out of a message; the option's name stays.</summary>
    /// <param name="message">The message without its NUL; afterwards without the value, which is wiped.</param>
    /// <returns>The token, which the caller disposes; null when there is none, or it is no plain text.</returns>
    internal static SecretBytes? Cut(ref Span<byte> message)
    {
        SecretBytes? token = null;
        for (int at = message.IndexOf(Comma) + 1; at > 0;)
        {
            int length = message[at..].IndexOf(Comma);
            Span<byte> option = length < 0 ? message[at..] : message.Slice(at, length);
            int blanks = option.IndexOfAnyExcept((byte)' ');
            int end = blanks < 0 ? 0 : blanks + Name.Length;
            ReadOnlySpan<byte> value = option.Length > end ? option[end..] : default;
            if (blanks >= 0 && value.StartsWith(" "u8) && option[blanks..].StartsWith(Name) && IsPlain(value))
            {
                token?.Dispose();
                token = new SecretBytes(value.Trim(" \r\n"u8));
                int cut = value.Length;
                message[(at + option.Length)..].CopyTo(message[(at + end)..]);
                CryptographicOperations.ZeroMemory(message[^cut..]);
                message = message[..^cut];
                length = length < 0 ? length : length - cut;
            }
            at = length < 0 ? 0 : at + length + 1;
        }
        return token;
    }

    /// <summary>Puts the token where it has its place.</summary>
    /// <param name="message">The text as it is sent.</param>
    /// <param name="token">The token.</param>
    internal static void Fill(Span<byte> message, ReadOnlySpan<byte> token)
    {
        int at = message.IndexOf((byte)Place);
        if (at >= 0 && message[at..].Length >= token.Length && message.Slice(at, token.Length).IndexOfAnyExcept((byte)Place) < 0)
            token.CopyTo(message[at..]);
    }

    // Anything else stays in the message, which is refused as a whole.
    private static bool IsPlain(ReadOnlySpan<byte> value)
    {
        value = value.TrimEnd("\r\n"u8);
        while (!value.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(value, out Rune rune, out int count) != OperationStatus.Done || Rune.IsControl(rune))
                return false;
            value = value[count..];
        }
        return true;
    }
}
