// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Interop.Tests.Cases;

/// <summary>
/// Few rows of choices in which every combination of values of any two (or three) choices occurs; always the same rows.
/// </summary>
/// <remarks>Greedy: a row begins with the first combination still missing, and each further choice takes the value that brings in most of the missing.</remarks>
internal static class CoveringRows
{
    /// <param name="sizes">How many values each choice has.</param>
    /// <param name="strength">How many choices are combined.</param>
    internal static IReadOnlyList<int[]> Make(IReadOnlyList<int> sizes, int strength)
    {
        List<int[]> rows = [];
        HashSet<string> missing = [.. All(sizes, strength)];
        foreach (string seed in All(sizes, strength))
        {
            if (!missing.Contains(seed))
                continue;
            int[] row = Complete(seed, sizes, strength, missing, rows.Count);
            missing.ExceptWith(Covered(row, strength));
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The combinations that a row has; -1 stands for a choice not made yet.</summary>
    internal static IEnumerable<string> Covered(int[] row, int strength) =>
        Subsets(row.Length, strength).Where(s => s.All(c => row[c] >= 0)).Select(s => Name(s, [.. s.Select(c => row[c])]));

    /// <summary>All combinations that there are, those of the largest choices first.</summary>
    internal static IEnumerable<string> All(IReadOnlyList<int> sizes, int strength) =>
        Subsets(sizes.Count, strength).OrderByDescending(s => s.Aggregate(1, (product, c) => product * sizes[c]))
            .SelectMany(s => Values(s, sizes).Select(v => Name(s, v)));

    private static int[] Complete(string seed, IReadOnlyList<int> sizes, int strength, HashSet<string> missing, int number)
    {
        int[] row = [.. Enumerable.Repeat(-1, sizes.Count)];
        foreach (string part in seed.Split(' '))
        {
            string[] sides = part.Split('=');
            row[int.Parse(sides[0], null)] = int.Parse(sides[1], null);
        }

        foreach (int choice in Enumerable.Range(0, sizes.Count).Where(c => row[c] < 0).OrderByDescending(c => sizes[c]))
        {
            int best = -1, most = -1;
            for (int i = 0; i < sizes[choice]; i++)
            {
                // Begins elsewhere in each row, so that values which bring in equally much take turns.
                row[choice] = (i + number) % sizes[choice];
                int gain = Covered(row, strength).Count(missing.Contains);
                if (gain > most)
                    (best, most) = (row[choice], gain);
            }

            row[choice] = best;
        }

        return row;
    }

    private static IEnumerable<int[]> Subsets(int count, int size, int first = 0) => size == 0
        ? [[]]
        : Enumerable.Range(first, Math.Max(0, count - first)).SelectMany(c => Subsets(count, size - 1, c + 1).Select(rest => (int[])[c, .. rest]));

    private static IEnumerable<int[]> Values(ReadOnlyMemory<int> choices, IReadOnlyList<int> sizes) => choices.IsEmpty
        ? [[]]
        : Enumerable.Range(0, sizes[choices.Span[0]]).SelectMany(v => Values(choices[1..], sizes).Select(rest => (int[])[v, .. rest]));

    private static string Name(int[] choices, int[] values) => string.Join(' ', choices.Zip(values, (c, v) => $"{c}={v}"));
}
