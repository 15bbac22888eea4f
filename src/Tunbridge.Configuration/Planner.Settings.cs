// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration;

public static partial class Planner
{
    private static readonly string[] s_machineIdPaths = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

    /// <summary>Reads the namespace of the calling thread as far as the file speaks of it.</summary>
    /// <param name="netlink">The namespace.</param>
    /// <param name="desired">The file.</param>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    public static HostState Read(RouteNetlink netlink, DesiredState desired)
    {
        ArgumentNullException.ThrowIfNull(desired);
        return HostState.Read(netlink, desired.Devices.SelectMany(d => SysctlsOf(d).Keys));
    }

    /// <summary>What a card of a file is to be like.</summary>
    /// <param name="device">The card.</param>
    /// <param name="mark">The file's mark.</param>
    public static CardSettings SettingsOf(DeviceDefinition device, OwnershipMark mark)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new()
        {
            Name = device.Name,
            Kind = device.Kind,
            Owner = device.Owner,
            Group = device.Group,
            MultiQueue = device.MultiQueue,
            VirtioHeader = device.VirtioHeader,
            PacketInformation = device.PacketInformation,
            ClearOffload = device.Offload == OffloadChoice.Off,
            Mark = mark with { Description = device.Description },
            AlternativeNames = device.AlternativeNames,
            Mtu = device.Mtu ?? CardSettings.DefaultMtu,
            TransmitQueueLength = device.TransmitQueueLength,
            Mac = MacOf(device),
            KeepMac = device.MacPolicy == MacPolicy.Random,
            // Not declared is as much a wish as declared, but for the MAC, which is the kernel's to choose.
            Bridge = device.Bridge ?? "",
            CreateBridge = device.CreateBridge,
            BridgeSettings = device.BridgeSettings,
            BridgePort = device.BridgePort,
            Addresses = [.. device.Addresses.Select(AddressOf)],
            Promiscuous = device.Promiscuous,
            AllMulticast = device.AllMulticast,
            Multicast = device.Multicast,
            // A TUN has no link-layer addresses to ask for.
            Arp = device.Kind == CardKind.Tap ? device.Arp : null,
            Sysctls = SysctlsOf(device),
            Routes = [.. device.Routes.Select(RouteOf)],
            Rules = [.. RulesOf(device)],
            Up = device.Up,
        };
    }

    /// <summary>The MAC address that a card is to have; null when it is the kernel's to choose.</summary>
    internal static HardwareAddress? MacOf(DeviceDefinition device) => device.MacPolicy switch
    {
        MacPolicy.Fixed => device.Mac,
        MacPolicy.Random => ToMac(RandomNumberGenerator.GetBytes(6)),
        MacPolicy.Stable => ToMac(SHA256.HashData(Encoding.UTF8.GetBytes($"tunbridge {MachineId()} {device.Name}"))),
        _ => null,
    };

    /// <summary>The kernel settings of a card, by their paths below /proc/sys.</summary>
    internal static IReadOnlyDictionary<string, string> SysctlsOf(DeviceDefinition device)
    {
        Dictionary<string, string> values = [];
        if (device.Sysctl is not { } wanted)
            return values;
        string ipv4 = $"net/ipv4/conf/{device.Name}/";
        string ipv6 = $"net/ipv6/conf/{device.Name}/";
        if (wanted.ReversePathFilter is int filter)
            values[ipv4 + "rp_filter"] = filter.ToString(CultureInfo.InvariantCulture);
        Put(ipv4 + "forwarding", wanted.Forwarding);
        if (wanted.DisableIPv6 != true)
            Put(ipv6 + "forwarding", wanted.Forwarding);
        Put(ipv6 + "disable_ipv6", wanted.DisableIPv6);
        Put(ipv4 + "ignore_routes_with_linkdown", wanted.IgnoreRoutesWithLinkDown);
        Put(ipv6 + "ignore_routes_with_linkdown", wanted.IgnoreRoutesWithLinkDown);
        Put(ipv4 + "proxy_arp", wanted.ProxyArp);
        return values;

        void Put(string key, bool? value)
        {
            if (value is bool on)
                values[key] = on ? "1" : "0";
        }
    }

    internal static AddressSettings AddressOf(DeviceAddress address) => new()
    {
        Address = address.Peer is IpPrefix peer ? new(address.Prefix.Address, peer.Length) : address.Prefix,
        Peer = address.Peer?.Address,
        Broadcast = address.Broadcast,
        Label = address.Label,
        Scope = address.Scope,
        ValidLifetime = address.Lifetime,
        PreferredLifetime = address.PreferredLifetime,
    };

    internal static Route RouteOf(DeviceRoute route) => new()
    {
        Destination = NetworkOf(route.Destination),
        Gateway = route.Via,
        Metric = route.Metric ?? 0,
        // As `ip route add local` does.
        Table = route.Table ?? (route.Type == RouteType.Local ? Route.LocalTable : Route.MainTable),
        Type = route.Type,
        PreferredSource = route.Source,
        Scope = route.Scope,
        Mtu = route.Mtu ?? 0,
        Flags = route.OnLink ? RouteFlags.OnLink : RouteFlags.None,
        Protocol = RouteOrigin.Protocol,
    };

    internal static IEnumerable<Rule> RulesOf(DeviceDefinition device) => device.Rules.Select(rule => new Rule
    {
        Family = rule.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
        Priority = rule.Priority,
        From = rule.From is IpPrefix from ? NetworkOf(from) : null,
        To = rule.To is IpPrefix to ? NetworkOf(to) : null,
        Table = rule.Table,
        Mark = rule.Mark,
        MarkMask = rule.MarkMask == uint.MaxValue ? null : rule.MarkMask,
        InputLink = rule.Incoming ? device.Name : null,
        OutputLink = rule.Outgoing ? device.Name : null,
        Protocol = RouteOrigin.Protocol,
    });

    private static IPNetwork NetworkOf(IpPrefix prefix) => new(prefix.Network.Address, prefix.Length);

    // Locally administered, one station's: bits 1 and 0 of the first byte (IEEE 802).
    private static HardwareAddress ToMac(byte[] bytes)
    {
        bytes[0] = (byte)((bytes[0] & 0xfc) | 2);
        return new HardwareAddress(bytes.AsSpan(0, 6));
    }

    private static string MachineId()
    {
        foreach (string path in s_machineIdPaths)
        {
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } id)
                return id;
        }

        throw new IOException("mac: stable needs /etc/machine-id, which is not there: make it with `systemd-machine-id-setup` or write the address");
    }
}
