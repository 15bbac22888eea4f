// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange.Shell;

/// <summary>The shell's patterns (XCU 2.13): * ? and [abc].</summary>
internal static class Glob
{
    internal static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty)
            return text.IsEmpty;
        if (pattern[0] == '*')
            return IsMatch(pattern[1..], text) || (!text.IsEmpty && IsMatch(pattern, text[1..]));
        if (text.IsEmpty)
            return false;
        if (pattern[0] == '?')
            return IsMatch(pattern[1..], text[1..]);
        int close = pattern[0] == '[' ? pattern.IndexOf(']') : -1;
        if (close > 1)
            return IsIn(pattern[1..close], text[0]) && IsMatch(pattern[(close + 1)..], text[1..]);
        return pattern[0] == text[0] && IsMatch(pattern[1..], text[1..]);
    }

    private static bool IsIn(ReadOnlySpan<char> set, char c)
    {
        bool negated = set[0] is '!' or '^';
        if (negated)
            set = set[1..];
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (c >= set[i] && c <= set[i + 2])
                    return !negated;
                i += 2;
            }
            else if (set[i] == c)
            {
                return !negated;
            }
        }

        return negated;
    }
}
