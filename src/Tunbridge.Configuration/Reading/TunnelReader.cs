// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration.Yaml;

namespace Tunbridge.Configuration.Reading;

/// <summary>Reads the tunnels of files: where the configuration of each is, not what is in it.</summary>
internal sealed class TunnelReader
{
    private readonly SchemaReader _schema;
    private readonly List<TunnelDefinition> _tunnels = [];

    internal TunnelReader(SchemaReader schema) => _schema = schema;

    internal IReadOnlyList<TunnelDefinition> Tunnels => _tunnels;

    internal void Read(YamlNode section)
    {
        foreach ((string name, KeyGroup.Entry entry) in _schema.Keys(section, "tunnels", "a group of tunnels by name")?.Entries ?? [])
        {
            string path = $"tunnels.{name}";
            if (TunnelDefinition.FindMistake(name) is string mistake)
                _schema.Report(entry.Key.Position, path, mistake);
            else if (_tunnels.Find(t => t.Name == name) is { } first)
                _schema.Report(entry.Key.Position, path, $"the tunnel '{name}' is declared twice, first at {first.Position}");
            else if (_schema.KnownKeys(entry.Value, path, KeyNames.Tunnel) is { } keys)
                Read(entry.Key, path, keys);
        }
    }

    private void Read(YamlScalar name, string path, KeyGroup keys)
    {
        bool? isEnabled = _schema.Boolean(keys["enabled"], $"{path}.enabled");
        string? description = keys["description"] is YamlNode words ? _schema.Text(words, $"{path}.description", "a line of text") : null;
        if (description is not null && OwnershipMark.FindDescriptionMistake(description) is string mistake)
            _schema.Report(keys["description"]!.Position, $"{path}.description", $"{path}.description {mistake}");
        const string What = "the path of an OpenVPN configuration";
        if (keys["openvpn"] is not YamlNode node)
        {
            _schema.Report(name.Position, path, $"{path} says no openvpn, allowed is {What}");
            return;
        }

        if (_schema.Text(node, $"{path}.openvpn", What) is not string file)
            return;
        if (file.Any(char.IsControl))
        {
            _schema.Report(node.Position, $"{path}.openvpn", $"{path}.openvpn has control characters, allowed is {What}");
            return;
        }

        _tunnels.Add(new()
        {
            Name = name.Text,
            OpenVpnFile = Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(name.Position.Path)) ?? "/"),
            Description = description,
            IsEnabled = isEnabled ?? true,
            Position = name.Position,
            FilePosition = node.Position,
        });
    }
}
