// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>Cuts one line into words as OpenVPN does.</summary>
/// <remarks>
/// Words are separated by blanks. <c>"…"</c> keeps blanks and knows <c>\\</c>, <c>\"</c>; <c>'…'</c> is taken as it is; outside
/// quotes a backslash takes the next character as it is. <c>#</c> and <c>;</c> at the start of a word begin a comment.
/// </remarks>
public static class LineWords
{
    /// <summary>Words that one line may have.</summary>
    public const int MaximumWords = 16;

    /// <summary>Cuts a line, or a command that a directive names.</summary>
    /// <param name="line">The line.</param>
    /// <param name="words">Its words.</param>
    /// <param name="problem">Why it cannot be cut, in words.</param>
    /// <returns>False with the reason in words.</returns>
    public static bool TrySplit(string line, out List<string> words, out string problem)
    {
        words = [];
        problem = "";
        StringBuilder word = new();
        char quote = '\0';
        bool isInWord = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else if (c == '\\' && quote != '\'')
            {
                if (++i == line.Length)
                    return Fail("a backslash ends the line", out problem);
                if (quote == '"' && line[i] is not ('\\' or '"'))
                    return Fail("inside double quotes a backslash takes only \\ or \" behind it", out problem);
                word.Append(line[i]);
                isInWord = true;
            }
            else if (quote != '\0')
            {
                word.Append(c);
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                isInWord = true;
            }
            else if (char.IsWhiteSpace(c))
            {
                if (isInWord)
                    words.Add(word.ToString());
                word.Clear();
                isInWord = false;
            }
            else if (!isInWord && c is '#' or ';' && word.Length == 0)
            {
                break;
            }
            else
            {
                word.Append(c);
                isInWord = true;
            }
        }
        if (quote != '\0')
            return Fail($"no closing quote ({quote})", out problem);
        if (isInWord)
            words.Add(word.ToString());
        return words.Count <= MaximumWords || Fail($"more than {MaximumWords} words", out problem);
    }

    private static bool Fail(string text, out string problem)
    {
        problem = text;
        return false;
    }
}
