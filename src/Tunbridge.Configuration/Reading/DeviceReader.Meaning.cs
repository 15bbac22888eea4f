// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration.Reading;

/// <summary>Keys that are fine each for itself and cannot be together.</summary>
internal sealed partial class DeviceReader
{
    private void CheckMeaning(DeviceDefinition device)
    {
        if (device is { KeepCarrier: true, MultiQueue: false })
        {
            Contradict("keep-carrier", "keep-carrier needs multi-queue: true: whoever holds the only queue of a card makes it " +
                "busy (EBUSY) for everyone else");
        }

        if (device is { Queues: > 1, MultiQueue: false })
            Contradict("queues", $"{device.Queues} queues need multi-queue: true, without it a card has one");
        if (device is { Queues: MaximumQueues, KeepCarrier: true })
            Contradict("queues", $"with {MaximumQueues} queues held by keep-carrier nobody else could attach, allowed are at most {MaximumQueues - 1}");
        if (_kind == CardKind.Tun && _keys["arp"] is not null && device.Arp)
            Contradict("arp", "a TUN has no Ethernet addresses to ask for, arp is allowed for kind tap");
        if (_kind == CardKind.Tun && device.Dhcp is not null)
            Contradict("dhcp", "a TUN carries no Ethernet, over which DHCP clients ask, dhcp is allowed for kind tap");
        if (device is { Dhcp: not null, Up: false })
            Contradict("dhcp", "dhcp needs up: true, a client asks over a card that is up");
        if (device is { Dns: not null, NetworkNamespace: string ns })
        {
            Contradict("dns", $"dns is told to the host's resolver, which does not see a card in another namespace, allowed is one of " +
                $"dns and netns: {ns}; programs in a namespace of `ip netns` read /etc/netns/NAME/resolv.conf");
        }

        if (device.Sysctl?.DisableIPv6 == true && device.Addresses.FirstOrDefault(a => a.Prefix.IsIPv6) is DeviceAddress address)
        {
            _schema.Report(
                address.Position, PathOf("addresses"),
                $"the address {address.Prefix} cannot be on a card with disable-ipv6: true");
        }

        if (device.Mtu < MinimumIPv6Mtu && device.Addresses.FirstOrDefault(a => a.Prefix.IsIPv6) is DeviceAddress large)
        {
            _schema.Report(
                large.Position, PathOf("addresses"),
                $"the address {large.Prefix} cannot be on a card with mtu {device.Mtu}: IPv6 needs {MinimumIPv6Mtu}");
        }

        foreach (DeviceRoute route in device.Routes)
            CheckRouter(device, route);
        foreach (DeviceRoute route in device.Routes.Where(r => r is { Source: not null, Type: not RouteType.Local }))
            CheckSource(device, route);
    }

    private const int MinimumIPv6Mtu = 1280;

    private void CheckRouter(DeviceDefinition device, DeviceRoute route)
    {
        // What DHCP brings is not known, and link-local routers are on every link.
        if (route.Via is not IPAddress via || route.OnLink || via.IsIPv6LinkLocal || Asks(device, IsIPv6(via)))
            return;
        List<string> networks = [];
        foreach (DeviceAddress address in device.Addresses)
        {
            // The prefix of an address with a peer is the peer's.
            IpPrefix network = (address.Peer ?? address.Prefix).Network;
            if (address.Prefix.Address.Equals(via))
            {
                _schema.Report(route.Position, PathOf("routes"), $"the router {via} is the card's own address, allowed is that of another host");
                return;
            }

            if (network.Contains(via))
                return;
            if (network.IsIPv6 == IsIPv6(via))
                networks.Add(network.ToString());
        }

        if (device.Routes.Any(r => r is { Via: null, Type: RouteType.Unicast } && !r.Destination.IsDefault && r.Destination.Contains(via)))
            return;
        string allowed = networks.Count == 0 ? "its networks" : string.Join(" or ", networks);
        _schema.Report(
            route.Position, PathOf("routes"),
            $"the router {via} is in no network of {device.Name}, allowed is one in {allowed}, or on-link: true");
    }

    private void CheckSource(DeviceDefinition device, DeviceRoute route)
    {
        IPAddress source = route.Source!;
        if (Asks(device, IsIPv6(source)) || device.Addresses.Any(a => a.Prefix.Address.Equals(source)))
            return;
        _schema.Report(
            route.Position, PathOf("routes"),
            $"the source {source} is no address of {device.Name}, allowed are {(device.Addresses.Count == 0 ? "its addresses" : string.Join(", ", device.Addresses.Select(a => a.Prefix.Address)))}");
    }

    private static bool Asks(DeviceDefinition device, bool isIPv6) =>
        isIPv6 ? device.Dhcp?.IPv6 == true : device.Dhcp?.IPv4 == true;

    private void Contradict(string key, string message) => _schema.Report(_keys[key]!.Position, PathOf(key), message);

    private static bool IsIPv6(IPAddress address) => Yaml.SchemaReader.IsIPv6(address);
}
