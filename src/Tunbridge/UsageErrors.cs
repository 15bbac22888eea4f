// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using Tunbridge.Output;

namespace Tunbridge;

/// <summary>Says what is wrong with a command line, and what is allowed, in one line.</summary>
internal static class UsageErrors
{
    internal static int Report(ParseResult parsed, TextWriter error)
    {
        string text = Terminal.OneLine(Describe(parsed).ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal));
        error.WriteLine($"tunbridge: {text}; see `{CommandPath(parsed.CommandResult)} --help`");
        return ExitCode.Usage;
    }

    /// <summary>Whether a word that looks like an option was taken for an argument, as only a word after -- may be.</summary>
    internal static bool HasStrayOption(ParseResult parsed) => StrayOption(parsed) is not null || Directive(parsed) is not null;

    private static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = CommandPath(parsed.CommandResult);
        string? unmatched = Directive(parsed) ?? StrayOption(parsed) ?? (parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null);
        if (unmatched is not null && LooksLikeOption(unmatched))
        {
            string[] options = [.. command.Options.Where(o => !o.Hidden).Select(o => o.Name)];
            return $"{path} has no option '{unmatched}'{NearestWord.Hint(unmatched, options)}; allowed are {string.Join(", ", options)}";
        }

        if (command is RootCommand || Directive(parsed) is not null)
        {
            string[] commands = [.. parsed.RootCommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
            string what = unmatched is null ? "say what to do" : $"there is no command '{unmatched}'{NearestWord.Hint(unmatched, commands)}";
            return $"{what}; commands are {string.Join(", ", commands)}";
        }

        if (unmatched is not null)
            return $"'{unmatched}' is one argument too many for {path}";
        return parsed.Errors switch
        {
            [{ SymbolResult: OptionResult { Tokens.Count: 0 } option }, ..] =>
                $"{option.Option.Name} needs a value, {option.Option.HelpName ?? "one"} ({option.Option.Description})",
            [{ SymbolResult: ArgumentResult { Tokens.Count: 0, Argument: var argument } }, ..] =>
                $"{path} needs {argument.HelpName ?? argument.Name} ({argument.Description})",
            [{ SymbolResult: OptionResult { Tokens: [.., var word], Option: var option } result }, ..] when Refusal(option, option.ValueType, word.Value, result) is string refusal =>
                $"{option.Name}: {refusal}",
            [{ SymbolResult: ArgumentResult { Tokens: [.., var word], Argument: var argument } result }, ..] when Refusal(argument, argument.ValueType, word.Value, result) is string refusal =>
                $"{argument.HelpName ?? argument.Name}: {refusal}",
            [{ SymbolResult: CommandResult { Command: { Subcommands.Count: > 0, Action: null } group } }, ..] =>
                $"say what to do: {path} {string.Join('|', group.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}",
            [{ Message: var message }, ..] => message.TrimEnd('.', '\n'),
            _ => "wrong usage",
        };
    }

    /// <summary>What the parser says in its own words, in ours: no number, or none of the words allowed.</summary>
    private static string? Refusal(Symbol symbol, Type type, string word, SymbolResult result)
    {
        if (type == typeof(int) && !int.TryParse(word, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
            return $"'{word}' is no whole number, or a larger one than is possible";
        // Suggestions of names are no limit: the parser says which of them are.
        string[] allowed = [.. symbol.GetCompletions(CompletionContext.Empty).Select(c => c.Label)];
        return allowed.Length > 0 && !allowed.Contains(word) && result.Errors.Any(e => e.Message.Contains("Must be one of", StringComparison.Ordinal))
            ? $"'{word}' is not allowed, allowed are {string.Join(", ", allowed)}"
            : null;
    }

    private static string? StrayOption(ParseResult parsed)
    {
        if (parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash))
            return null;
        return parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(a => a.Tokens).Select(t => t.Value).FirstOrDefault(LooksLikeOption);
    }

    // The parser takes a first word in brackets for itself and would go on with the next.
    private static string? Directive(ParseResult parsed) => parsed.Tokens.FirstOrDefault(t => t.Type == TokenType.Directive)?.Value;

    private static bool LooksLikeOption(string word) => word.Length > 1 && word[0] == '-';

    private static string CommandPath(CommandResult result)
    {
        List<string> names = [];
        for (SymbolResult? r = result; r is CommandResult c; r = r.Parent)
            names.Insert(0, c.Command is RootCommand ? "tunbridge" : c.Command.Name);
        return string.Join(' ', names);
    }
}
