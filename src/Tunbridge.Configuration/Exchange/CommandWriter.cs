// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Changes;

namespace Tunbridge.Configuration.Exchange;

/// <summary>Writes lines of ip(8), alone or inside stanzas of interfaces(5).</summary>
internal static class CommandWriter
{
    internal static string Iproute2(IReadOnlyList<DeviceDefinition> devices)
    {
        StringBuilder text = new();
        foreach (string bridge in devices.Where(d => d.CreateBridge).Select(d => d.Bridge!).Distinct())
            text.Append(CultureInfo.InvariantCulture, $"ip link add {bridge} type bridge\nip link set {bridge} up\n");
        foreach (DeviceDefinition device in devices)
        {
            string name = device.Name;
            text.Append(CultureInfo.InvariantCulture, $"{Create(device, name)}\n");
            foreach (string line in Sysctls(device, name))
                text.Append(CultureInfo.InvariantCulture, $"{line}\n");
            foreach (DeviceAddress address in device.Addresses)
                text.Append(CultureInfo.InvariantCulture, $"ip addr add {Address(device, address)} dev {name}\n");
            string settings = Settings(device) + (device.Up ? " up" : "");
            if (settings.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"ip link set {name}{settings}\n");
            foreach (DeviceRoute route in device.Routes)
                text.Append(CultureInfo.InvariantCulture, $"{Route(route, name)}\n");
        }

        return text.ToString();
    }

    internal static string Ifupdown(IReadOnlyList<DeviceDefinition> devices)
    {
        StringBuilder text = new();
        foreach (string bridge in devices.Where(d => d.CreateBridge).Select(d => d.Bridge!).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"auto {bridge}\niface {bridge} inet manual\n");
            text.Append("    pre-up ip link add $IFACE type bridge || true\n    up ip link set $IFACE up\n\n");
        }

        foreach (DeviceDefinition device in devices)
            Stanzas(text, device);
        return text.ToString();
    }

    private static void Stanzas(StringBuilder text, DeviceDefinition device)
    {
        // The first address is the stanza's own; ifupdown takes further stanzas for further ones.
        List<DeviceAddress> stanzas = [.. device.Addresses.Where(a => a.Peer is null)];
        string family = stanzas.Count > 0 && stanzas[0].Prefix.IsIPv6 ? "inet6" : "inet";
        string method = device.Dhcp is { IPv4: true } ? "dhcp" : stanzas.Count > 0 ? "static" : "manual";
        if (device.Dhcp is { IPv4: true })
            family = "inet";
        text.Append(CultureInfo.InvariantCulture, $"auto {device.Name}\niface {device.Name} {family} {method}\n");
        if (method == "static")
            text.Append(CultureInfo.InvariantCulture, $"    address {stanzas[0].Prefix}\n");
        if (device.Dns is { Servers.Count: > 0 } servers)
            text.Append(CultureInfo.InvariantCulture, $"    dns-nameservers {string.Join(' ', servers.Servers)}\n");
        if (device.Dns is { Search.Count: > 0 } search)
            text.Append(CultureInfo.InvariantCulture, $"    dns-search {string.Join(' ', search.Search)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    pre-up {Create(device, "$IFACE")} || true\n");
        foreach (string line in Sysctls(device, device.Name))
            text.Append(CultureInfo.InvariantCulture, $"    pre-up {line}\n");
        if (Settings(device) is { Length: > 0 } settings)
            text.Append(CultureInfo.InvariantCulture, $"    up ip link set $IFACE{settings}\n");
        if (method == "manual" && device.Up)
            text.Append("    up ip link set $IFACE up\n");
        foreach (DeviceAddress address in device.Addresses.Where(a => a.Peer is not null))
            text.Append(CultureInfo.InvariantCulture, $"    up ip addr add {Address(device, address)} dev $IFACE\n");
        foreach (DeviceRoute route in device.Routes)
            text.Append(CultureInfo.InvariantCulture, $"    up {Route(route, "$IFACE")}\n");
        if (!device.Up)
            text.Append("    up ip link set $IFACE down\n");
        text.Append(CultureInfo.InvariantCulture, $"    post-down ip tuntap del dev $IFACE mode {Kind(device)}{(device.MultiQueue ? " multi_queue" : "")}\n\n");
        foreach (DeviceAddress address in method == "static" ? stanzas.Skip(1) : stanzas)
        {
            string more = address.Prefix.IsIPv6 ? "inet6" : "inet";
            text.Append(CultureInfo.InvariantCulture, $"iface {device.Name} {more} static\n    address {address.Prefix}\n\n");
        }

        if (device.Dhcp is { IPv6: true })
            text.Append(CultureInfo.InvariantCulture, $"iface {device.Name} inet6 dhcp\n\n");
    }

    private static string Kind(DeviceDefinition device) => device.Kind == CardKind.Tun ? "tun" : "tap";

    private static string Create(DeviceDefinition device, string name)
    {
        StringBuilder text = new($"ip tuntap add dev {name} mode {Kind(device)}");
        if (device.Owner is uint owner)
            text.Append(CultureInfo.InvariantCulture, $" user {Exporter.UserName(owner)}");
        if (device.Group is uint group)
            text.Append(CultureInfo.InvariantCulture, $" group {Exporter.GroupName(group)}");
        text.Append(device.MultiQueue ? " multi_queue" : "");
        text.Append(device.PacketInformation == true ? " pi" : "");
        return text.Append(device.VirtioHeader == true ? " vnet_hdr" : "").ToString();
    }

    private static string Settings(DeviceDefinition device)
    {
        StringBuilder text = new();
        if (device.Mac is { } mac)
            text.Append(CultureInfo.InvariantCulture, $" address {mac}");
        if (device.Mtu is int mtu)
            text.Append(CultureInfo.InvariantCulture, $" mtu {mtu}");
        if (device.TransmitQueueLength is int length)
            text.Append(CultureInfo.InvariantCulture, $" txqueuelen {length}");
        if (device.Bridge is string bridge)
            text.Append(CultureInfo.InvariantCulture, $" master {bridge}");
        text.Append(device.Promiscuous ? " promisc on" : "");
        text.Append(device.AllMulticast ? " allmulticast on" : "");
        text.Append(device.Multicast ? "" : " multicast off");
        text.Append(device.Arp ? "" : " arp off");
        return text.ToString();
    }

    private static string Address(DeviceDefinition device, DeviceAddress address) => address switch
    {
        { Peer: { } peer } => $"{address.Prefix.Address} peer {peer}",
        // A TAP's address has its prefix's broadcast address; a TUN has none.
        { Prefix: { IsIPv6: false, Length: <= 30 } } when device.Kind == CardKind.Tap => $"{address.Prefix} brd +",
        _ => address.Prefix.ToString(),
    };

    private static string Route(DeviceRoute route, string name)
    {
        string family = route.Destination is { IsIPv6: true } ? "ip -6" : "ip";
        string to = route.Destination is { IsDefault: true, IsIPv6: false } ? "default" : route.Destination.ToString();
        string via = route.Via is null ? "" : $" via {route.Via}";
        return $"{family} route add {to}{via} dev {name}" + (route.Metric is uint metric ? $" metric {metric}" : "");
    }

    private static IEnumerable<string> Sysctls(DeviceDefinition device, string name)
    {
        if (device.Sysctl is not { } sysctl)
            yield break;
        if (sysctl.ReversePathFilter is int filter)
            yield return string.Create(CultureInfo.InvariantCulture, $"sysctl -w net.ipv4.conf.{name}.rp_filter={filter}");
        if (sysctl.Forwarding is bool forwarding)
        {
            yield return $"sysctl -w net.ipv4.conf.{name}.forwarding={Bit(forwarding)}";
            yield return $"sysctl -w net.ipv6.conf.{name}.forwarding={Bit(forwarding)}";
        }

        if (sysctl.DisableIPv6 is bool disabled)
            yield return $"sysctl -w net.ipv6.conf.{name}.disable_ipv6={Bit(disabled)}";
        if (sysctl.IgnoreRoutesWithLinkDown is bool ignore)
            yield return $"sysctl -w net.ipv4.conf.{name}.ignore_routes_with_linkdown={Bit(ignore)}";
        if (sysctl.ProxyArp is bool proxy)
            yield return $"sysctl -w net.ipv4.conf.{name}.proxy_arp={Bit(proxy)}";
    }

    private static int Bit(bool value) => value ? 1 : 0;
}
