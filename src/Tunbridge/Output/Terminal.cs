// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Output;

/// <summary>Whether and how the program talks to a person.</summary>
internal static class Terminal
{
    /// <summary>Whether standard output may be coloured: a terminal, and NO_COLOR not set.</summary>
    internal static bool HasColour =>
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Colours text when <see cref="HasColour"/>.</summary>
    internal static string Paint(string text, Colour colour) =>
        HasColour ? $"\e[{(int)colour}m{text}\e[0m" : text;

    /// <summary>Says something on standard error; a terminal that is gone is no reason to stop.</summary>
    internal static void Warn(string message)
    {
        try
        {
            Console.Error.WriteLine($"tunbridge: {message}");
        }
        catch (IOException)
        {
            // Nobody is there to read it.
            return;
        }
    }

    /// <summary>The text with control characters shown as \xNN, so that no name can break a line or steer a terminal.</summary>
    internal static string OneLine(string text) => !text.Any(char.IsControl)
        ? text
        : string.Concat(text.Select(c => char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : $"{c}"));

    /// <summary>Asks a yes-or-no question on the terminal; without one the answer is no.</summary>
    internal static bool Confirm(string question)
    {
        if (Console.IsInputRedirected)
            return false;
        Console.Error.Write($"{question} [y/N] ");
        string? answer = Console.ReadLine();
        return answer is not null && (answer.Trim() is "y" or "Y" or "yes");
    }
}

/// <summary>SGR codes of the colours in use.</summary>
internal enum Colour
{
    Bold = 1,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
    Grey = 90,
}
