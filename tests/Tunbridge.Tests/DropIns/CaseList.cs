// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tests.DropIns;

/// <summary>Reads the lists of command lines beside this file.</summary>
internal static class CaseList
{
    /// <summary>One scenario: a title and its lines in order.</summary>
    internal sealed record Scenario
    {
        public required string Title { get; init; }

        public List<Line> Lines { get; } = [];

        /// <summary>Whether counters are compared too.</summary>
        public bool Exact => Lines.Exists(l => l.Words is ["exact"]);

        /// <summary>Everything that is typed, in which an explicit hardware address can be found again.</summary>
        public string Text => string.Join('\n', Lines.Select(l => l.Text));
    }

    internal sealed record Line
    {
        public required string Text { get; init; }

        public required bool AsNobody { get; init; }

        public required string[] Words { get; init; }

        public string[] Arguments => Words[1..];
    }

    internal static List<Scenario> Read(string file)
    {
        List<Scenario> scenarios = [];
        foreach (string raw in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "DropIns", file)))
        {
            if (raw.StartsWith("== ", StringComparison.Ordinal))
                scenarios.Add(new() { Title = raw[3..] });
            else if (raw.Length > 0 && raw[0] != '#')
                scenarios[^1].Lines.Add(Parse(raw));
        }

        return scenarios;
    }

    private static Line Parse(string raw)
    {
        const string nobody = "nobody: ";
        bool asNobody = raw.StartsWith(nobody, StringComparison.Ordinal);
        return new() { Text = raw, AsNobody = asNobody, Words = Split(asNobody ? raw[nobody.Length..] : raw) };
    }

    /// <summary>Splits at blanks outside of single quotes; '' is an empty word.</summary>
    private static string[] Split(string text)
    {
        List<string> words = [];
        string word = "";
        bool quoted = false, started = false;
        foreach (char c in text)
        {
            if (c == '\'')
                (quoted, started) = (!quoted, true);
            else if (c != ' ' || quoted)
                (word, started) = (word + c, true);
            else if (started)
            {
                words.Add(word);
                (word, started) = ("", false);
            }
        }

        if (started)
            words.Add(word);
        return [.. words];
    }
}
