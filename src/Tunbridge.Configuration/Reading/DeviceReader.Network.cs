// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Configuration.Yaml;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration.Reading;

internal sealed partial class DeviceReader
{
    private static readonly string[] s_scopes = ["global", "site", "link", "host"];
    private static readonly string[] s_clients = ["udhcpc", "dhcpcd", "dhclient"];
    private static readonly string[] s_families = ["ipv4", "ipv6"];

    private List<DeviceAddress> ReadAddresses()
    {
        string path = PathOf("addresses");
        List<DeviceAddress> addresses = [];
        const string Allowed = "a list of addresses with prefix length, such as [192.168.0.1/24, fd00::1/64]";
        foreach (YamlNode item in _schema.Items(_keys["addresses"], path, Allowed))
        {
            if (ReadAddress(item, path) is not DeviceAddress address)
                continue;
            if (addresses.Exists(a => a.Prefix.Address.Equals(address.Prefix.Address) && a.Peer == address.Peer))
                _schema.Report(item.Position, path, $"the address {address.Prefix.Address} is written twice");
            else
                addresses.Add(address);
        }

        return addresses;
    }

    private DeviceAddress? ReadAddress(YamlNode node, string path)
    {
        if (node is not YamlMapping)
            return ReadPrefix(node, path) is IpPrefix plain ? new() { Prefix = plain, Position = node.Position } : null;
        KeyGroup keys = Group(node, path, "addresses", KeyNames.Address)!;
        if (keys["address"] is not YamlNode written)
        {
            _schema.Report(node.Position, path, "an address has no address, allowed is one such as 192.168.0.1/24 or fd00::1/64");
            return null;
        }

        if (ReadPrefix(written, path) is not IpPrefix prefix)
            return null;
        DeviceAddress address = new()
        {
            Prefix = prefix,
            Peer = ReadPeer(keys, prefix),
            Broadcast = prefix.IsIPv6 ? OnlyIPv4<IPAddress>(keys, "broadcast") : _schema.Address(keys["broadcast"], keys.PathOf("broadcast"), false),
            Label = prefix.IsIPv6 ? OnlyIPv4<string>(keys, "label") : ReadLabel(keys),
            Scope = ReadScope(keys),
            Lifetime = ReadLifetime(keys, "lifetime"),
            PreferredLifetime = ReadLifetime(keys, "preferred-lifetime"),
            Position = node.Position,
        };
        if (address is { Lifetime: TimeSpan whole, PreferredLifetime: TimeSpan preferred } && preferred > whole)
        {
            _schema.Report(
                keys["preferred-lifetime"]!.Position, keys.PathOf("preferred-lifetime"),
                "preferred-lifetime is longer than lifetime, allowed is at most that");
        }

        return address;
    }

    private IpPrefix? ReadPrefix(YamlNode node, string path)
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

    private IpPrefix? ReadPeer(KeyGroup keys, IpPrefix own)
    {
        if (keys["peer"] is not YamlNode node)
            return null;
        string path = keys.PathOf("peer");
        if (_schema.Text(node, path, $"an {Family(own.IsIPv6)} address") is not string text)
            return null;
        // A peer without length is one host, as for ip.
        if ((CardAddress.TryParse(text, out IpPrefix peer, out _) ||
            CardAddress.TryParse($"{text}/{own.Width}", out peer, out _)) && peer.IsIPv6 == own.IsIPv6)
            return peer;
        _schema.Report(
            node.Position, path,
            $"'{text}' is no {Family(own.IsIPv6)} address, allowed is one such as {(own.IsIPv6 ? "fd00::2" : "192.168.0.2")}");
        return null;
    }

    private string? ReadLabel(KeyGroup keys)
    {
        if (keys["label"] is not YamlNode node || _schema.Text(node, keys.PathOf("label"), $"a label such as {_name}:1") is not string label)
            return null;
        if (label.StartsWith(_name, StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(label) <= InterfaceName.MaximumLength)
            return label;
        _schema.Report(
            node.Position, keys.PathOf("label"),
            $"the label '{label}' is not allowed, allowed are at most {InterfaceName.MaximumLength} bytes that begin with the card's name, such as {_name}:1");
        return null;
    }

    private AddressScope? ReadScope(KeyGroup keys) =>
        keys["scope"] is not YamlNode node ? null : _schema.Word(node, keys.PathOf("scope"), s_scopes) switch
        {
            "global" => AddressScope.Global,
            "site" => AddressScope.Site,
            "link" => AddressScope.Link,
            "host" => AddressScope.Host,
            _ => null,
        };

    private TimeSpan? ReadLifetime(KeyGroup keys, string key) =>
        keys[key] is YamlScalar { Text: "forever" } ? null : _schema.Time(keys[key], keys.PathOf(key));

    private T? OnlyIPv4<T>(KeyGroup keys, string key)
        where T : class
    {
        if (keys[key] is not null)
            _schema.Report(keys.PositionOf(key), keys.PathOf(key), $"an IPv6 address has no {key}, {key} is allowed for IPv4");
        return null;
    }

    private List<DeviceRule> ReadRules()
    {
        string path = PathOf("rules");
        List<DeviceRule> rules = [];
        foreach (YamlNode item in _schema.Items(_keys["rules"], path, "a list of rules, such as [{priority: 100, from: 10.0.0.0/8, table: 100}]"))
        {
            if (Group(item, path, "rules", KeyNames.Rule) is { } keys && ReadRule(item, keys) is DeviceRule rule)
                rules.Add(rule);
        }

        return rules;
    }

    private DeviceRule? ReadRule(YamlNode node, KeyGroup keys)
    {
        string? missing = keys["priority"] is null ? "priority" : keys["table"] is null ? "table" : null;
        if (missing is not null)
        {
            _schema.Report(node.Position, keys.Path, $"a rule has no {missing}, needed are priority and table");
            return null;
        }

        IpPrefix? Prefix(string key) => keys[key] is YamlNode written &&
            _schema.Text(written, keys.PathOf(key), "a prefix such as 10.0.0.0/8") is string text
                ? ReadNetwork(text, written, keys.PathOf(key), "one such as 10.0.0.0/8")
                : null;
        IpPrefix? from = Prefix("from"), to = Prefix("to");
        bool? family = keys["family"] is YamlNode f && _schema.Word(f, keys.PathOf("family"), s_families) is string word ? word == "ipv6" : null;
        bool isIPv6 = from?.IsIPv6 ?? to?.IsIPv6 ?? family ?? false;
        if ((to is IpPrefix t && t.IsIPv6 != isIPv6) || (family is bool said && said != isIPv6))
            _schema.Report(node.Position, keys.Path, "a rule names IPv4 and IPv6, allowed is one family: write two rules");
        (uint? mark, uint? mask) = ReadMark(keys);
        // 0 is the kernel's own for the table local, and those from 32766 are for main and default.
        long? priority = _schema.Number(keys["priority"], keys.PathOf("priority"), 1, 32765);
        uint? table = ReadTable(keys);
        return priority is null || table is null ? null : new()
        {
            IsIPv6 = isIPv6,
            From = from,
            To = to,
            Priority = (uint)priority,
            Table = (uint)table,
            Mark = mark,
            MarkMask = mask,
            Incoming = _schema.Boolean(keys["incoming"], keys.PathOf("incoming")) ?? false,
            Outgoing = _schema.Boolean(keys["outgoing"], keys.PathOf("outgoing")) ?? false,
            Position = node.Position,
        };
    }

    private (uint? Mark, uint? Mask) ReadMark(KeyGroup keys)
    {
        if (keys["mark"] is not YamlNode node || _schema.Text(node, keys.PathOf("mark"), "a number, or number/mask") is not string text)
            return default;
        string[] parts = text.Split('/');
        if (parts.Length <= 2 && TryParseMark(parts[0], out uint mark))
        {
            if (parts.Length == 1)
                return (mark, null);
            if (TryParseMark(parts[1], out uint mask))
                return (mark, mask);
        }

        _schema.Report(node.Position, keys.PathOf("mark"), $"'{text}' is no mark, allowed is a number, or number/mask, such as 0x10/0xff");
        return default;
    }

    private static bool TryParseMark(string text, out uint mark) => text.StartsWith("0x", StringComparison.Ordinal)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mark)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out mark);

    private DeviceDns? ReadDns()
    {
        if (_keys["dns"] is not { IsNull: false } node || Group(node, PathOf("dns"), "dns", KeyNames.Dns) is not { } keys)
            return null;
        List<IPAddress> servers = [];
        foreach (YamlNode item in _schema.Items(keys["servers"], keys.PathOf("servers"), "a list of addresses such as [192.168.0.53]"))
        {
            if (_schema.Address(item, keys.PathOf("servers")) is IPAddress server)
                servers.Add(server);
        }

        IReadOnlyList<string> search = _schema.Texts(
            keys["search"], keys.PathOf("search"), "domain such as example.org", t => Uri.CheckHostName(t.TrimEnd('.')) == UriHostNameType.Dns);
        return servers.Count == 0 && search.Count == 0 ? null : new() { Servers = servers, Search = search };
    }

    private DeviceDhcp? ReadDhcp()
    {
        if (_keys["dhcp"] is not YamlNode node)
            return null;
        string path = PathOf("dhcp");
        if (node is not YamlMapping)
            return _schema.Boolean(node, path) == true ? new() { IPv4 = true } : null;
        KeyGroup keys = Group(node, path, "dhcp", KeyNames.Dhcp)!;
        DeviceDhcp dhcp = new()
        {
            IPv4 = _schema.Boolean(keys["v4"], keys.PathOf("v4")) ?? false,
            IPv6 = _schema.Boolean(keys["v6"], keys.PathOf("v6")) ?? false,
            Client = keys["client"] is YamlNode client ? _schema.Word(client, keys.PathOf("client"), s_clients) : null,
        };
        return dhcp.IPv4 || dhcp.IPv6 ? dhcp : null;
    }

    private static string Family(bool isIPv6) => isIPv6 ? "IPv6" : "IPv4";
}
