// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration.Yaml;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration.Reading;

internal sealed partial class DeviceReader
{
    private (string? Name, bool Create, LinkChange? Settings, BridgePortChange? Port) ReadBridge()
    {
        string path = PathOf("bridge");
        if (_keys["bridge"] is not YamlNode node)
            return default;
        YamlNode? nameNode = node;
        bool create = false;
        LinkChange? settings = null;
        BridgePortChange? port = null;
        if (node is YamlMapping)
        {
            KeyGroup keys = Group(node, path, "bridge", KeyNames.Bridge, KeyNames.FutureBridge)!;
            nameNode = keys["name"];
            if (keys["create"] is YamlMapping group)
                (create, settings) = (true, ReadBridgeSettings(group, keys.PathOf("create")));
            else
                create = _schema.Boolean(keys["create"], keys.PathOf("create")) ?? false;
            port = ReadPort(keys);
            if (nameNode is null)
                _schema.Report(node.Position, path, $"{path} has no name, allowed is the name of a bridge");
        }

        string? name = nameNode is null ? null : _schema.Text(nameNode, path, "the name of a bridge");
        if (name is null)
            return default;
        string? mistake = _kind == CardKind.Tun ? "a TUN carries no Ethernet frames and cannot join a bridge, bridge is allowed for kind tap"
            : name == _name ? "a card cannot be a port of itself, allowed is the name of a bridge"
            : InterfaceName.FindMistake(name);
        if (mistake is null)
            return (name, create, settings, port);
        _schema.Report(nameNode!.Position, path, mistake);
        return default;
    }

    private BridgePortChange? ReadPort(KeyGroup keys)
    {
        bool? Flag(string key) => _schema.Boolean(keys[key], keys.PathOf(key));
        BridgePortChange port = new()
        {
            Priority = (int?)_schema.Number(keys["priority"], keys.PathOf("priority"), 0, 63),
            Cost = (int?)_schema.Number(keys["cost"], keys.PathOf("cost"), 1, 65535),
            Hairpin = Flag("hairpin"),
            Guard = Flag("guard"),
            RootBlock = Flag("root-block"),
            Learning = Flag("learning"),
            Flood = Flag("flood"),
            MulticastFlood = Flag("multicast-flood"),
            BroadcastFlood = Flag("broadcast-flood"),
            Isolated = Flag("isolated"),
            NeighbourSuppression = Flag("neighbour-suppression"),
            Locked = Flag("locked"),
        };
        return port == new BridgePortChange() ? null : port;
    }

    /// <summary>How a bridge that is made is to be.</summary>
    private LinkChange? ReadBridgeSettings(YamlMapping node, string path)
    {
        KeyGroup keys = Group(node, path, "bridge.create", KeyNames.CreatedBridge, KeyNames.FutureCreatedBridge)!;
        HardwareAddress? mac = null;
        if (keys["mac"] is YamlNode written && _schema.Text(written, keys.PathOf("mac"), "a MAC address such as 02:00:5e:10:00:01") is string text)
        {
            if (CardMac.TryParse(text, out HardwareAddress address, out string mistake))
                mac = address;
            else
                _schema.Report(written.Position, keys.PathOf("mac"), mistake);
        }

        // The kernel's own limits: BR_MIN_FORWARD_DELAY and so on, ETH_MIN_MTU and ETH_MAX_MTU.
        BridgeChange bridge = new()
        {
            SpanningTree = _schema.Boolean(keys["stp"], keys.PathOf("stp")),
            ForwardDelay = Seconds(keys, "forward-delay", 2, 30),
            HelloTime = Seconds(keys, "hello-time", 1, 10),
            MaximumAge = Seconds(keys, "max-age", 6, 40),
            AgeingTime = Seconds(keys, "ageing-time", 0, 1_000_000),
            Priority = (int?)_schema.Number(keys["priority"], keys.PathOf("priority"), 0, ushort.MaxValue),
            MulticastSnooping = _schema.Boolean(keys["multicast-snooping"], keys.PathOf("multicast-snooping")),
            GroupForwardMask = ReadGroupForwardMask(keys),
        };
        LinkChange settings = new()
        {
            Bridge = bridge == new BridgeChange() ? null : bridge,
            Mtu = (int?)_schema.Number(keys["mtu"], keys.PathOf("mtu"), CardSettings.MinimumMtu, CardSettings.MaximumTunMtu),
            Address = mac,
        };
        return settings == new LinkChange() ? null : settings;
    }

    private TimeSpan? Seconds(KeyGroup keys, string key, int minimum, int maximum)
    {
        if (keys[key] is not YamlNode node)
            return null;
        if (minimum == 0 && node is YamlScalar { Text: "0" })
            return TimeSpan.Zero;
        if (_schema.Time(node, keys.PathOf(key)) is not TimeSpan time)
            return null;
        if (time.TotalSeconds >= minimum && time.TotalSeconds <= maximum && time.Ticks % (TimeSpan.TicksPerSecond / 100) == 0)
            return time;
        _schema.Report(
            node.Position, keys.PathOf(key),
            $"{keys.PathOf(key)} is '{((YamlScalar)node).Text}', allowed are {minimum} to {maximum} seconds in steps of 10ms");
        return null;
    }

    private int? ReadGroupForwardMask(KeyGroup keys)
    {
        if (keys["group-forward-mask"] is not YamlNode node)
            return null;
        // Bits 0 to 2 are STP, MAC pause and LACP: the kernel forwards none of them (BR_GROUPFWD_RESTRICTED).
        if (node is YamlScalar scalar && TryParseMark(scalar.Text, out uint mask) && mask <= ushort.MaxValue && (mask & 7) == 0)
            return (int)mask;
        _schema.Report(
            node.Position, keys.PathOf("group-forward-mask"),
            $"{keys.PathOf("group-forward-mask")} is {(node.IsNull ? "empty" : node.Noun)}, allowed is a number from 0 to 0xfff8 without the lowest three bits");
        return null;
    }
}
