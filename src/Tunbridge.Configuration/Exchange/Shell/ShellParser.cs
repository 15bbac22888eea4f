// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange.Shell;

/// <summary>Reads a script into a tree: the part of the shell's grammar that boot scripts use (XCU 2.10).</summary>
internal sealed class ShellParser
{
    private static readonly HashSet<string> s_closing = ["then", "elif", "else", "fi", "do", "done", "esac", "}"];

    private readonly ShellTokens _tokens;

    private ShellParser(ShellTokens tokens) => _tokens = tokens;

    /// <summary>Reads a whole text.</summary>
    /// <exception cref="ShellSyntaxException">It goes beyond what is read here.</exception>
    internal static ShellNode Parse(string text, int firstLine = 1)
    {
        ShellParser parser = new(new ShellTokens(text, firstLine));
        ShellNode list = parser.ReadList();
        return parser._tokens.AtEnd ? list : throw parser.Unexpected();
    }

    private ShellSyntaxException Unexpected() =>
        new(_tokens.TokenLine, $"'{_tokens.Operator?.Replace("\n", "end of line", StringComparison.Ordinal) ?? _tokens.Word?.Plain ?? "end of file"}' is not expected here");

    private bool At(string word) => _tokens.Word?.Plain == word;

    private bool AtOperator(params ReadOnlySpan<string> operators)
    {
        foreach (string candidate in operators)
        {
            if (_tokens.Operator == candidate)
                return true;
        }

        return false;
    }

    private void Expect(string word)
    {
        if (!At(word))
            throw Unexpected();
        _tokens.Advance();
    }

    private void ExpectOperator(string text)
    {
        if (!AtOperator(text))
            throw Unexpected();
        _tokens.Advance();
    }

    private void SkipNewlines()
    {
        while (AtOperator("\n", ";", "&"))
            _tokens.Advance();
    }

    private ShellList ReadList()
    {
        int line = _tokens.TokenLine;
        List<ShellNode> items = [];
        SkipNewlines();
        while (!_tokens.AtEnd && !AtOperator(")", ";;", ";&", ";;&") && !(_tokens.Word?.Plain is string w && s_closing.Contains(w)))
        {
            items.Add(ReadJoined());
            if (!_tokens.AtEnd && !AtOperator("\n", ";", "&", ")", ";;", ";&", ";;&"))
                throw Unexpected();
            SkipNewlines();
        }

        return new ShellList(items) { Line = line };
    }

    private ShellNode ReadJoined()
    {
        ShellNode left = ReadPipe();
        while (AtOperator("&&", "||"))
        {
            bool isAnd = _tokens.Operator == "&&";
            _tokens.Advance();
            while (AtOperator("\n"))
                _tokens.Advance();
            left = new ShellJoin(left, isAnd, ReadPipe()) { Line = left.Line };
        }

        return left;
    }

    private ShellNode ReadPipe()
    {
        if (At("!"))
        {
            int line = _tokens.TokenLine;
            _tokens.Advance();
            return new ShellNot(ReadPipe()) { Line = line };
        }

        List<ShellNode> items = [ReadCommand()];
        while (AtOperator("|"))
        {
            _tokens.Advance();
            while (AtOperator("\n"))
                _tokens.Advance();
            items.Add(ReadCommand());
        }

        return items.Count == 1 ? items[0] : new ShellPipe(items) { Line = items[0].Line };
    }

    private ShellNode ReadCommand()
    {
        int line = _tokens.TokenLine;
        ShellNode? compound = null;
        if (AtOperator("("))
        {
            _tokens.Advance();
            compound = ReadList();
            ExpectOperator(")");
        }
        else
        {
            compound = _tokens.Word?.Plain switch
            {
                "if" => ReadIf(line),
                "while" or "until" => ReadWhile(line),
                "for" => ReadFor(line),
                "case" => ReadCase(line),
                "{" => ReadBraces(),
                "function" => ReadFunctionWord(line),
                _ => null,
            };
        }

        if (compound is null)
            return ReadSimple(line);
        // Redirections of a whole group change nothing that is imported.
        ShellSimple ignored = new([], [], []);
        while (_tokens.Operator is string text && (text.Contains('<', StringComparison.Ordinal) || text.Contains('>', StringComparison.Ordinal)))
            ReadRedirection(ignored);
        return compound;
    }

    private ShellList ReadBraces()
    {
        _tokens.Advance();
        ShellList body = ReadList();
        Expect("}");
        return body;
    }

    private ShellIf ReadIf(int line)
    {
        _tokens.Advance();
        ShellNode condition = ReadList();
        Expect("then");
        ShellNode then = ReadList();
        ShellNode? otherwise = null;
        int at = _tokens.TokenLine;
        if (At("elif"))
            return new ShellIf(condition, then, ReadIf(at), false) { Line = line };
        if (At("else"))
        {
            _tokens.Advance();
            otherwise = ReadList();
        }

        Expect("fi");
        return new ShellIf(condition, then, otherwise, false) { Line = line };
    }

    private ShellIf ReadWhile(int line)
    {
        _tokens.Advance();
        ShellNode condition = ReadList();
        return new ShellIf(condition, ReadDo(), null, true) { Line = line };
    }

    private ShellList ReadDo()
    {
        Expect("do");
        ShellList body = ReadList();
        Expect("done");
        return body;
    }

    private ShellFor ReadFor(int line)
    {
        _tokens.Advance();
        string name = _tokens.Word?.Plain ?? throw Unexpected();
        _tokens.Advance();
        SkipNewlines();
        List<ShellWord>? words = null;
        if (At("in"))
        {
            words = [];
            for (_tokens.Advance(); _tokens.Word is ShellWord word; _tokens.Advance())
                words.Add(word);
            SkipNewlines();
        }

        return new ShellFor(name, words, ReadDo()) { Line = line };
    }

    private ShellCase ReadCase(int line)
    {
        _tokens.Advance();
        ShellWord subject = _tokens.Word ?? throw Unexpected();
        _tokens.Advance();
        SkipNewlines();
        Expect("in");
        SkipNewlines();
        List<(List<ShellWord>, ShellNode)> items = [];
        while (!At("esac"))
        {
            if (AtOperator("("))
                _tokens.Advance();
            List<ShellWord> patterns = [];
            do
            {
                if (AtOperator("|"))
                    _tokens.Advance();
                patterns.Add(_tokens.Word ?? throw Unexpected());
                _tokens.Advance();
            }
            while (AtOperator("|"));
            ExpectOperator(")");
            items.Add((patterns, ReadList()));
            if (AtOperator(";;", ";&", ";;&"))
                _tokens.Advance();
            SkipNewlines();
        }

        _tokens.Advance();
        return new ShellCase(subject, items) { Line = line };
    }

    private ShellFunction ReadFunctionWord(int line)
    {
        _tokens.Advance();
        string name = _tokens.Word?.Plain ?? throw Unexpected();
        _tokens.Advance();
        if (AtOperator("("))
        {
            _tokens.Advance();
            ExpectOperator(")");
        }

        SkipNewlines();
        return new ShellFunction(name, ReadCommand()) { Line = line };
    }

    private ShellNode ReadSimple(int line)
    {
        ShellSimple simple = new([], [], []) { Line = line };
        while (true)
        {
            if (_tokens.Word is ShellWord word)
            {
                _tokens.Advance();
                if (simple.Words.Count == 0 && Assignment(word) is { } assignment)
                    simple.Assignments.Add(assignment);
                else
                    simple.Words.Add(word);
                if (simple.Words.Count == 1 && AtOperator("(") && simple.Words[0].Plain is string name)
                {
                    _tokens.Advance();
                    ExpectOperator(")");
                    SkipNewlines();
                    return new ShellFunction(name, ReadCommand()) { Line = line };
                }
            }
            else if (_tokens.Operator is string text && (text.Contains('<', StringComparison.Ordinal) || text.Contains('>', StringComparison.Ordinal)))
            {
                ReadRedirection(simple);
            }
            else if (simple.Words.Count + simple.Assignments.Count + simple.Outputs.Count == 0)
            {
                throw Unexpected();
            }
            else
            {
                return simple;
            }
        }
    }

    private void ReadRedirection(ShellSimple simple)
    {
        string kind = _tokens.Operator!;
        _tokens.Advance();
        ShellWord target = _tokens.Word ?? throw Unexpected();
        if (kind is "<<" or "<<-")
            _tokens.ExpectHereDocument(string.Concat(target.Parts.Select(p => p.Text)));
        else if (kind is ">" or ">>" or ">|")
            simple.Outputs.Add(target);
        _tokens.Advance();
    }

    /// <summary>NAME=VALUE; null for a word that is none.</summary>
    internal static (string Name, ShellWord Value)? Assignment(ShellWord word)
    {
        if (word.Parts is not [{ Kind: ShellPartKind.Text, IsQuoted: false } first, ..])
            return null;
        int equals = first.Text.IndexOf('=');
        if (equals <= 0 || char.IsAsciiDigit(first.Text[0]) || !first.Text[..equals].All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return null;
        List<ShellPart> value = [.. word.Parts.Skip(1)];
        if (equals + 1 < first.Text.Length)
            value.Insert(0, first with { Text = first.Text[(equals + 1)..] });
        return (first.Text[..equals], new ShellWord(value));
    }
}
