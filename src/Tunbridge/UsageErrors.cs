// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tunbridge;

/// <summary>Says what is wrong with a command line, in one line.</summary>
internal static class UsageErrors
{
    internal static int Report(ParseResult parsed, TextWriter error)
    {
        string command = CommandPath(parsed.CommandResult);
        string what = parsed.Errors.Count > 0 ? parsed.Errors[0].Message.TrimEnd('.') : "wrong usage";
        error.WriteLine($"tunbridge: {what}; see `{command} --help`");
        return ExitCode.Usage;
    }

    private static string CommandPath(CommandResult result)
    {
        List<string> names = [];
        for (SymbolResult? r = result; r is CommandResult c; r = r.Parent)
            names.Insert(0, c.Command is RootCommand ? "tunbridge" : c.Command.Name);
        return string.Join(' ', names);
    }
}
