// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tunbridge.Configuration.Yaml;

internal sealed partial class SchemaReader
{
    /// <summary>The entries of a list; nothing written is an empty one.</summary>
    internal IReadOnlyList<YamlNode> Items(YamlNode? node, string path, string what)
    {
        if (node is null or { IsNull: true })
            return [];
        if (node is YamlSequence list)
            return list.Items;
        Report(node.Position, path, $"{path} is {node.Noun}, allowed is {what}");
        return [];
    }

    /// <summary>A list of texts.</summary>
    internal IReadOnlyList<string> Texts(YamlNode? node, string path, string what, Func<string, bool> isFine)
    {
        List<string> texts = [];
        foreach (YamlNode item in Items(node, path, $"a list of {what}s"))
        {
            if (item is YamlScalar { IsNull: false, Text: { Length: > 0 } text } && isFine(text))
                texts.Add(text);
            else
                Report(item.Position, path, $"{Found(item)} is no {what}");
        }

        return texts;
    }

    /// <summary>An IP address without prefix length.</summary>
    internal IPAddress? Address(YamlNode? node, string path, bool? isIPv6 = null)
    {
        if (node is null)
            return null;
        string example = isIPv6 == true ? "fd00::1" : isIPv6 == false ? "192.168.0.1" : "192.168.0.1 or fd00::1";
        // The prefix reader is the strict one: the class library takes 1 and 010.0.0.1 for addresses too.
        if (node is YamlScalar scalar &&
            (Changes.IpPrefix.TryParse(scalar.Text + "/32", out Changes.IpPrefix prefix)
                || Changes.IpPrefix.TryParse(scalar.Text + "/128", out prefix)) &&
            (isIPv6 is null || prefix.IsIPv6 == isIPv6))
            return prefix.Address;
        string family = isIPv6 == true ? "IPv6 " : isIPv6 == false ? "IPv4 " : "";
        Report(node.Position, path, $"{Found(node)} is no {family}address, allowed is one such as {example}");
        return null;
    }

    /// <summary>A time: a number of seconds, or a number with ms, s, m, h or d.</summary>
    internal TimeSpan? Time(YamlNode? node, string path)
    {
        if (node is null)
            return null;
        if (node is YamlScalar scalar && TryParseTime(scalar.Text, out TimeSpan time))
            return time;
        Report(node.Position, path, $"{Where(path)} is {Found(node)}, allowed is a time such as 30s, 5m, 2h or 1d");
        return null;
    }

    private static bool TryParseTime(string text, out TimeSpan time)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        double unit = text[digits..] switch { "ms" => 0.001, "" or "s" => 1, "m" => 60, "h" => 3600, "d" => 86_400, _ => 0 };
        time = default;
        // The kernel counts lifetimes in 32 bits of seconds.
        if (unit == 0 || !uint.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ||
            number == 0 || number * unit >= uint.MaxValue)
            return false;
        time = TimeSpan.FromMilliseconds(number * unit * 1000);
        return true;
    }

    internal static bool IsIPv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;
}
