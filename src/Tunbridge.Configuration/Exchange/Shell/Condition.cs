// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Configuration.Exchange.Shell;

/// <summary>What `test` says, as far as the script alone decides it.</summary>
internal static class Condition
{
    /// <summary>Judges a test.</summary>
    /// <param name="words">[ and what follows, expanded.</param>
    /// <param name="written">How many words the script has: fewer expanded ones mean that a value is not known.</param>
    internal static bool? Evaluate(IReadOnlyList<string> words, int written)
    {
        List<string> test = [.. words.Skip(1)];
        if (words.Count < written && test is not ["-z" or "-n", ..])
            return null;
        if (test is [.., "]" or "]]"])
            test.RemoveAt(test.Count - 1);
        return test switch
        {
            // A file, a card, a process: the running system knows.
            ["-z"] or ["-n"] => null,
            ["-z", string text] => text.Length == 0,
            ["-n", string text] => text.Length > 0,
            ["!", "-z", string text] => text.Length > 0,
            [string left, "=" or "==", string right] => left == right,
            [string left, "!=", string right] => left != right,
            [string left, "-eq", string right] => Compare(left, right) is int c ? c == 0 : null,
            [string left, "-ne", string right] => Compare(left, right) is int c ? c != 0 : null,
            [string left, "-lt", string right] => Compare(left, right) is int c ? c < 0 : null,
            [string left, "-le", string right] => Compare(left, right) is int c ? c <= 0 : null,
            [string left, "-gt", string right] => Compare(left, right) is int c ? c > 0 : null,
            [string left, "-ge", string right] => Compare(left, right) is int c ? c >= 0 : null,
            _ => null,
        };
    }

    private static int? Compare(string left, string right) =>
        int.TryParse(left, CultureInfo.InvariantCulture, out int a) && int.TryParse(right, CultureInfo.InvariantCulture, out int b)
            ? a.CompareTo(b)
            : null;
}
