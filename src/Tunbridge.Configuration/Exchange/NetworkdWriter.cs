// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Changes;

namespace Tunbridge.Configuration.Exchange;

/// <summary>Writes systemd.netdev(5) and systemd.network(5).</summary>
internal static class NetworkdWriter
{
    internal static List<ExportedFile> Write(IReadOnlyList<DeviceDefinition> devices)
    {
        List<ExportedFile> files = [];
        foreach (string bridge in devices.Where(d => d.CreateBridge).Select(d => d.Bridge!).Distinct())
        {
            files.Add(new() { Name = $"{bridge}.netdev", Text = $"[NetDev]\nName={bridge}\nKind=bridge\n" });
            // networkd brings up only what a .network file matches.
            files.Add(new()
            {
                Name = $"{bridge}.network",
                Text = $"[Match]\nName={bridge}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nConfigureWithoutCarrier=yes\n",
            });
        }

        foreach (DeviceDefinition device in devices)
        {
            files.Add(new() { Name = $"{device.Name}.netdev", Text = Netdev(device) });
            files.Add(new() { Name = $"{device.Name}.network", Text = Network(device) });
        }

        return files;
    }

    private static string Netdev(DeviceDefinition device)
    {
        string kind = device.Kind == CardKind.Tun ? "tun" : "tap";
        StringBuilder text = new($"[NetDev]\nName={device.Name}\nKind={kind}\n");
        StringBuilder own = new();
        if (device.Owner is uint owner)
            own.Append(CultureInfo.InvariantCulture, $"User={Exporter.UserName(owner)}\n");
        if (device.Group is uint group)
            own.Append(CultureInfo.InvariantCulture, $"Group={Exporter.GroupName(group)}\n");
        Flag(own, "MultiQueue", device.MultiQueue);
        Flag(own, "PacketInfo", device.PacketInformation == true);
        Flag(own, "VNetHeader", device.VirtioHeader == true);
        Flag(own, "KeepCarrier", device.KeepCarrier);
        if (own.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n[{(kind == "tun" ? "Tun" : "Tap")}]\n{own}");
        return text.ToString();
    }

    private static string Network(DeviceDefinition device)
    {
        StringBuilder text = new($"[Match]\nName={device.Name}\n\n[Link]\n");
        if (device.Mac is { } mac)
            text.Append(CultureInfo.InvariantCulture, $"MACAddress={mac}\n");
        if (device.Mtu is int mtu)
            text.Append(CultureInfo.InvariantCulture, $"MTUBytes={mtu}\n");
        Flag(text, "Promiscuous", device.Promiscuous);
        Flag(text, "AllMulticast", device.AllMulticast);
        if (!device.Multicast)
            text.Append("Multicast=no\n");
        if (!device.Arp)
            text.Append("ARP=no\n");
        if (!device.Up)
            text.Append("ActivationPolicy=manual\n");
        // A card without a reader has no carrier, and waiting for it would hold up the boot.
        text.Append("RequiredForOnline=no\n\n[Network]\n");
        foreach (DeviceAddress address in device.Addresses.Where(a => a.Peer is null))
            text.Append(CultureInfo.InvariantCulture, $"Address={address.Prefix}\n");
        if (device.Dhcp is { } dhcp && (dhcp.IPv4 || dhcp.IPv6))
            text.Append(CultureInfo.InvariantCulture, $"DHCP={(dhcp is { IPv4: true, IPv6: true } ? "yes" : dhcp.IPv4 ? "ipv4" : "ipv6")}\n");
        if (device.Bridge is string bridge)
            text.Append(CultureInfo.InvariantCulture, $"Bridge={bridge}\n");
        foreach (System.Net.IPAddress server in device.Dns?.Servers ?? [])
            text.Append(CultureInfo.InvariantCulture, $"DNS={server}\n");
        if (device.Dns is { Search.Count: > 0 } dns)
            text.Append(CultureInfo.InvariantCulture, $"Domains={string.Join(' ', dns.Search)}\n");
        if (device.Sysctl?.Forwarding is bool forwarding)
            text.Append(CultureInfo.InvariantCulture, $"IPForward={(forwarding ? "yes" : "no")}\n");
        if (device.Sysctl?.ProxyArp is bool proxy)
            text.Append(CultureInfo.InvariantCulture, $"IPv4ProxyARP={(proxy ? "yes" : "no")}\n");
        if (device.Sysctl?.ReversePathFilter is int filter)
            text.Append(CultureInfo.InvariantCulture, $"IPv4ReversePathFilter={filter switch { 0 => "no", 1 => "strict", _ => "loose" }}\n");
        text.Append("ConfigureWithoutCarrier=yes\n");
        foreach (DeviceAddress address in device.Addresses.Where(a => a.Peer is not null))
            text.Append(CultureInfo.InvariantCulture, $"\n[Address]\nAddress={address.Prefix}\nPeer={address.Peer}\n");
        foreach (DeviceRoute route in device.Routes)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[Route]\nDestination={route.Destination}\n");
            if (route.Via is not null)
                text.Append(CultureInfo.InvariantCulture, $"Gateway={route.Via}\n");
            if (route.Metric is uint metric)
                text.Append(CultureInfo.InvariantCulture, $"Metric={metric}\n");
        }

        return text.ToString();
    }

    private static void Flag(StringBuilder text, string key, bool isSet)
    {
        if (isSet)
            text.Append(CultureInfo.InvariantCulture, $"{key}=yes\n");
    }
}
