// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Asks whoever sits at the process's terminal (/dev/tty), whatever standard input and output are.</summary>
public static unsafe class TerminalQuestion
{
    private const string Terminal = "/dev/tty";
    private const byte Interrupt = 3, EndOfText = 4, Backspace = 8, Delete = 127;

    /// <summary>Asks, and waits for a line.</summary>
    /// <param name="text">The question, without colon.</param>
    /// <param name="echoes">Whether what is typed may be seen.</param>
    /// <param name="answer">Gets the bytes of the line, without its end; what does not fit is left out.</param>
    /// <returns>How many bytes; null without a terminal, or when the person gave up (Ctrl-C, Ctrl-D).</returns>
    public static int? Ask(string text, bool echoes, Span<byte> answer)
    {
        ArgumentNullException.ThrowIfNull(text);
        using FileDescriptor? terminal = FileDescriptor.TryOpen(Terminal, OpenMode.ReadWrite, out _);
        if (terminal is null)
            return null;
        using FileDescriptor.Borrow borrow = new(terminal);
        Libc.termios before;
        if (Libc.tcgetattr(borrow.Number, &before) != 0)
            return null;
        Libc.termios raw = before;
        // Key by key, so that also Ctrl-C comes here and the terminal is always put back.
        raw.c_lflag &= ~(Libc.ECHO | Libc.ICANON | Libc.ISIG);
        _ = Libc.tcsetattr(borrow.Number, Libc.TCSAFLUSH, &raw);
        try
        {
            _ = terminal.Write(Encoding.UTF8.GetBytes(text + ": "), out _);
            return ReadLine(terminal, echoes, answer);
        }
        finally
        {
            _ = Libc.tcsetattr(borrow.Number, Libc.TCSAFLUSH, &before);
            _ = terminal.Write("\n"u8, out _);
        }
    }

    private static int? ReadLine(FileDescriptor terminal, bool echoes, Span<byte> answer)
    {
        Span<byte> key = stackalloc byte[1];
        int length = 0;
        while (terminal.Read(key, out int count) == Errno.None && count == 1)
        {
            switch (key[0])
            {
                case (byte)'\n' or (byte)'\r':
                    return length;
                case Interrupt or EndOfText:
                    return null;
                case Backspace or Delete:
                    if (length > 0 && echoes)
                        _ = terminal.Write("\b \b"u8, out _);
                    length = Math.Max(0, length - 1);
                    break;
                default:
                    if (length < answer.Length)
                        answer[length++] = key[0];
                    if (echoes)
                        _ = terminal.Write(key, out _);
                    break;
            }
        }

        return null;
    }
}
