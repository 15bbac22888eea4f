// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Configuration;

/// <summary>One mistake in a configuration file: where, at which key, and what is allowed.</summary>
public sealed record Diagnostic
{
    /// <summary>The file as it was named.</summary>
    public required string Path { get; init; }

    /// <summary>The line, from 1; 0 when the file as a whole is meant.</summary>
    public int Line { get; init; }

    /// <summary>The column, from 1; 0 when the file as a whole is meant.</summary>
    public int Column { get; init; }

    /// <summary>The key's path, such as <c>devices.tap0.mtu</c>; empty for the file as a whole.</summary>
    public string Key { get; init; } = "";

    /// <summary>
    /// What is wrong, what is allowed, and what may have been meant; one line: control characters of what is quoted are
    /// shown as <c>\xNN</c>, so that no file can break a line or steer a terminal.
    /// </summary>
    public required string Message
    {
        get;
        init => field = OneLine(value);
    }

    /// <summary><c>path:line:column: message</c>, one line.</summary>
    public override string ToString() =>
        OneLine(Line == 0 ? Path : $"{Path}:{Line}:{Column}") + ": " + Message;

    private static string OneLine(string text) => text.Any(IsUnfit)
        ? string.Concat(text.Select(c => !IsUnfit(c) ? c.ToString()
            : c <= 0xff ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}")
            : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")))
        : text;

    private static bool IsUnfit(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
