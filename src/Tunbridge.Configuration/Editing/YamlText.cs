// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.Configuration.Editing;

/// <summary>A text with places in it to change; what is not named stays as it is, to the last blank.</summary>
internal sealed class YamlText
{
    private readonly string _text;
    private readonly List<(int Start, int End, string Replacement)> _edits = [];

    internal YamlText(string text) => _text = text;

    internal void Replace(int start, int end, string replacement) => _edits.Add((start, end, replacement));

    internal void Insert(int at, string text) => Replace(at, at, text);

    /// <summary>The start of the line in which a character stands.</summary>
    internal int LineStart(int index) => index == 0 ? 0 : _text.LastIndexOf('\n', index - 1) + 1;

    /// <summary>The place of the line feed that ends the line of a character, or the end of the text.</summary>
    internal int LineEnd(int index)
    {
        // What ends with a line feed ends on the line before it.
        int from = index > 0 && index <= _text.Length && _text[index - 1] == '\n' ? index - 1 : index;
        int end = _text.IndexOf('\n', from);
        return end < 0 ? _text.Length : end;
    }

    /// <summary>Behind a block: the end of its last line, and of comments below that are indented deeper than a column.</summary>
    internal int BlockEnd(int index, int indent)
    {
        int end = LineEnd(index);
        for (int next = end; next + 1 < _text.Length;)
        {
            int lineEnd = _text.IndexOf('\n', next + 1);
            lineEnd = lineEnd < 0 ? _text.Length : lineEnd;
            ReadOnlySpan<char> line = _text.AsSpan(next + 1, lineEnd - next - 1);
            int blanks = line.Length - line.TrimStart(' ').Length;
            ReadOnlySpan<char> content = line.Trim();
            if (content.Length > 0 && (content[0] != '#' || blanks <= indent))
                break;
            if (content.Length > 0)
                end = lineEnd;
            next = lineEnd;
        }

        return end;
    }

    internal char At(int index) => index < _text.Length ? _text[index] : '\0';

    internal string Slice(int start, int end) => _text[start..end];

    /// <summary>The text with the changes made.</summary>
    internal string Apply()
    {
        StringBuilder result = new();
        int at = 0;
        foreach ((int start, int end, string replacement) in _edits.Index().OrderBy(e => e.Item.Start).ThenBy(e => e.Index).Select(e => e.Item))
        {
            result.Append(_text, at, Math.Max(start, at) - at).Append(replacement);
            at = Math.Max(end, at);
        }

        return result.Append(_text, at, _text.Length - at).ToString();
    }

    /// <summary>A text as a YAML value that reads back as the same text, here and in other readers.</summary>
    internal static string Quote(string text)
    {
        bool isPlain = text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text[^1] != ':' &&
            text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/' or ':' or '@');
        return isPlain && text is not ("null" or "Null" or "NULL")
            ? text
            : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
    }
}
