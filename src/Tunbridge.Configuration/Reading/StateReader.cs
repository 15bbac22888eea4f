// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Configuration.Yaml;

namespace Tunbridge.Configuration.Reading;

/// <summary>Reads the main file and its drop-ins into one list of cards, and collects every mistake of all of them.</summary>
internal sealed class StateReader
{
    // A few templates with long hooks could otherwise stand for gigabytes.
    private const int MaximumValues = 1_000_000;

    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<ConfigurationSource> _sources = [];
    private readonly List<DeviceDefinition> _devices = [];
    private readonly Dictionary<string, SourcePosition> _names = [];
    private readonly SchemaReader _schema;
    private readonly DeviceReader _reader;
    private readonly TunnelReader _tunnels;
    private FileScope? _main;
    private int _values;

    internal StateReader()
    {
        _schema = new(_diagnostics);
        _reader = new(_schema);
        _tunnels = new(_schema);
    }

    /// <summary>Reads one more file; what the first one's top says counts for all.</summary>
    internal void Add(string path, string text)
    {
        _sources.Add(new() { Path = path, Text = text });
        if (YamlTree.Read(path, text, _diagnostics) is not YamlNode root)
            return;
        _schema.BeginInstance();
        if (_schema.KnownKeys(root, "", KeyNames.Top) is not { } top)
            return;
        FileScope own = new(ReadPolicies(top), ReadDefaults(top));
        _main ??= own;
        if (top["devices"] is YamlNode section && _schema.Keys(section, "devices", "a group of cards by name") is { } cards)
        {
            IReadOnlyList<FileScope> scopes = own == _main ? [own] : [own, _main];
            foreach ((string name, KeyGroup.Entry entry) in cards.Entries)
                ReadCards(entry.Key, entry.Value, scopes);
        }

        if (top["tunnels"] is YamlNode tunnels)
            _tunnels.Read(tunnels);
    }

    /// <summary>Notes a file that cannot be read.</summary>
    internal void AddUnreadable(string path, ConfigurationException why)
    {
        _sources.Add(new() { Path = path, Text = "" });
        _diagnostics.AddRange(why.Diagnostics);
    }

    /// <summary>All of it.</summary>
    /// <exception cref="ConfigurationException">It has mistakes.</exception>
    internal DesiredState Finish(string path, string instance)
    {
        CheckBridges();
        CheckAddresses();
        FileNames.Check(_devices, _schema);
        DeviceOrder.Check(_devices, _schema);
        if (_diagnostics.Count > 0)
        {
            throw new ConfigurationException(
                [.. _diagnostics.OrderBy(d => _sources.FindIndex(s => s.Path == d.Path)).ThenBy(d => d.Line).ThenBy(d => d.Column)]);
        }

        return new() { Path = path, Instance = instance, Devices = _devices, Tunnels = _tunnels.Tunnels, Sources = _sources };
    }

    private KeyGroup ReadPolicies(KeyGroup top)
    {
        KeyGroup policies = new("", top.Node);
        foreach ((string key, string[] words) in (ReadOnlySpan<(string, string[])>)
            [("on-conflict", FileScope.ConflictWords), ("on-drift", FileScope.DriftWords), ("on-stop", FileScope.StopWords)])
        {
            // Told here, since a file need not have cards; what is wrong is not read again with each of them.
            if (top[key] is YamlNode node && _schema.Word(node, key, words) is not null)
                policies.TryAdd(top.Entries.First(e => e.Key == key).Value.Key, node, "");
        }

        return policies;
    }

    private KeyGroup? ReadDefaults(KeyGroup top) => top["defaults"] is YamlNode node
        ? _schema.KnownKeys(node, "defaults", KeyNames.Device, KeyNames.FutureDevice)
        : null;

    private void ReadCards(YamlScalar name, YamlNode node, IReadOnlyList<FileScope> scopes)
    {
        CardTemplate? template = CardTemplate.Read(name.Text, out string? mistake);
        if (mistake is not null)
        {
            _schema.Report(name.Position, $"devices.{name.Text}", mistake);
            return;
        }

        int weight = node.Weight + scopes.Sum(s => s.Defaults?.Node.Weight ?? 0);
        long values = (long)(template?.Count ?? 1) * weight;
        if (_names.Count + (template?.Count ?? 1) > CardTemplate.MaximumCards || _values + values > MaximumValues)
        {
            _schema.Report(
                name.Position, $"devices.{name.Text}",
                $"with '{name.Text}' there are too many cards, allowed are {CardTemplate.MaximumCards} with {MaximumValues} values");
            return;
        }

        _values += (int)values;
        if (template is null)
        {
            ReadCard(name, name.Text, node, scopes);
            return;
        }

        foreach ((int number, string expanded) in template.Names)
        {
            ReadCard(
                name with { Text = expanded }, name.Text, CardTemplate.Expand(node, number), [.. scopes.Select(s => s.Expand(number))]);
        }
    }

    private void ReadCard(YamlScalar name, string writtenName, YamlNode node, IReadOnlyList<FileScope> scopes)
    {
        DeviceDefinition? device = _reader.Read(name, writtenName, node, scopes);
        if (!_names.TryAdd(name.Text, name.Position))
        {
            _schema.Report(
                name.Position, $"devices.{writtenName}", $"the card '{name.Text}' is declared twice, first at {_names[name.Text]}");
        }
        else if (device is not null)
        {
            _devices.Add(device);
        }
    }

    private void CheckBridges()
    {
        HashSet<string> names = [.. _devices.Select(d => d.Name)];
        _schema.BeginInstance();
        foreach (DeviceDefinition device in _devices)
        {
            if (device.Bridge is string bridge && names.Contains(bridge))
            {
                _schema.Report(
                    device.PositionOf("bridge"), $"devices.{device.Template ?? device.Name}.bridge",
                    $"'{bridge}' is a card of this file, allowed is the name of a bridge");
                _schema.BeginInstance();
            }
        }
    }

    /// <summary>One address on two cards of a namespace: the kernel takes it, and which card is meant is chance.</summary>
    private void CheckAddresses()
    {
        Dictionary<(string?, IPAddress), DeviceDefinition> seen = [];
        foreach (DeviceDefinition device in _devices.Where(d => !d.IsAbsent))
        {
            foreach (DeviceAddress address in device.Addresses.Where(a => !a.Prefix.IsLinkLocalIPv6 && a.Peer is null))
            {
                if (seen.TryAdd((device.NetworkNamespace, address.Prefix.Address), device))
                    continue;
                DeviceDefinition other = seen[(device.NetworkNamespace, address.Prefix.Address)];
                string hint = device.Template is not null && device.Template == other.Template
                    ? $"write '{{n}}' into it, such as '10.0.{{n}}.1/24'"
                    : "allowed is another one";
                _schema.Report(
                    address.Position, $"devices.{device.Template ?? device.Name}.addresses",
                    $"the address {address.Prefix.Address} of {device.Name} is also that of {other.Name}, {hint}");
                _schema.BeginInstance();
            }
        }
    }
}
