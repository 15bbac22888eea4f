// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Yaml;

/// <summary>The keys of one group, each with its value and the path that messages name.</summary>
internal sealed class KeyGroup
{
    private readonly Dictionary<string, Entry> _entries = [];

    internal KeyGroup(string path, YamlNode node) => (Path, Node) = (path, node);

    /// <summary>The group's own path.</summary>
    internal string Path { get; }

    /// <summary>The group.</summary>
    internal YamlNode Node { get; }

    /// <summary>The keys in the order in which they are written.</summary>
    internal IEnumerable<KeyValuePair<string, Entry>> Entries => _entries;

    /// <summary>The value of a key; null when it is not written.</summary>
    internal YamlNode? this[string key] => _entries.TryGetValue(key, out Entry? entry) ? entry.Value : null;

    /// <summary>Where a key stands, or the group when it is not written.</summary>
    internal SourcePosition PositionOf(string key) =>
        _entries.TryGetValue(key, out Entry? entry) ? entry.Key.Position : Node.Position;

    /// <summary>The path of a key for messages: below <c>defaults</c> for what comes from there.</summary>
    internal string PathOf(string key) =>
        SchemaReader.Join(_entries.TryGetValue(key, out Entry? entry) ? entry.Group : Path, key);

    /// <summary>Adds a key; false when there is one of that name.</summary>
    internal bool TryAdd(YamlScalar key, YamlNode value, string group) =>
        _entries.TryAdd(key.Text, new() { Key = key, Value = value, Group = group });

    /// <summary>Takes over the keys of another group that this one does not have.</summary>
    internal void AddMissing(KeyGroup other)
    {
        foreach ((string name, Entry entry) in other._entries)
            _entries.TryAdd(name, entry);
    }

    internal sealed record Entry
    {
        internal required YamlScalar Key { get; init; }

        internal required YamlNode Value { get; init; }

        /// <summary>The path of the group in which it is written.</summary>
        internal required string Group { get; init; }
    }
}
