// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tunbridge.Configuration.Yaml;

/// <summary>Builds a tree with positions from YamlDotNet's events; what the schema has no use for is a mistake.</summary>
internal sealed class YamlTree
{
    // Deeper than any schema of ours; keeps hostile text from exhausting the stack.
    private const int MaximumDepth = 32;

    private readonly string _path;
    private readonly Parser _parser;
    private readonly List<Diagnostic> _diagnostics;

    private YamlTree(string path, string text, List<Diagnostic> diagnostics)
    {
        _path = path;
        _parser = new Parser(new StringReader(text));
        _diagnostics = diagnostics;
    }

    /// <summary>Reads the one document of a text; null when it is empty or broken.</summary>
    internal static YamlNode? Read(string path, string text, List<Diagnostic> diagnostics)
    {
        YamlTree tree = new(path, text, diagnostics);
        try
        {
            return tree.ReadDocument();
        }
        catch (YamlException e)
        {
            string why = (e.InnerException ?? e).Message.Split('\n')[0].TrimEnd('.');
            diagnostics.Add(tree.Mistake(tree.At(e.Start), $"this is not YAML: {why}"));
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // YamlDotNet 16 lets some of its own assertions out, such as for '-' before ',' in a list.
            Mark near = tree._parser.Current?.End ?? Mark.Empty;
            diagnostics.Add(tree.Mistake(tree.At(near), "this is not YAML, somewhere behind this place"));
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        _parser.MoveNext();
        if (_parser.Current is StreamStart)
            _parser.MoveNext();
        if (_parser.Current is null or StreamEnd)
            return null;
        _parser.MoveNext();
        YamlNode? root = ReadNode(0);
        _parser.MoveNext();
        if (_parser.Current is DocumentStart second)
            _diagnostics.Add(Mistake(At(second.Start), "a second document starts here, allowed is one in a file"));
        return root;
    }

    /// <summary>Reads the node at the current event and moves past it.</summary>
    private YamlNode? ReadNode(int depth)
    {
        ParsingEvent current = _parser.Current!;
        SourcePosition position = At(current.Start);
        if (depth > MaximumDepth)
            throw new YamlException(current.Start, current.End, $"nested deeper than {MaximumDepth} levels");
        if (current is NodeEvent { Anchor.IsEmpty: false })
            _diagnostics.Add(Mistake(position, "anchors are not supported, write the values out"));
        if (current is NodeEvent { Tag.IsEmpty: false } tagged)
            _diagnostics.Add(Mistake(position, $"the tag {tagged.Tag} is not supported, remove it"));
        switch (current)
        {
            case Scalar scalar:
                _parser.MoveNext();
                return new YamlScalar
                {
                    Position = position,
                    Text = scalar.Value,
                    IsPlain = scalar.Style == ScalarStyle.Plain,
                };
            case SequenceStart:
                return ReadSequence(position, depth);
            case MappingStart:
                return ReadMapping(position, depth);
            default:
                _diagnostics.Add(Mistake(position, "aliases are not supported, write the values out"));
                _parser.MoveNext();
                return null;
        }
    }

    private YamlSequence ReadSequence(SourcePosition position, int depth)
    {
        List<YamlNode> items = [];
        _parser.MoveNext();
        while (_parser.Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1) is YamlNode item)
                items.Add(item);
        }

        _parser.MoveNext();
        return new() { Position = position, Items = items };
    }

    private YamlMapping ReadMapping(SourcePosition position, int depth)
    {
        List<KeyValuePair<YamlScalar, YamlNode>> entries = [];
        _parser.MoveNext();
        while (_parser.Current is not MappingEnd)
        {
            SourcePosition keyPosition = At(_parser.Current!.Start);
            YamlNode? key = ReadNode(depth + 1);
            YamlNode? value = ReadNode(depth + 1);
            if (key is YamlScalar name && value is not null)
                entries.Add(new(name, value));
            else if (key is not null and not YamlScalar)
                _diagnostics.Add(Mistake(keyPosition, $"a key is {key.Noun}, allowed is a name"));
        }

        _parser.MoveNext();
        return new() { Position = position, Entries = entries };
    }

    private SourcePosition At(in Mark mark) =>
        new() { Path = _path, Line = Math.Max(1, (int)mark.Line), Column = Math.Max(1, (int)mark.Column) };

    private Diagnostic Mistake(SourcePosition position, string message) =>
        new() { Path = _path, Line = position.Line, Column = position.Column, Message = message };
}
