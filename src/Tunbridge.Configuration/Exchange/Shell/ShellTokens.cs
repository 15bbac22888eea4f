// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.Configuration.Exchange.Shell;

/// <summary>Cuts a script into words and operators (XCU 2.3), one at a time.</summary>
internal sealed class ShellTokens
{
    private static readonly string[] s_operators =
        ["<<<", "<<-", ";;&", "&>>", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "&&", "||", ";;", ";&", ";", "&", "|", "(", ")", "<", ">", "\n"];

    private readonly string _text;
    private readonly List<string> _hereEnds = [];
    private int _at;

    internal ShellTokens(string text, int firstLine)
    {
        _text = text.ReplaceLineEndings("\n");
        Line = firstLine;
        Advance();
    }

    /// <summary>The operator at hand; null when a word is, or the end.</summary>
    internal string? Operator { get; private set; }

    /// <summary>The word at hand; null when an operator is, or the end.</summary>
    internal ShellWord? Word { get; private set; }

    internal bool AtEnd => Operator is null && Word is null;

    /// <summary>The line of what is at hand.</summary>
    internal int TokenLine { get; private set; }

    private int Line { get; set; }

    internal void Advance()
    {
        SkipBlanks();
        TokenLine = Line;
        Operator = null;
        Word = null;
        if (_at >= _text.Length)
            return;
        foreach (string candidate in s_operators)
        {
            if (string.CompareOrdinal(_text, _at, candidate, 0, candidate.Length) != 0)
                continue;
            Operator = candidate;
            _at += candidate.Length;
            if (candidate == "\n")
            {
                Line++;
                SkipHereDocuments();
            }

            return;
        }

        Word = ReadWord();
        // 2>file: the number belongs to the redirection, not to the command.
        if (Word.Plain is string digits && digits.All(char.IsAsciiDigit) && _at < _text.Length && _text[_at] is '<' or '>')
            Advance();
    }

    /// <summary>A here-document follows the line at hand; it is passed over.</summary>
    internal void ExpectHereDocument(string end) => _hereEnds.Add(end);

    private void SkipHereDocuments()
    {
        foreach (string end in _hereEnds)
        {
            while (_at < _text.Length)
            {
                int stop = _text.IndexOf('\n', _at);
                stop = stop < 0 ? _text.Length : stop;
                string line = _text[_at..stop].TrimStart('\t');
                _at = Math.Min(stop + 1, _text.Length);
                Line++;
                if (line == end)
                    break;
            }
        }

        _hereEnds.Clear();
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] is ' ' or '\t')
            {
                _at++;
            }
            else if (_text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] == '\n')
            {
                _at += 2;
                Line++;
            }
            else if (_text[_at] == '#')
            {
                while (_at < _text.Length && _text[_at] != '\n')
                    _at++;
            }
            else
            {
                return;
            }
        }
    }

    private ShellWord ReadWord()
    {
        List<ShellPart> parts = [];
        StringBuilder plain = new();
        void Flush(bool quoted)
        {
            if (plain.Length > 0 || quoted)
                parts.Add(new(ShellPartKind.Text, plain.ToString(), quoted));
            plain.Clear();
        }

        while (_at < _text.Length && _text[_at] is not (' ' or '\t' or '\n' or ';' or '&' or '|' or '(' or ')' or '<' or '>'))
        {
            char c = _text[_at];
            if (c == '\\')
            {
                ReadEscape(plain, Flush);
            }
            else if (c == '\'')
            {
                Flush(false);
                plain.Append(Until('\''));
                Flush(true);
            }
            else if (c == '"')
            {
                Flush(false);
                ReadQuoted(parts);
            }
            else if (c is '$' or '`' && ReadExpansion(false) is ShellPart part)
            {
                Flush(false);
                parts.Add(part);
            }
            else
            {
                plain.Append(c);
                _at++;
            }
        }

        Flush(false);
        return new ShellWord(parts);
    }

    private void ReadEscape(StringBuilder plain, Action<bool> flush)
    {
        _at++;
        if (_at >= _text.Length)
            return;
        if (_text[_at] == '\n')
        {
            Line++;
            _at++;
            return;
        }

        flush(false);
        plain.Append(_text[_at++]);
        flush(true);
    }

    private string Until(char end)
    {
        int start = ++_at;
        int stop = _text.IndexOf(end, start);
        if (stop < 0)
            throw new ShellSyntaxException(Line, $"a {end} has no other end");
        _at = stop + 1;
        string inside = _text[start..stop];
        Line += inside.Count(c => c == '\n');
        return inside;
    }

    private void ReadQuoted(List<ShellPart> parts)
    {
        int line = Line;
        StringBuilder text = new();
        _at++;
        int before = parts.Count;
        while (true)
        {
            if (_at >= _text.Length)
                throw new ShellSyntaxException(line, "a \" has no other end");
            char c = _text[_at];
            if (c == '"')
                break;
            if (c == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '"' or '\\' or '$' or '`' or '\n')
            {
                if (_text[_at + 1] != '\n')
                    text.Append(_text[_at + 1]);
                else
                    Line++;
                _at += 2;
            }
            else if (c is '$' or '`' && ReadExpansion(true) is ShellPart part)
            {
                parts.Add(new(ShellPartKind.Text, text.ToString(), true));
                text.Clear();
                parts.Add(part);
            }
            else
            {
                Line += c == '\n' ? 1 : 0;
                text.Append(c);
                _at++;
            }
        }

        _at++;
        if (text.Length > 0 || parts.Count == before)
            parts.Add(new(ShellPartKind.Text, text.ToString(), true));
    }

    /// <summary>$NAME, ${…}, $(…), $((…)) or `…`; null for a dollar that is only a dollar.</summary>
    private ShellPart? ReadExpansion(bool quoted)
    {
        if (_text[_at] == '`')
            return new(ShellPartKind.Command, Until('`'), quoted);
        int next = _at + 1;
        if (next >= _text.Length)
            return null;
        if (_text[next] == '{')
            return new(ShellPartKind.Parameter, Balanced(next, '{', '}'), quoted);
        if (string.CompareOrdinal(_text, next, "((", 0, 2) == 0)
        {
            string inside = Balanced(next, '(', ')');
            return new(ShellPartKind.Arithmetic, inside[1..^1], quoted);
        }

        if (_text[next] == '(')
            return new(ShellPartKind.Command, Balanced(next, '(', ')'), quoted);
        int stop = next;
        if (char.IsAsciiDigit(_text[next]) || _text[next] is '@' or '*' or '#' or '?' or '$' or '!' or '-')
            stop++;
        else
            while (stop < _text.Length && (char.IsAsciiLetterOrDigit(_text[stop]) || _text[stop] == '_'))
                stop++;
        if (stop == next)
            return null;
        _at = stop;
        return new(ShellPartKind.Parameter, _text[next..stop], quoted);
    }

    private string Balanced(int open, char opening, char closing)
    {
        int depth = 0;
        for (int i = open; i < _text.Length; i++)
        {
            depth += _text[i] == opening ? 1 : _text[i] == closing ? -1 : 0;
            if (depth > 0)
                continue;
            _at = i + 1;
            string inside = _text[(open + 1)..i];
            Line += inside.Count(c => c == '\n');
            return inside;
        }

        throw new ShellSyntaxException(Line, $"a {opening} has no {closing}");
    }
}
