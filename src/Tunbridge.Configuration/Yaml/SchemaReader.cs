// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Configuration.Yaml;

/// <summary>Reads values of a tree against what is allowed, and collects every mistake.</summary>
internal sealed partial class SchemaReader
{
    private readonly List<Diagnostic> _diagnostics;

    // What a template or the defaults have wrong is told once, not for each card that is made of them.
    private readonly HashSet<(SourcePosition Position, string Key)> _toldBefore = [];
    private readonly List<(SourcePosition Position, string Key)> _toldNow = [];

    internal SchemaReader(List<Diagnostic> diagnostics) => _diagnostics = diagnostics;

    /// <summary>Says that what follows may be read from the same places as what came before.</summary>
    internal void BeginInstance()
    {
        _toldBefore.UnionWith(_toldNow);
        _toldNow.Clear();
    }

    /// <summary>Notes a mistake.</summary>
    internal void Report(SourcePosition position, string key, string message)
    {
        if (_toldBefore.Contains((position, key)))
            return;
        _toldNow.Add((position, key));
        _diagnostics.Add(new()
        {
            Path = position.Path,
            Line = position.Line,
            Column = position.Column,
            Key = key,
            Message = message,
        });
    }

    /// <summary>The entries of a group of keys: doubles are mistakes; nothing written counts as no keys.</summary>
    internal KeyGroup? Keys(YamlNode node, string path, string what)
    {
        KeyGroup group = new(path, node);
        if (node.IsNull)
            return group;
        if (node is not YamlMapping mapping)
        {
            Report(node.Position, path, $"{Where(path)} is {node.Noun}, allowed is {what}");
            return null;
        }

        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            if (!group.TryAdd(key, value, path))
            {
                Report(
                    key.Position, Join(path, key.Text),
                    $"the key '{key.Text}' is written twice, first in line {group.PositionOf(key.Text).Line}");
            }
        }

        return group;
    }

    /// <summary>The same for a group whose keys are known: others are mistakes.</summary>
    internal KeyGroup? KnownKeys(
        YamlNode node, string path, IReadOnlyCollection<string> allowed, IReadOnlyCollection<string>? future = null)
    {
        KeyGroup? group = Keys(node, path, $"a group of keys: {string.Join(", ", allowed)}");
        foreach ((string name, KeyGroup.Entry entry) in group?.Entries ?? [])
        {
            if (allowed.Contains(name))
                continue;
            string message = future?.Contains(name) == true
                ? $"'{name}' is not yet supported, allowed are {string.Join(", ", allowed)}"
                : $"unknown key '{name}', allowed are {string.Join(", ", allowed)}{Suggestion.Text(name, allowed)}";
            Report(entry.Key.Position, Join(path, name), message);
        }

        return group;
    }

    internal string? Text(YamlNode node, string path, string what)
    {
        if (node is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
            return scalar.Text;
        string found = node.IsNull || node is YamlScalar ? "empty" : node.Noun;
        Report(node.Position, path, $"{Where(path)} is {found}, allowed is {what}");
        return null;
    }

    internal bool? Boolean(YamlNode? node, string path)
    {
        switch (node)
        {
            case null: return null;
            case YamlScalar { Text: "true" }: return true;
            case YamlScalar { Text: "false" }: return false;
        }

        string meant = node is YamlScalar scalar
            ? scalar.Text.ToLowerInvariant() switch
            {
                "yes" or "on" or "1" or "true" or "y" or "enabled" => ", did you mean 'true'?",
                "no" or "off" or "0" or "false" or "n" or "disabled" => ", did you mean 'false'?",
                _ => "",
            }
            : "";
        Report(node.Position, path, $"{Where(path)} is {Found(node)}, allowed are true and false{meant}");
        return null;
    }

    internal long? Integer(YamlNode node, string path, string what)
    {
        if (node is YamlScalar scalar &&
            long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            return value;
        Report(node.Position, path, $"{Where(path)} is {Found(node)}, allowed is {what}");
        return null;
    }

    /// <summary>A whole number in a range; null when it is not written or wrong.</summary>
    internal long? Number(YamlNode? node, string path, long minimum, long maximum)
    {
        string what = $"a number from {minimum} to {maximum}";
        if (node is null || Integer(node, path, what) is not long value)
            return null;
        if (value >= minimum && value <= maximum)
            return value;
        Report(node.Position, path, $"{path} is {value}, allowed is {what}");
        return null;
    }

    /// <summary>One of a few words.</summary>
    internal string? Word(YamlNode node, string path, IReadOnlyCollection<string> allowed)
    {
        if (node is YamlScalar scalar && allowed.Contains(scalar.Text))
            return scalar.Text;
        string meant = node is YamlScalar written ? Suggestion.Text(written.Text, allowed) : "";
        Report(node.Position, path, $"{Where(path)} is {Found(node)}, allowed are {string.Join(" and ", allowed)}{meant}");
        return null;
    }

    internal static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string Found(YamlNode node) => node.IsNull ? "empty" : node.Noun;

    private static string Where(string path) => path.Length == 0 ? "the file" : path;
}
