// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Tunbridge.Configuration.Exchange.Shell;

internal sealed partial class ShellRunner
{
    /// <summary>What could not be expanded last, as the script writes it.</summary>
    private string Missing { get; set; } = "";

    private void Assign(string name, ShellWord value)
    {
        if (Text(value) is string text)
            _variables[name] = text;
        else
            _variables.Remove(name);
    }

    /// <summary>A word as one text, without splitting; null when a part has no value here.</summary>
    private string? Text(ShellWord word)
    {
        StringBuilder text = new();
        foreach (ShellPart part in word.Parts)
        {
            if (Value(part) is not string value)
                return null;
            text.Append(value);
        }

        return text.ToString();
    }

    /// <summary>Adds a word's fields: unquoted expansions are split at blanks, braces are expanded.</summary>
    private bool Expand(ShellWord word, List<string> fields)
    {
        if (word.Parts is [{ Kind: ShellPartKind.Parameter, Text: "@" }])
        {
            fields.AddRange(_arguments.Skip(1));
            return true;
        }

        StringBuilder field = new();
        bool started = false;
        foreach (ShellPart part in word.Parts)
        {
            if (Value(part) is not string value)
                return false;
            if (part.Kind == ShellPartKind.Text || part.IsQuoted)
            {
                field.Append(value);
                started = true;
                continue;
            }

            string[] pieces = value.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < pieces.Length; i++)
            {
                if (i > 0 || (started && value.Length > 0 && char.IsWhiteSpace(value[0])))
                {
                    fields.Add(field.ToString());
                    field.Clear();
                }

                field.Append(pieces[i]);
                started = true;
            }
        }

        if (!started)
            return true;
        bool quoted = word.Parts.Exists(p => p.IsQuoted);
        fields.AddRange(quoted ? [field.ToString()] : Braces(field.ToString()));
        return true;
    }

    private string? Value(ShellPart part)
    {
        string? value = part.Kind switch
        {
            ShellPartKind.Text => part.Text,
            ShellPartKind.Parameter => Parameter(part.Text),
            ShellPartKind.Command => Printed(part.Text),
            _ => Arithmetic(part.Text),
        };
        if (value is null)
        {
            Missing = part.Kind switch
            {
                ShellPartKind.Command => $"$({part.Text})",
                ShellPartKind.Arithmetic => $"$(({part.Text}))",
                _ => part.Text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? $"${part.Text}" : $"${{{part.Text}}}",
            };
        }

        return value;
    }

    /// <summary>$NAME, ${NAME}, ${NAME:-word}, ${NAME##*/} and the like.</summary>
    private string? Parameter(string text)
    {
        int end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        if (end == 0)
        {
            return text switch
            {
                "#" => (_arguments.Count - 1).ToString(CultureInfo.InvariantCulture),
                "@" or "*" => string.Join(' ', _arguments.Skip(1)),
                _ => null,
            };
        }

        string name = text[..end], rest = text[end..];
        string? value = int.TryParse(name, CultureInfo.InvariantCulture, out int index)
            ? index < _arguments.Count ? _arguments[index] : null
            : _variables.GetValueOrDefault(name);
        if (rest.Length == 0)
            return value;
        bool colon = rest[0] == ':';
        char sign = rest[colon ? 1 : 0];
        string word = rest[(colon ? 2 : 1)..];
        bool missing = value is null || (colon && value.Length == 0);
        return sign switch
        {
            '-' or '=' => missing ? Default(name, sign, word) : value,
            '+' => missing ? "" : Inner(word),
            '?' => value,
            '#' when value is not null => CutFront(value, word.TrimStart('#'), word.StartsWith('#')),
            '%' when value is not null => CutBack(value, word.TrimStart('%'), word.StartsWith('%')),
            _ => null,
        };
    }

    private string? Default(string name, char sign, string word)
    {
        string? value = Inner(word);
        if (sign == '=' && value is not null)
            _variables[name] = value;
        return value;
    }

    private string? Inner(string word)
    {
        ShellTokens tokens = new(word, 1);
        return tokens.AtEnd ? "" : tokens.Word is ShellWord only ? Text(only) : null;
    }

    private static string CutFront(string value, string pattern, bool longest)
    {
        IEnumerable<int> lengths = Enumerable.Range(0, value.Length + 1);
        foreach (int length in longest ? lengths.Reverse() : lengths)
        {
            if (Glob.IsMatch(pattern, value.AsSpan(0, length)))
                return value[length..];
        }

        return value;
    }

    private static string CutBack(string value, string pattern, bool longest)
    {
        IEnumerable<int> starts = Enumerable.Range(0, value.Length + 1);
        foreach (int start in longest ? starts : starts.Reverse())
        {
            if (Glob.IsMatch(pattern, value.AsSpan(start)))
                return value[..start];
        }

        return value;
    }

    /// <summary>What a command would print, for the few of which that is sure.</summary>
    private string? Printed(string command)
    {
        List<string> words = [];
        if (ShellParser.Parse(command) is not ShellList { Items: [ShellSimple simple] } || !simple.Words.TrueForAll(w => Expand(w, words)))
            return null;
        switch (words)
        {
            case ["which" or "type", .., string program]:
                return program;
            case ["command", "-v" or "-V", string program]:
                return program;
            case ["echo", .. var rest]:
                return string.Join(' ', rest);
            case ["basename", string path]:
                return CommandReader.NameOf(path);
            case ["id", "-u"]:
                // Boot scripts are run by root.
                return "0";
            case ["whoami"] or ["id", "-un"]:
                return "root";
            case ["seq", .. var bounds]:
                return Sequence(bounds);
            case [string first, ..] when CommandReader.NameOf(first) == "tunctl" && words.Exists(w => w.StartsWith("-b", StringComparison.Ordinal)):
                commands.Read(words, new(_path, 0));
                return commands.LastCreated;
            default:
                return null;
        }
    }

    private static string? Sequence(IReadOnlyList<string> bounds)
    {
        List<int> numbers = [];
        foreach (string bound in bounds)
        {
            if (!int.TryParse(bound, CultureInfo.InvariantCulture, out int number))
                return null;
            numbers.Add(number);
        }

        (int from, int step, int to) = numbers switch
        {
            [int last] => (1, 1, last),
            [int first, int last] => (first, 1, last),
            [int first, int by, int last] => (first, by, last),
            _ => (0, 0, 0),
        };
        if (step <= 0 || (to - from) / step > MaximumSteps)
            return null;
        List<string> all = [];
        for (int i = from; i <= to; i += step)
            all.Add(i.ToString(CultureInfo.InvariantCulture));
        return string.Join(' ', all);
    }

    /// <summary>Sums and differences of numbers and variables.</summary>
    private string? Arithmetic(string text)
    {
        int sum = 0, sign = 1;
        string spaced = text.Replace("+", " + ", StringComparison.Ordinal).Replace("-", " - ", StringComparison.Ordinal);
        foreach (string word in spaced.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word is "+" or "-")
            {
                sign = word == "+" ? 1 : -1;
                continue;
            }

            string? value = char.IsAsciiDigit(word[0]) ? word : Parameter(word.TrimStart('$'));
            if (!int.TryParse(value, CultureInfo.InvariantCulture, out int number))
                return null;
            sum += sign * number;
            sign = 1;
        }

        return sum.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>tap{0..3} and tap{a,b}, as bash expands them.</summary>
    private static IEnumerable<string> Braces(string text)
    {
        int open = text.IndexOf('{', StringComparison.Ordinal);
        int close = open < 0 ? -1 : text.IndexOf('}', open);
        if (close < 0)
            return [text];
        string inside = text[(open + 1)..close];
        string before = text[..open];
        string[] range = inside.Split("..");
        if (range.Length == 2 && int.TryParse(range[0], CultureInfo.InvariantCulture, out int from) &&
            int.TryParse(range[1], CultureInfo.InvariantCulture, out int to) && to >= from && to - from < 4096)
        {
            return Enumerable.Range(from, to - from + 1).SelectMany(
                i => Braces(text[(close + 1)..]).Select(tail => string.Create(CultureInfo.InvariantCulture, $"{before}{i}{tail}")));
        }

        return inside.Contains(',', StringComparison.Ordinal)
            ? inside.Split(',').SelectMany(i => Braces(text[(close + 1)..]).Select(tail => before + i + tail))
            : [text];
    }
}
