// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>Options as they stand in a push: words separated by blanks, quoted where they need it.</summary>
internal static class OptionText
{
    /// <summary>Characters that one option may have.</summary>
    internal const int MaximumLength = 255;

    private static readonly SearchValues<char> s_special = SearchValues.Create(" \t\"'\\#;");

    /// <summary>The text that is read as these words.</summary>
    internal static string Join(string name, IReadOnlyList<string> parameters)
    {
        StringBuilder text = new(name);
        foreach (string parameter in parameters)
            text.Append(' ').Append(Quote(parameter));
        return text.ToString();
    }

    /// <returns>What keeps an option from being pushed, in words; null for nothing.</returns>
    internal static string? Problem(string option)
    {
        if (option.Length == 0)
            return "an option has a name";
        if (option.Length > MaximumLength)
            return $"an option has at most {MaximumLength} characters, not {option.Length}";
        if (option.Contains(',', StringComparison.Ordinal))
            return "an option cannot have a comma: it separates options";
        foreach (char c in option)
        {
            if (char.IsControl(c))
                return "an option has no control characters";
        }
        return null;
    }

    private static string Quote(string word)
    {
        bool isPlain = word.Length > 0 && !word.AsSpan().ContainsAny(s_special);
        return isPlain ? word : $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
