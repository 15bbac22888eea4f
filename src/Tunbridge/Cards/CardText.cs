// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Cards;

/// <summary>Cards in words and columns.</summary>
internal static class CardText
{
    // In the order in which `ip` prints them.
    private static readonly (LinkFlags Flag, string Name)[] s_flags =
    [
        (LinkFlags.Loopback, "LOOPBACK"), (LinkFlags.Broadcast, "BROADCAST"), (LinkFlags.PointToPoint, "POINTOPOINT"),
        (LinkFlags.Multicast, "MULTICAST"), (LinkFlags.NoArp, "NOARP"), (LinkFlags.AllMulticast, "ALLMULTI"),
        (LinkFlags.Promiscuous, "PROMISC"), (LinkFlags.Master, "MASTER"), (LinkFlags.Slave, "SLAVE"),
        (LinkFlags.Debug, "DEBUG"), (LinkFlags.Dynamic, "DYNAMIC"), (LinkFlags.AutoMedia, "AUTOMEDIA"),
        (LinkFlags.PortSelection, "PORTSEL"), (LinkFlags.NoTrailers, "NOTRAILERS"), (LinkFlags.Up, "UP"),
        (LinkFlags.LowerUp, "LOWER_UP"), (LinkFlags.Dormant, "DORMANT"), (LinkFlags.Echo, "ECHO"),
    ];

    /// <summary>The flags as `ip` names them, NO-CARRIER first for a card that is up and waits for a reader.</summary>
    internal static IEnumerable<string> Flags(Link link)
    {
        if (link.IsUp && !link.Flags.HasFlag(LinkFlags.Running))
            yield return "NO-CARRIER";
        foreach ((LinkFlags flag, string name) in s_flags)
        {
            if (link.Flags.HasFlag(flag))
                yield return name;
        }
    }

    internal static string OperationalState(OperationalState state) => state switch
    {
        Netlink.OperationalState.NotPresent => "NOTPRESENT",
        Netlink.OperationalState.Down => "DOWN",
        Netlink.OperationalState.LowerLayerDown => "LOWERLAYERDOWN",
        Netlink.OperationalState.Testing => "TESTING",
        Netlink.OperationalState.Dormant => "DORMANT",
        Netlink.OperationalState.Up => "UP",
        _ => "UNKNOWN",
    };

    /// <summary>The kind of link layer as `ip` names it; a TUN has the one that TUNSETLINK gave it.</summary>
    internal static string LinkTypeName(LinkType type) => type switch
    {
        LinkType.Netrom => "netrom",
        LinkType.Ethernet => "ether",
        LinkType.Ppp => "ppp",
        LinkType.Tunnel => "ipip",
        LinkType.Tunnel6 => "tunnel6",
        LinkType.Loopback => "loopback",
        LinkType.Sit => "sit",
        LinkType.Void => "void",
        LinkType.None => "none",
        _ => $"[{(ushort)type}]",
    };

    internal static string Scope(AddressScope scope) => scope switch
    {
        AddressScope.Global => "global",
        AddressScope.Site => "site",
        AddressScope.Link => "link",
        AddressScope.Host => "host",
        AddressScope.Nowhere => "nowhere",
        _ => $"{(byte)scope}",
    };

    /// <summary>What the card is beyond its kind: persistent, multi-queue, …</summary>
    internal static IEnumerable<string> Traits(Card card)
    {
        yield return card.Tun.IsPersistent ? "persistent" : "transient";
        if (card.Tun.IsMultiQueue)
            yield return "multi-queue";
        if (card.Tun.HasVirtioHeader)
            yield return "vnet-header";
        if (card.Tun.HasPacketInformation)
            yield return "packet-info";
    }

    internal static void WriteTable(TextWriter output, IReadOnlyList<Card> cards)
    {
        TextTable table = new("NAME", "KIND", "STATE", "CARRIER", "OWNER", "GROUP", "MTU", "MAC", "BRIDGE", "ADDRESSES");
        foreach (Card card in cards)
        {
            table.Add(
                card.Name, card.Kind, card.Link.IsUp ? "up" : "down", card.HasCarrier ? "yes" : "no", card.Owner ?? "-",
                card.Group ?? "-", $"{card.Link.Mtu}", card.Mac ?? "-", card.Bridge ?? "-",
                card.Addresses.Count == 0 ? "-" : string.Join(' ', card.Addresses));
        }

        table.Write(output);
    }

    internal static void WriteDetails(TextWriter output, Card card)
    {
        Link link = card.Link;
        void Line(string name, string? value) => output.WriteLine($"  {name,-12} {Terminal.OneLine(value ?? "-")}");

        output.WriteLine(Terminal.Paint(card.Name, Colour.Bold));
        if (card.Description is { } description)
            Line("description", description);
        if (link.AlternativeNames.Count > 0)
            Line("alt-names", string.Join(' ', link.AlternativeNames));
        Line("kind", $"{card.Kind}, {string.Join(", ", Traits(card))}");
        Line("state", $"{(link.IsUp ? "up" : "down")}, carrier {(card.HasCarrier ? "yes" : "no")}");
        Line("flags", string.Join(' ', Flags(link)));
        Line("owner", card.Owner);
        Line("group", card.Group);
        Line("mac", card.Mac);
        Line("mtu", $"{link.Mtu} ({link.MinimumMtu} to {link.MaximumMtu})");
        Line("txqueuelen", $"{link.TransmitQueueLength}");
        if (card.Tun.QueueCount is { } queues)
            Line("queues", $"{queues} attached, {card.Tun.DisabledQueueCount ?? 0} detached");
        Line("bridge", card.Bridge);
        foreach (InterfaceAddress address in card.Addresses)
            Line("address", $"{address} scope {Scope(address.Scope)}{Remarks(address)}");
        if (link.Statistics is { } s)
        {
            Line("received", $"{s.ReceivedPackets} packets, {s.ReceivedBytes} bytes, {s.ReceiveDropped} dropped");
            Line("sent", $"{s.TransmittedPackets} packets, {s.TransmittedBytes} bytes, {s.TransmitDropped} dropped");
        }

        Line("created by", card.Instance is { } instance ? $"tunbridge ({instance})" : "another program");
    }

    private static string Remarks(InterfaceAddress address)
    {
        string text = address.Broadcast is null ? "" : $" broadcast {address.Broadcast}";
        if (address.Flags.HasFlag(AddressFlags.Tentative))
            text += " tentative";
        return text;
    }
}
