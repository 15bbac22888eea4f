// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Configuration.Yaml;

/// <summary>Reads values of a tree against what is allowed, and collects every mistake.</summary>
internal sealed class SchemaReader
{
    private readonly List<Diagnostic> _diagnostics;

    internal SchemaReader(List<Diagnostic> diagnostics) => _diagnostics = diagnostics;

    /// <summary>Notes a mistake.</summary>
    internal void Report(SourcePosition position, string key, string message) => _diagnostics.Add(new()
    {
        Path = position.Path,
        Line = position.Line,
        Column = position.Column,
        Key = key,
        Message = message,
    });

    /// <summary>The entries of a group of keys: doubles are mistakes; nothing written counts as no keys.</summary>
    internal IReadOnlyDictionary<string, (YamlScalar Key, YamlNode Value)>? Keys(YamlNode node, string path, string what)
    {
        if (node is YamlScalar { IsNull: true })
            return new Dictionary<string, (YamlScalar, YamlNode)>();
        if (node is not YamlMapping mapping)
        {
            Report(node.Position, path, $"{Where(path)} is {node.Noun}, allowed is {what}");
            return null;
        }

        // Insertion order is kept by the dictionary, as nothing is ever removed from it.
        Dictionary<string, (YamlScalar Key, YamlNode Value)> keys = [];
        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            if (!keys.TryAdd(key.Text, (key, value)))
            {
                Report(
                    key.Position, Join(path, key.Text),
                    $"the key '{key.Text}' is written twice, first in line {keys[key.Text].Key.Position.Line}");
            }
        }

        return keys;
    }

    /// <summary>The same for a group whose keys are known: others are mistakes.</summary>
    internal IReadOnlyDictionary<string, (YamlScalar Key, YamlNode Value)>? KnownKeys(
        YamlNode node, string path, IReadOnlyCollection<string> allowed)
    {
        IReadOnlyDictionary<string, (YamlScalar Key, YamlNode Value)>? keys =
            Keys(node, path, $"a group of keys: {string.Join(", ", allowed)}");
        foreach ((string name, (YamlScalar key, _)) in keys ?? new Dictionary<string, (YamlScalar, YamlNode)>())
        {
            if (!allowed.Contains(name))
            {
                Report(
                    key.Position, Join(path, name),
                    $"unknown key '{name}', allowed are {string.Join(", ", allowed)}{Suggestion.Text(name, allowed)}");
            }
        }

        return keys;
    }

    internal string? Text(YamlNode node, string path, string what)
    {
        if (node is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
            return scalar.Text;
        string found = node.IsNull || node is YamlScalar ? "empty" : node.Noun;
        Report(node.Position, path, $"{Where(path)} is {found}, allowed is {what}");
        return null;
    }

    internal bool? Boolean(YamlNode node, string path)
    {
        if (node is YamlScalar { Text: "true" })
            return true;
        if (node is YamlScalar { Text: "false" })
            return false;
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
