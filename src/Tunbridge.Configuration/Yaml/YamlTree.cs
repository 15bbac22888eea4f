// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tunbridge.Configuration.Yaml;

/// <summary>Builds a tree with positions from YamlDotNet's events; what the schema has no use for is a mistake.</summary>
internal sealed class YamlTree
{
    // Deeper than any schema of ours; keeps hostile text from exhausting the stack.
    private const int MaximumDepth = 32;

    // A file of hundreds of cards that share their options stays far below.
    private const int MaximumAliasWeight = 100_000;

    private readonly string _path;
    private readonly Parser _parser;
    private readonly List<Diagnostic> _diagnostics;
    private readonly Dictionary<string, YamlNode> _anchors = [];
    private int _aliasWeight;

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
        if (current is NodeEvent { Tag.IsEmpty: false } tagged)
            _diagnostics.Add(Mistake(position, $"the tag {tagged.Tag} is not supported, remove it"));
        AnchorName anchor = current is NodeEvent named ? named.Anchor : AnchorName.Empty;
        YamlNode? node = current switch
        {
            Scalar scalar => ReadScalar(scalar, position),
            SequenceStart start => ReadSequence(start, position, depth),
            MappingStart start => ReadMapping(start, position, depth),
            AnchorAlias alias => ReadAlias(alias, position),
            _ => throw new YamlException(current.Start, current.End, "a value was expected here"),
        };
        // Known only from here on: an anchor inside of which it is used would never end.
        if (!anchor.IsEmpty && current is not AnchorAlias && node is not null)
            _anchors[anchor.Value] = node;
        return node;
    }

    private YamlScalar ReadScalar(Scalar scalar, SourcePosition position)
    {
        _parser.MoveNext();
        return new()
        {
            Position = position,
            Start = (int)scalar.Start.Index,
            End = (int)scalar.End.Index,
            Text = scalar.Value,
            IsPlain = scalar.Style == ScalarStyle.Plain,
        };
    }

    /// <summary>The anchor's value once more; a few lines of aliases of aliases could stand for any number of values.</summary>
    private YamlNode? ReadAlias(AnchorAlias alias, SourcePosition position)
    {
        _parser.MoveNext();
        if (!_anchors.TryGetValue(alias.Value.Value, out YamlNode? target))
        {
            _diagnostics.Add(Mistake(position, $"the alias *{alias.Value} stands for nothing, its anchor &{alias.Value} must end before it"));
            return null;
        }

        _aliasWeight += target.Weight;
        if (_aliasWeight > MaximumAliasWeight)
        {
            throw new YamlException(
                alias.Start, alias.End, $"the aliases up to here stand for more than {MaximumAliasWeight} values");
        }

        return target;
    }

    private YamlSequence ReadSequence(SequenceStart start, SourcePosition position, int depth)
    {
        List<YamlNode> items = [];
        int weight = 1;
        _parser.MoveNext();
        while (_parser.Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1) is YamlNode item)
            {
                items.Add(item);
                weight += item.Weight;
            }
        }

        bool isFlow = start.Style == SequenceStyle.Flow;
        int end = isFlow || items.Count == 0 ? EndOfFlow() : items[^1].End;
        _parser.MoveNext();
        return new()
        {
            Position = position,
            Items = items,
            NodeCount = weight,
            IsFlow = isFlow,
            Start = (int)start.Start.Index,
            End = end,
        };
    }

    private YamlMapping ReadMapping(MappingStart start, SourcePosition position, int depth)
    {
        List<KeyValuePair<YamlScalar, YamlNode>> entries = [];
        List<YamlNode> merged = [];
        int weight = 1;
        _parser.MoveNext();
        while (_parser.Current is not MappingEnd)
        {
            SourcePosition keyPosition = At(_parser.Current!.Start);
            YamlNode? key = ReadNode(depth + 1);
            YamlNode? value = ReadNode(depth + 1);
            weight += 1 + (value?.Weight ?? 0);
            if (key is YamlScalar { IsPlain: true, Text: "<<" } && value is not null)
                merged.Add(value);
            else if (key is YamlScalar name && value is not null)
                entries.Add(new(name, value));
            else if (key is not null and not YamlScalar)
                _diagnostics.Add(Mistake(keyPosition, $"a key is {key.Noun}, allowed is a name"));
        }

        bool isFlow = start.Style == MappingStyle.Flow;
        int end = isFlow || entries.Count == 0 ? EndOfFlow() : entries[^1].Value.End;
        _parser.MoveNext();
        foreach (YamlNode value in merged)
            Merge(value, entries);
        return new()
        {
            Position = position,
            Entries = entries,
            NodeCount = weight,
            IsFlow = isFlow,
            Start = (int)start.Start.Index,
            End = end,
        };
    }

    /// <summary>YAML 1.1's merge key: what is written here wins over what is merged in, earlier over later.</summary>
    private void Merge(YamlNode value, List<KeyValuePair<YamlScalar, YamlNode>> entries)
    {
        if (value is YamlSequence list)
        {
            foreach (YamlNode item in list.Items)
                Merge(item, entries);
        }
        else if (value is YamlMapping group)
        {
            entries.AddRange(group.Entries.Where(e => !entries.Exists(own => own.Key.Text == e.Key.Text)).ToList());
        }
        else
        {
            _diagnostics.Add(Mistake(value.Position, $"<< is {value.Noun}, allowed is an alias of a group of keys"));
        }
    }

    /// <summary>Behind the bracket: YamlDotNet 16 says that its token ends where it begins.</summary>
    private int EndOfFlow() => (int)_parser.Current!.Start.Index + 1;

    private SourcePosition At(in Mark mark) =>
        new() { Path = _path, Line = Math.Max(1, (int)mark.Line), Column = Math.Max(1, (int)mark.Column) };

    private Diagnostic Mistake(SourcePosition position, string message) =>
        new() { Path = _path, Line = position.Line, Column = position.Column, Message = message };
}
