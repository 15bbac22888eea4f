// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>Finds what somebody may have meant.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of the allowed words, or null when none is near.</summary>
    internal static string? Find(string written, IReadOnlyCollection<string> allowed)
    {
        string key = Normalize(written);
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string word in allowed)
        {
            string other = Normalize(word);
            int distance = key.Length >= 3 && (other.StartsWith(key, StringComparison.Ordinal) || key.StartsWith(other, StringComparison.Ordinal))
                ? 0
                : Distance(key, other);
            if (distance < bestDistance)
                (best, bestDistance) = (word, distance);
        }

        // A third of the word may be wrong; beyond that a suggestion only confuses.
        return bestDistance <= Math.Max(1, key.Length / 3) ? best : null;
    }

    /// <summary>", did you mean 'x'?" or nothing.</summary>
    internal static string Text(string written, IReadOnlyCollection<string> allowed) =>
        Find(written, allowed) is string word ? $", did you mean '{word}'?" : "";

    private static string Normalize(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Damerau-Levenshtein distance (adjacent letters swapped count once).</summary>
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
