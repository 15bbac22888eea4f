// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>
/// What to change on a card, collected step by step: <c>link => link.Address("192.168.0.1/24").Up()</c>.
/// </summary>
/// <remarks>Nothing happens before <see cref="VirtualDevice.Configure"/> applies it. Not thread-safe.</remarks>
public sealed class LinkConfiguration
{
    private readonly List<string> _addresses = [];

    internal LinkConfiguration()
    {
    }

    internal LinkChange Change { get; private set; } = new();

    internal IReadOnlyList<string> Addresses => _addresses;

    internal string? BridgeName { get; private set; }

    /// <summary>Adds an IPv4 or IPv6 address; one that the card has already is left as it is.</summary>
    /// <param name="cidr">Address and prefix length, such as <c>192.168.0.1/24</c>.</param>
    /// <exception cref="FormatException">The text is none.</exception>
    public LinkConfiguration Address(string cidr)
    {
        ArgumentNullException.ThrowIfNull(cidr);
        _ = InterfaceAddress.Parse(1, cidr);
        _addresses.Add(cidr);
        return this;
    }

    /// <summary>Sets the MTU.</summary>
    /// <param name="bytes">68 to 65,535 on a TUN, to 65,521 on a TAP.</param>
    public LinkConfiguration Mtu(int bytes) => With(Change with { Mtu = bytes });

    /// <summary>Sets the MAC address of a TAP.</summary>
    /// <param name="mac">A unicast address.</param>
    public LinkConfiguration Mac(MacAddress mac) => With(Change with { Address = DeviceOpener.ToHardwareAddress(mac) });

    /// <summary>Sets how many packets wait for the reader before the kernel drops.</summary>
    /// <param name="packets">The number.</param>
    public LinkConfiguration TransmitQueueLength(int packets) => With(Change with { TransmitQueueLength = packets });

    /// <summary>Makes the kernel take every frame, whatever its destination.</summary>
    /// <param name="on">Which.</param>
    public LinkConfiguration Promiscuous(bool on = true) => With(Change with { Promiscuous = on });

    /// <summary>Makes the kernel take every multicast frame.</summary>
    /// <param name="on">Which.</param>
    public LinkConfiguration AllMulticast(bool on = true) => With(Change with { AllMulticast = on });

    /// <summary>Makes the card a multicast one.</summary>
    /// <param name="on">Which.</param>
    public LinkConfiguration Multicast(bool on = true) => With(Change with { Multicast = on });

    /// <summary>Makes the kernel resolve neighbours with ARP.</summary>
    /// <param name="on">Which.</param>
    public LinkConfiguration Arp(bool on = true) => With(Change with { Arp = on });

    /// <summary>Sets the free text that describes the card (ifalias).</summary>
    /// <param name="text">The text; empty takes it away.</param>
    public LinkConfiguration Alias(string text) => With(Change with { Alias = text });

    /// <summary>Makes a TAP a port of a bridge that exists.</summary>
    /// <param name="name">The bridge; empty leaves the present one.</param>
    public LinkConfiguration Bridge(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        BridgeName = name;
        return this;
    }

    /// <summary>Brings the card up, after everything else.</summary>
    public LinkConfiguration Up() => With(Change with { Up = true });

    /// <summary>Brings the card down.</summary>
    public LinkConfiguration Down() => With(Change with { Up = false });

    private LinkConfiguration With(LinkChange change)
    {
        Change = change;
        return this;
    }
}
