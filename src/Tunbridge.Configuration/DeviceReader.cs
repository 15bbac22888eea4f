// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Changes;
using Tunbridge.Configuration.Yaml;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration;

/// <summary>Reads <c>devices.NAME</c>.</summary>
internal sealed class DeviceReader
{
    private static readonly string[] s_keys =
        ["kind", "owner", "group", "addresses", "promiscuous", "mtu", "mac", "bridge", "up", "offload"];

    private static readonly string[] s_kinds = ["tun", "tap"];
    private static readonly string[] s_offloads = ["auto", "off"];
    private static readonly string[] s_bridgeKeys = ["name", "create"];

    private readonly SchemaReader _schema;

    // A file of many cards asks for the same few names again and again; each question opens the system's files.
    private readonly Dictionary<(string Noun, string Text), uint?> _principals = [];

    internal DeviceReader(SchemaReader schema) => _schema = schema;

    /// <summary>One card; null when its mistakes leave nothing to return.</summary>
    internal DeviceDefinition? Read(YamlScalar name, YamlNode node)
    {
        string path = $"devices.{name.Text}";
        if (CardName.FindMistake(name.Text) is string mistake)
            _schema.Report(name.Position, path, mistake);
        IReadOnlyDictionary<string, (YamlScalar Key, YamlNode Value)>? keys = _schema.KnownKeys(node, path, s_keys);
        if (keys is null)
            return null;
        YamlNode? Value(string key) => keys.TryGetValue(key, out (YamlScalar, YamlNode Value) found) ? found.Value : null;

        CardKind? kind = ReadKind(name, Value("kind"), path);
        (string? bridge, bool create) = ReadBridge(Value("bridge"), path + ".bridge", name.Text, kind);
        return new()
        {
            Name = name.Text,
            Kind = kind ?? CardKind.Tap,
            Owner = ReadPrincipal(Value("owner"), path + ".owner", "user", UserDatabase.FindUserId),
            Group = ReadPrincipal(Value("group"), path + ".group", "group", UserDatabase.FindGroupId),
            Addresses = [.. ReadAddresses(Value("addresses"), path + ".addresses").Select(a => new DeviceAddress { Prefix = a })],
            Promiscuous = Value("promiscuous") is YamlNode p && (_schema.Boolean(p, path + ".promiscuous") ?? false),
            Mtu = ReadMtu(Value("mtu"), path + ".mtu", kind),
            Mac = ReadMac(Value("mac"), path + ".mac", kind),
            MacPolicy = Value("mac") is null ? MacPolicy.Kernel : MacPolicy.Fixed,
            Bridge = bridge,
            CreateBridge = create,
            Up = Value("up") is not YamlNode u || (_schema.Boolean(u, path + ".up") ?? true),
            Offload = Value("offload") is YamlNode o && _schema.Word(o, path + ".offload", s_offloads) == "off"
                ? OffloadChoice.Off
                : OffloadChoice.Auto,
            Position = name.Position,
            KeyPositions = keys.ToDictionary(k => k.Key, k => k.Value.Key.Position),
        };
    }

    private CardKind? ReadKind(YamlScalar name, YamlNode? node, string path)
    {
        if (node is null)
        {
            _schema.Report(name.Position, path, $"{path} has no kind, allowed are tun and tap");
            return null;
        }

        return _schema.Word(node, path + ".kind", s_kinds) switch
        {
            "tun" => CardKind.Tun,
            "tap" => CardKind.Tap,
            _ => null,
        };
    }

    private uint? ReadPrincipal(YamlNode? node, string path, string noun, Func<string, uint?> find)
    {
        if (node is null || _schema.Text(node, path, $"the name or number of a {noun}") is not string text)
            return null;
        // (uid_t)-1 means "nobody" to the kernel, and is no number of anyone.
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue)
            return number;
        if (!_principals.TryGetValue((noun, text), out uint? found))
            _principals[(noun, text)] = found = find(text);
        if (found is uint id)
            return id;
        _schema.Report(node.Position, path, $"there is no {noun} '{text}', allowed is the name or number of a {noun}");
        return null;
    }

    private List<IpPrefix> ReadAddresses(YamlNode? node, string path)
    {
        const string Allowed = "a list of addresses with prefix length, such as [192.168.0.1/24, fd00::1/64]";
        List<IpPrefix> addresses = [];
        if (node is null or { IsNull: true })
            return addresses;
        if (node is not YamlSequence list)
        {
            _schema.Report(node.Position, path, $"{path} is {node.Noun}, allowed is {Allowed}");
            return addresses;
        }

        foreach (YamlNode item in list.Items)
        {
            if (ReadAddress(item, path) is not IpPrefix address)
                continue;
            if (addresses.Exists(a => a.Address.Equals(address.Address)))
                _schema.Report(item.Position, path, $"the address {address.Address} is written twice");
            else
                addresses.Add(address);
        }

        return addresses;
    }

    private IpPrefix? ReadAddress(YamlNode node, string path)
    {
        if (node is not YamlScalar scalar)
        {
            _schema.Report(node.Position, path, $"an address is {node.Noun}, allowed is one such as 192.168.0.1/24 or fd00::1/64");
            return null;
        }

        if (CardAddress.TryParse(scalar.Text, out IpPrefix prefix, out string mistake))
            return prefix;
        _schema.Report(node.Position, path, mistake);
        return null;
    }

    private int? ReadMtu(YamlNode? node, string path, CardKind? kind)
    {
        if (node is null || _schema.Integer(node, path, "a number of bytes") is not long mtu)
            return null;
        if (CardName.FindMtuMistake(kind, mtu) is string mistake)
        {
            _schema.Report(node.Position, path, mistake);
            return null;
        }

        return (int)mtu;
    }

    private HardwareAddress? ReadMac(YamlNode? node, string path, CardKind? kind)
    {
        if (node is null || _schema.Text(node, path, "a MAC address such as 02:00:5e:10:00:01") is not string text)
            return null;
        if (kind == CardKind.Tun)
        {
            _schema.Report(node.Position, path, "a TUN has no MAC address, mac is allowed for kind tap");
            return null;
        }

        if (MacAddress.TryParse(text, out HardwareAddress mac, out string mistake))
            return mac;
        _schema.Report(node.Position, path, mistake);
        return null;
    }

    private (string? Name, bool Create) ReadBridge(YamlNode? node, string path, string device, CardKind? kind)
    {
        if (node is null)
            return default;
        YamlNode? nameNode = node;
        bool create = false;
        if (node is YamlMapping)
        {
            IReadOnlyDictionary<string, (YamlScalar Key, YamlNode Value)> keys = _schema.KnownKeys(node, path, s_bridgeKeys)!;
            nameNode = keys.TryGetValue("name", out (YamlScalar, YamlNode Value) n) ? n.Value : null;
            create = keys.TryGetValue("create", out (YamlScalar, YamlNode Value) c) &&
                (_schema.Boolean(c.Value, path + ".create") ?? false);
            if (nameNode is null)
                _schema.Report(node.Position, path, $"{path} has no name, allowed is the name of a bridge");
        }

        string? name = nameNode is null ? null : _schema.Text(nameNode, path, "the name of a bridge");
        if (name is null)
            return default;
        string? mistake = kind == CardKind.Tun ? "a TUN carries no Ethernet frames and cannot join a bridge, bridge is allowed for kind tap"
            : name == device ? $"a card cannot be a port of itself, allowed is the name of a bridge"
            : CardName.FindMistake(name);
        if (mistake is null)
            return (name, create);
        _schema.Report(nameNode!.Position, path, mistake);
        return default;
    }
}
