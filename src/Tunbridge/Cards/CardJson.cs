// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Netlink;

namespace Tunbridge.Cards;

/// <summary>Cards as JSON. What `ip -j -d` shows too has ip's names and values; the rest is camelCase.</summary>
internal static class CardJson
{
    private const long Forever = uint.MaxValue;

    internal static void WriteAll(Utf8JsonWriter json, IEnumerable<Card> cards, Action<Utf8JsonWriter, Card>? more = null)
    {
        json.WriteStartArray("devices");
        foreach (Card card in cards)
        {
            json.WriteStartObject();
            Write(json, card);
            more?.Invoke(json, card);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Card card)
    {
        Link link = card.Link;
        json.WriteString("name", card.Name);
        json.WriteString("kind", card.Kind);
        json.WriteStartArray("flags");
        foreach (string flag in CardText.Flags(link))
            json.WriteStringValue(flag);
        json.WriteEndArray();
        json.WriteString("owner", card.Owner);
        json.WriteString("group", card.Group);
        json.WriteString("mac", card.Mac);
        json.WriteNumber("mtu", link.Mtu);
        json.WriteStartArray("addresses");
        foreach (InterfaceAddress address in card.Addresses)
            json.WriteStringValue($"{address.Address}/{address.PrefixLength}");
        json.WriteEndArray();
        json.WriteString("bridge", card.Bridge);
        json.WriteBoolean("up", link.IsUp);
        json.WriteBoolean("carrier", card.HasCarrier);
        json.WriteString("instance", card.Instance);
        json.WriteString("description", card.Description);
        WriteNumberOrNull(json, "ownerId", card.Tun.Owner);
        WriteNumberOrNull(json, "groupId", card.Tun.Group);

        json.WriteNumber("ifindex", link.Index);
        json.WriteString("qdisc", link.QueueingDiscipline);
        json.WriteString("operstate", CardText.OperationalState(link.OperationalState));
        json.WriteNumber("txqlen", link.TransmitQueueLength);
        json.WriteString("link_type", CardText.LinkTypeName(link.Type));
        if (!link.Broadcast.IsEmpty)
            json.WriteString("broadcast", link.Broadcast.ToString());
        if (link.Alias is not null)
            json.WriteString("ifalias", link.Alias);
        if (link.AlternativeNames.Count > 0)
        {
            json.WriteStartArray("altnames");
            foreach (string name in link.AlternativeNames)
                json.WriteStringValue(name);
            json.WriteEndArray();
        }

        json.WriteNumber("promiscuity", link.Promiscuity);
        WriteNumberOrNull(json, "allmulti", (uint?)link.AllMulticast);
        json.WriteNumber("min_mtu", link.MinimumMtu);
        json.WriteNumber("max_mtu", link.MaximumMtu);
        json.WriteNumber("num_tx_queues", link.TransmitQueueCount);
        json.WriteNumber("num_rx_queues", link.ReceiveQueueCount);
        json.WriteBoolean("pi", card.Tun.HasPacketInformation);
        json.WriteBoolean("vnet_hdr", card.Tun.HasVirtioHeader);
        json.WriteBoolean("multi_queue", card.Tun.IsMultiQueue);
        if (card.Tun.QueueCount is { } queues)
            json.WriteNumber("numqueues", queues);
        if (card.Tun.DisabledQueueCount is { } disabled)
            json.WriteNumber("numdisabled", disabled);
        json.WriteBoolean("persist", card.Tun.IsPersistent);
        json.WriteStartArray("addr_info");
        foreach (InterfaceAddress address in card.Addresses)
            WriteAddress(json, address);
        json.WriteEndArray();
        if (link.Statistics is { } statistics)
            WriteStatistics(json, statistics);
    }

    private static void WriteAddress(Utf8JsonWriter json, InterfaceAddress address)
    {
        json.WriteStartObject();
        json.WriteString("family", address.IsIPv6 ? "inet6" : "inet");
        json.WriteString("local", address.Address.ToString());
        if (address.Peer is not null)
            json.WriteString("address", address.Peer.ToString());
        json.WriteNumber("prefixlen", address.PrefixLength);
        if (address.Broadcast is not null)
            json.WriteString("broadcast", address.Broadcast.ToString());
        json.WriteString("scope", CardText.Scope(address.Scope));
        if (address.Label is not null)
            json.WriteString("label", address.Label);
        if (address.Flags.HasFlag(AddressFlags.Tentative))
            json.WriteBoolean("tentative", true);
        json.WriteNumber("valid_life_time", Seconds(address.ValidLifetime));
        json.WriteNumber("preferred_life_time", Seconds(address.PreferredLifetime));
        json.WriteEndObject();
    }

    private static void WriteStatistics(Utf8JsonWriter json, LinkStatistics s)
    {
        json.WriteStartObject("stats64");
        json.WriteStartObject("rx");
        json.WriteNumber("bytes", s.ReceivedBytes);
        json.WriteNumber("packets", s.ReceivedPackets);
        json.WriteNumber("errors", s.ReceiveErrors);
        json.WriteNumber("dropped", s.ReceiveDropped);
        json.WriteNumber("over_errors", s.ReceiveOverErrors);
        json.WriteNumber("multicast", s.Multicast);
        json.WriteEndObject();
        json.WriteStartObject("tx");
        json.WriteNumber("bytes", s.TransmittedBytes);
        json.WriteNumber("packets", s.TransmittedPackets);
        json.WriteNumber("errors", s.TransmitErrors);
        json.WriteNumber("dropped", s.TransmitDropped);
        json.WriteNumber("carrier_errors", s.TransmitCarrierErrors);
        json.WriteNumber("collisions", s.Collisions);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static long Seconds(TimeSpan? lifetime) => lifetime is { } t ? (long)t.TotalSeconds : Forever;

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, uint? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
