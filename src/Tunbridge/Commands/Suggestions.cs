// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Commands;

/// <summary>What may come next on a command line: <c>tunbridge [suggest:POSITION] LINE</c>, which completion scripts call.</summary>
internal static class Suggestions
{
    private const string Start = "[suggest:";

    internal static bool IsAskedFor(string[] args) =>
        args.Length == 2 && args[0].StartsWith(Start, StringComparison.Ordinal) && args[0].EndsWith(']') &&
        int.TryParse(args[0].AsSpan(Start.Length, args[0].Length - Start.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>One candidate a line; nothing at all rather than an error, which would disturb who is typing.</summary>
    internal static int Write(string[] args, TextWriter output)
    {
        int position = int.Parse(args[0].AsSpan(Start.Length, args[0].Length - Start.Length - 1), CultureInfo.InvariantCulture);
        string line = args[1][..Math.Min(position, args[1].Length)];
        // The first word is the program, whatever it is called by.
        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0)
            return ExitCode.Done;
        string rest = line[blank..].TrimStart();
        ParseResult parsed = CommandLine.Create().Parse(rest, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            // Two arguments of one kind, such as two cards, both name all there is.
            foreach (string label in parsed.GetCompletions(rest.Length).Select(c => c.Label).Distinct())
            {
                // Spellings of --help that only Windows users know.
                if (label is not ("/?" or "/h" or "-?"))
                    output.WriteLine(label);
            }
        }
        catch (LinuxException)
        {
            // No netlink, no names of cards: the words of the program are then had by typing them.
            return ExitCode.Done;
        }

        return ExitCode.Done;
    }
}
