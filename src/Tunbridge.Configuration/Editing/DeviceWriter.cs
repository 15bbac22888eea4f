// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Yaml;

namespace Tunbridge.Configuration.Editing;

/// <summary>Writes cards into the text of a file and keeps its comments and layout.</summary>
/// <remarks>
/// Works on the places of the nodes in the text. The result is read again and compared: only what was asked for may differ
/// (<see cref="TreeComparison"/>), else nothing is written.
/// </remarks>
internal sealed class DeviceWriter
{
    private const int Step = 2;

    private readonly string _path;
    private readonly string _text;
    private readonly YamlText _edit;
    private readonly YamlMapping? _root;

    private DeviceWriter(string path, string text)
    {
        List<Diagnostic> diagnostics = [];
        YamlNode? root = YamlTree.Read(path, text, diagnostics);
        if (diagnostics.Count > 0)
            throw new ConfigurationException(diagnostics);
        (_path, _text, _edit, _root) = (path, text, new(text), root as YamlMapping);
    }

    /// <summary>The text with one more card.</summary>
    internal static string Add(string path, string text, string name, IReadOnlyList<DeviceEdit> keys)
    {
        string whole = text.Length == 0 || text[^1] == '\n' ? text : text + "\n";
        DeviceWriter writer = new(path, whole);
        writer.AddDevice(name, keys);
        return writer.Finish(name, keys);
    }

    /// <summary>The text with keys of one card changed.</summary>
    internal static string Change(string path, string text, string name, IReadOnlyList<DeviceEdit> keys)
    {
        DeviceWriter writer = new(path, text);
        writer.ChangeDevice(name, keys);
        return writer.Finish(name, keys);
    }

    private string Finish(string name, IReadOnlyList<DeviceEdit> keys)
    {
        string result = _edit.Apply();
        List<Diagnostic> diagnostics = [];
        YamlNode? read = YamlTree.Read(_path, result, diagnostics);
        if (diagnostics.Count > 0 || !TreeComparison.IsOnlyDifference(_root, read, name, keys))
        {
            throw ConfigurationException.Whole(
                _path, $"{name} cannot be written into it without touching other things: write it by hand");
        }

        return result;
    }

    private void AddDevice(string name, IReadOnlyList<DeviceEdit> keys)
    {
        KeyValuePair<YamlScalar, YamlNode>? section = Find(_root, "devices");
        if (section is not { } devices)
        {
            if (_root is { IsFlow: true, Entries.Count: > 0 })
                _edit.Insert(_root.Entries[^1].Value.End, $", devices: {{{Flow(name, keys)}}}");
            else if (_root is { IsFlow: true })
                _edit.Replace(_root.Start, _root.End, "devices:\n" + Block(name, keys, Step));
            else
                _edit.Insert(_text.Length, "devices:\n" + Block(name, keys, Step));
            return;
        }

        if (devices.Value is YamlMapping { Entries.Count: > 0, IsFlow: true } flow)
        {
            _edit.Insert(flow.Entries[^1].Value.End, ", " + Flow(name, keys));
        }
        else if (devices.Value is YamlMapping { Entries.Count: > 0 } block)
        {
            int indent = block.Entries[0].Key.Position.Column - 1;
            InsertBelow(_edit.BlockEnd(block.End, indent), Block(name, keys, indent));
        }
        else if (_root!.IsFlow)
        {
            _edit.Replace(devices.Value.Start, devices.Value.End, $"{{{Flow(name, keys)}}}");
        }
        else
        {
            // Nothing, ~ or {}: a block takes its place, and a comment in the line stays.
            RemoveWithBlank(devices.Value);
            InsertBelow(
                _edit.LineEnd(devices.Value.End), Block(name, keys, devices.Key.Position.Column - 1 + Step));
        }
    }

    private void ChangeDevice(string name, IReadOnlyList<DeviceEdit> keys)
    {
        YamlMapping? devices = Find(_root, "devices")?.Value as YamlMapping;
        if (Find(devices, name) is not { } entry)
            throw ConfigurationException.Whole(_path, $"it declares no card '{name}'");
        if (entry.Value.Start < entry.Key.Start)
            throw ConfigurationException.Whole(_path, $"{name} is an alias of another place: write it by hand");
        if (entry.Value is YamlMapping { Entries.Count: > 0 } device)
        {
            foreach (DeviceEdit edit in keys)
                ChangeKey(device, edit);
            return;
        }

        List<DeviceEdit> written = [.. keys.Where(k => k.Value is not null || k.AddedItems.Count > 0)];
        if (written.Count == 0)
            return;
        if (devices!.IsFlow)
        {
            _edit.Replace(entry.Value.Start, entry.Value.End, $"{(entry.Value.Start == entry.Value.End ? " " : "")}{{{FlowKeys(written)}}}");
            return;
        }

        RemoveWithBlank(entry.Value);
        InsertBelow(
            _edit.LineEnd(entry.Value.End),
            string.Concat(written.Select(k => Line(k, entry.Key.Position.Column - 1 + Step))));
    }

    private void ChangeKey(YamlMapping device, DeviceEdit edit)
    {
        if (Find(device, edit.Key) is not { } entry || entry.Key.Start < device.Start || entry.Key.Start >= device.End)
        {
            if (edit.Value is null && edit.AddedItems.Count == 0)
                return;
            YamlNode last = device.Entries[^1].Value;
            if (device.IsFlow)
                _edit.Insert(last.End, ", " + FlowKeys([edit]));
            else
                InsertBelow(_edit.LineEnd(last.End), Line(edit, device.Entries[0].Key.Position.Column - 1));
        }
        else if (edit.IsList)
        {
            ChangeList(entry.Value, edit);
        }
        else if (edit.Value is null)
        {
            Remove(device, entry);
        }
        else
        {
            // bridge: {name: br0, create: true} keeps its other keys.
            YamlNode place = entry.Value is YamlMapping group && Find(group, "name") is { } named ? named.Value : entry.Value;
            _edit.Replace(place.Start, place.End, (place.Start == place.End ? " " : "") + YamlText.Quote(edit.Value));
        }
    }

    private void ChangeList(YamlNode node, DeviceEdit edit)
    {
        if (node is not YamlSequence list || list.Items.Count == 0)
        {
            _edit.Replace(node.Start, node.End, $"{(node.Start == node.End ? " " : "")}[{Items(edit.AddedItems)}]");
            return;
        }

        if (!list.IsFlow)
        {
            foreach (YamlNode item in list.Items.Where(i => edit.RemovedItems.Contains(TreeComparison.TextOf(i))))
                _edit.Replace(_edit.LineStart(item.Start), Math.Min(_edit.LineEnd(item.End) + 1, _text.Length), "");
            int dash = _edit.LineStart(list.Start);
            string indent = _text[dash..list.Start];
            InsertBelow(_edit.LineEnd(list.End), string.Concat(edit.AddedItems.Select(i => $"{indent}- {YamlText.Quote(i)}\n")));
            return;
        }

        IEnumerable<string> kept = list.Items.Where(i => !edit.RemovedItems.Contains(TreeComparison.TextOf(i)))
            .Select(i => _edit.Slice(i.Start, i.End));
        _edit.Replace(list.Start, list.End, $"[{string.Join(", ", kept.Concat(edit.AddedItems.Select(YamlText.Quote)))}]");
    }

    private void Remove(YamlMapping device, KeyValuePair<YamlScalar, YamlNode> entry)
    {
        if (!device.IsFlow)
        {
            _edit.Replace(_edit.LineStart(entry.Key.Start), Math.Min(_edit.LineEnd(entry.Value.End) + 1, _text.Length), "");
            return;
        }

        // With the comma that parted it from its neighbour.
        int index = device.Entries.ToList().FindIndex(e => e.Key.Text == entry.Key.Text);
        if (index > 0)
            _edit.Replace(device.Entries[index - 1].Value.End, entry.Value.End, "");
        else if (device.Entries.Count > 1)
            _edit.Replace(entry.Key.Start, device.Entries[1].Key.Start, "");
        else
            _edit.Replace(entry.Key.Start, entry.Value.End, "");
    }

    /// <summary>Lines below a line end; at the end of a text without one, the line is ended first.</summary>
    private void InsertBelow(int lineEnd, string lines)
    {
        if (lines.Length == 0)
            return;
        if (lineEnd < _text.Length)
            _edit.Insert(lineEnd + 1, lines);
        else
            _edit.Insert(lineEnd, (lineEnd > 0 && _text[lineEnd - 1] != '\n' ? "\n" : "") + lines);
    }

    private void RemoveWithBlank(YamlNode node)
    {
        if (node.Start == node.End)
            return;
        int start = node.Start;
        while (start > 0 && _edit.At(start - 1) == ' ')
            start--;
        _edit.Replace(start, node.End, "");
    }

    private static KeyValuePair<YamlScalar, YamlNode>? Find(YamlMapping? group, string key)
    {
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in group?.Entries ?? [])
        {
            if (entry.Key.Text == key)
                return entry;
        }

        return null;
    }

    private static string Block(string name, IReadOnlyList<DeviceEdit> keys, int indent) =>
        $"{new string(' ', indent)}{YamlText.Quote(name)}:\n" + string.Concat(keys.Select(k => Line(k, indent + Step)));

    private static string Line(DeviceEdit edit, int indent) => $"{new string(' ', indent)}{edit.Key}: {Text(edit)}\n";

    private static string Flow(string name, IReadOnlyList<DeviceEdit> keys) => $"{YamlText.Quote(name)}: {{{FlowKeys(keys)}}}";

    private static string FlowKeys(IEnumerable<DeviceEdit> keys) => string.Join(", ", keys.Select(k => $"{k.Key}: {Text(k)}"));

    private static string Text(DeviceEdit edit) => edit.IsList ? $"[{Items(edit.AddedItems)}]" : YamlText.Quote(edit.Value!);

    private static string Items(IEnumerable<string> items) => string.Join(", ", items.Select(YamlText.Quote));
}
