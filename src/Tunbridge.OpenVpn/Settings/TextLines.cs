// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>Goes through the lines of a text that stays bytes: what may be secret is never copied.</summary>
internal struct TextLines(ReadOnlyMemory<byte> text)
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>The number of the line, from 1; 0 before the first.</summary>
    internal int Number { get; private set; }

    /// <summary>Where the line begins in the text.</summary>
    internal int Start { get; private set; }

    /// <summary>Where the next line begins.</summary>
    internal int Next { get; private set; }

    /// <summary>Goes to the next line; behind the last line end there is an empty one.</summary>
    /// <param name="line">The line without its end and without blanks around it.</param>
    /// <returns>False behind the last.</returns>
    internal bool TryMove(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (Next > text.Length)
            return false;
        line = text.Span[Next..];
        int length = line.IndexOf(LineEnd);
        line = (length < 0 ? line : line[..length]).Trim(" \t\r\v\f"u8);
        Start = Next;
        Next += (length < 0 ? text.Length - Next : length) + 1;
        Number++;
        return true;
    }

    /// <summary>The text from a place up to where the line begins.</summary>
    internal readonly ReadOnlyMemory<byte> Since(int start) => text[start..Start];
}
