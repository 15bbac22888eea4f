// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Configuration.Yaml;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration.Reading;

internal sealed partial class DeviceReader
{
    // MAX_TAP_QUEUES of the driver.
    private const int MaximumQueues = 256;

    private uint? ReadPrincipal(YamlNode? node, string path, string noun, Func<string, uint?> find)
    {
        if (node is null || _schema.Text(node, path, $"the name or number of a {noun}") is not string text)
            return null;
        // A name of digits only is legal; it wins over the number, as in chown(1).
        if (!_principals.TryGetValue((noun, text), out uint? found))
            _principals[(noun, text)] = found = find(text);
        if (found is uint id)
            return id;
        // (uid_t)-1 means "nobody" to the kernel, and is no number of anyone.
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue)
            return number;
        _schema.Report(node.Position, path, $"there is no {noun} '{text}', allowed is the name or number of a {noun}");
        return null;
    }

    private int? ReadMtu()
    {
        string path = PathOf("mtu");
        if (_keys["mtu"] is not YamlNode node || node is YamlScalar { Text: "auto" } ||
            _schema.Integer(node, path, "a number of bytes") is not long mtu)
            return null;
        if (CardSettings.FindMtuMistake(_kind, mtu) is string mistake)
        {
            _schema.Report(node.Position, path, mistake);
            return null;
        }

        return (int)mtu;
    }

    private (MacPolicy Policy, HardwareAddress? Address) ReadMac()
    {
        string path = PathOf("mac");
        if (_keys["mac"] is not YamlNode node ||
            _schema.Text(node, path, "a MAC address such as 02:00:5e:10:00:01, stable, random or kernel") is not string text ||
            text == "kernel")
            return default;
        if (_kind == CardKind.Tun)
        {
            _schema.Report(node.Position, path, "a TUN has no MAC address, mac is allowed for kind tap");
            return default;
        }

        if (text is "stable" or "random")
            return (text == "stable" ? MacPolicy.Stable : MacPolicy.Random, null);
        if (CardMac.TryParse(text, out HardwareAddress mac, out string mistake))
            return (MacPolicy.Fixed, mac);
        if (!text.Contains(':') && Suggestion.Find(text, ["stable", "random", "kernel"]) is string meant)
            mistake += $", did you mean '{meant}'?";
        _schema.Report(node.Position, path, mistake);
        return default;
    }

    private string? ReadNamespace()
    {
        string path = PathOf("netns");
        if (_keys["netns"] is not YamlNode node || _schema.Text(node, path, "the name of a network namespace, or a path") is not string text)
            return null;
        // A name is a file below /run/netns; a relative path would depend on where the program was started.
        if (text.StartsWith('/') || (!text.Contains('/') && text is not ("." or "..")))
            return text;
        _schema.Report(node.Position, path, $"'{text}' is no network namespace, allowed is a name or a path that begins with '/'");
        return null;
    }

    private DeviceSysctl? ReadSysctl()
    {
        if (_keys["sysctl"] is not { IsNull: false } node || Group(node, PathOf("sysctl"), "sysctl", KeyNames.Sysctl) is not { } keys)
            return null;
        bool? Flag(string key) => _schema.Boolean(keys[key], keys.PathOf(key));
        int? filter = null;
        if (keys["rp-filter"] is YamlNode written)
        {
            filter = _schema.Word(written, keys.PathOf("rp-filter"), ["0", "1", "2", "off", "strict", "loose"]) switch
            {
                "0" or "off" => 0,
                "1" or "strict" => 1,
                "2" or "loose" => 2,
                _ => null,
            };
        }

        DeviceSysctl sysctl = new()
        {
            ReversePathFilter = filter,
            Forwarding = Flag("forwarding"),
            DisableIPv6 = Flag("disable-ipv6"),
            IgnoreRoutesWithLinkDown = Flag("ignore-routes-with-linkdown"),
            ProxyArp = Flag("proxy-arp"),
        };
        return sysctl == new DeviceSysctl() ? null : sysctl;
    }
}
