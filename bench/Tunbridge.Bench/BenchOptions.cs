// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Bench;

/// <summary>The command line, as bench/run gives it.</summary>
internal sealed record BenchOptions
{
    private const int LeastPairs = 1;

    private static readonly string[] s_parts =
        ["queue", "forward", "socket", "cards", "startup", "service", "checksum", "segment", "coalesce", "crypto", "tunnel", "all"];

    /// <summary>A part, or all.</summary>
    internal required string What { get; init; }

    /// <summary>How many times each side runs.</summary>
    internal int Pairs { get; init; } = 11;

    /// <summary>Where the results go as JSON, or null.</summary>
    internal string? Json { get; init; }

    /// <summary>How long a reader counts, in seconds.</summary>
    internal double Seconds { get; init; } = 1.0;

    /// <summary>How many cards are made.</summary>
    internal int Cards { get; init; } = 500;

    /// <summary>The published program.</summary>
    internal required string Program { get; init; }

    /// <summary>The folder of the compiled C programs, or null without a compiler.</summary>
    internal string? CPrograms { get; init; }

    /// <summary>Whether a missed budget makes the exit code 1.</summary>
    internal bool Check { get; init; }

    internal bool Wants(string part) => What == part || What == "all";

    internal static BenchOptions Parse(string[] arguments)
    {
        if (arguments is not [string what, .. string[] rest] || !s_parts.Contains(what))
            throw new BenchException($"allowed are {string.Join(", ", s_parts)}; start it by bench/run");
        BenchOptions options = new() { What = what, Program = "" };
        Queue<string> words = new(rest);
        while (words.TryDequeue(out string? word))
        {
            if (word == "--check")
            {
                options = options with { Check = true };
                continue;
            }

            if (!words.TryDequeue(out string? value))
                throw new BenchException($"{word} needs a value");
            options = word switch
            {
                "--pairs" => options with { Pairs = Number(word, value, LeastPairs) },
                "--cards" => options with { Cards = Number(word, value, 1) },
                "--seconds" => options with { Seconds = double.Parse(value, CultureInfo.InvariantCulture) },
                "--json" => options with { Json = value },
                "--program" => options with { Program = value },
                "--c-programs" => options with { CPrograms = value },
                _ => throw new BenchException($"there is no option {word}"),
            };
        }

        return options;
    }

    private static int Number(string option, string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new BenchException($"{option} is '{text}', allowed is a number from {least}");
}
