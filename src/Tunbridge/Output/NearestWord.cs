// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Output;

/// <summary>Finds the word that somebody may have meant.</summary>
internal static class NearestWord
{
    /// <summary>", did you mean 'x'?" or nothing.</summary>
    internal static string Hint(string written, IEnumerable<string> allowed)
    {
        string? nearest = null;
        // A third of the word may be wrong; beyond that a hint only confuses.
        int least = Math.Max(1, written.TrimStart('-').Length / 3) + 1;
        foreach (string word in allowed)
        {
            bool begins = written.Length > 1 && word.StartsWith(written, StringComparison.Ordinal);
            int distance = begins ? 0 : Distance(written, word);
            if (distance < least)
                (nearest, least) = (word, distance);
        }

        return nearest is null ? "" : $", did you mean '{nearest}'?";
    }

    // Levenshtein's distance, by rows.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 0; i < a.Length; i++)
        {
            int diagonal = row[0]++;
            for (int j = 0; j < b.Length; j++)
            {
                int replaced = diagonal + (a[i] == b[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
