// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

public sealed partial record Link
{
    /// <summary>Reads the payload of RTM_NEWLINK or RTM_DELLINK.</summary>
    /// <remarks>
    /// <code>
    /// struct ifinfomsg: | family 1 | pad 1 | type 2 | index 4 | flags 4 | change mask 4 |, then attributes
    /// </code>
    /// </remarks>
    /// <returns>Null when it is too short, without a name, or the news of a bridge port only (AF_BRIDGE).</returns>
    internal static Link? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < WireSize.IfInfoMsg || payload[0] == Af.AF_BRIDGE)
            return null;
        string? name = null, alias = null;
        HardwareAddress address = default, broadcast = default;
        HardwareAddress? permanent = null;
        int mtu = 0, minimumMtu = 0, maximumMtu = 0, queueLength = 0, master = 0, lower = 0, promiscuity = 0,
            transmitQueues = 0, receiveQueues = 0;
        string discipline = "";
        byte state = 0, mode = 0;
        bool carrier = false;
        uint carrierChanges = 0, group = 0, gsoSize = 0, gsoSegments = 0, tsoSize = 0, tsoSegments = 0, groSize = 0;
        int? lowerNamespace = null, allMulticast = null;
        AddressGenerationMode? generation = null;
        LinkStatistics? statistics = null;
        List<string>? alternatives = null;
        KindInfo info = default;
        AttributeReader reader = new(payload[WireSize.IfInfoMsg..]);
        while (reader.MoveNext())
        {
            switch ((LinkAttribute)reader.Type)
            {
                case LinkAttribute.IFLA_IFNAME: name = reader.Text; break;
                case LinkAttribute.IFLA_ADDRESS: address = Hardware(reader.Value); break;
                case LinkAttribute.IFLA_BROADCAST: broadcast = Hardware(reader.Value); break;
                case LinkAttribute.IFLA_PERM_ADDRESS: permanent = Hardware(reader.Value); break;
                case LinkAttribute.IFLA_MTU: mtu = reader.Int32; break;
                case LinkAttribute.IFLA_MIN_MTU: minimumMtu = reader.Int32; break;
                case LinkAttribute.IFLA_MAX_MTU: maximumMtu = reader.Int32; break;
                case LinkAttribute.IFLA_QDISC: discipline = reader.Text; break;
                case LinkAttribute.IFLA_TXQLEN: queueLength = reader.Int32; break;
                case LinkAttribute.IFLA_OPERSTATE: state = reader.Byte; break;
                case LinkAttribute.IFLA_LINKMODE: mode = reader.Byte; break;
                case LinkAttribute.IFLA_CARRIER: carrier = reader.Flag; break;
                case LinkAttribute.IFLA_CARRIER_CHANGES: carrierChanges = reader.UInt32; break;
                case LinkAttribute.IFLA_GROUP: group = reader.UInt32; break;
                case LinkAttribute.IFLA_MASTER: master = reader.Int32; break;
                case LinkAttribute.IFLA_LINK: lower = reader.Int32; break;
                case LinkAttribute.IFLA_LINK_NETNSID: lowerNamespace = reader.Int32; break;
                case LinkAttribute.IFLA_IFALIAS: alias = reader.Text; break;
                case LinkAttribute.IFLA_PROMISCUITY: promiscuity = reader.Int32; break;
                case LinkAttribute.IFLA_ALLMULTI: allMulticast = reader.Int32; break;
                case LinkAttribute.IFLA_NUM_TX_QUEUES: transmitQueues = reader.Int32; break;
                case LinkAttribute.IFLA_NUM_RX_QUEUES: receiveQueues = reader.Int32; break;
                case LinkAttribute.IFLA_GSO_MAX_SIZE: gsoSize = reader.UInt32; break;
                case LinkAttribute.IFLA_GSO_MAX_SEGS: gsoSegments = reader.UInt32; break;
                case LinkAttribute.IFLA_TSO_MAX_SIZE: tsoSize = reader.UInt32; break;
                case LinkAttribute.IFLA_TSO_MAX_SEGS: tsoSegments = reader.UInt32; break;
                case LinkAttribute.IFLA_GRO_MAX_SIZE: groSize = reader.UInt32; break;
                case LinkAttribute.IFLA_AF_SPEC: generation = GenerationMode(reader.Nested); break;
                case LinkAttribute.IFLA_STATS64: statistics = LinkStatistics.Parse(reader.Value); break;
                case LinkAttribute.IFLA_PROP_LIST: alternatives = Alternatives(reader.Nested); break;
                case LinkAttribute.IFLA_LINKINFO: info = KindInfo.Parse(reader.Nested); break;
            }
        }

        int index = MemoryMarshal.Read<int>(payload[4..]);
        if (name is null || index <= 0)
            return null;
        return new()
        {
            Index = index,
            Type = (LinkType)MemoryMarshal.Read<ushort>(payload[2..]),
            Flags = (LinkFlags)MemoryMarshal.Read<uint>(payload[8..]),
            Name = name,
            Address = address,
            Broadcast = broadcast,
            PermanentAddress = permanent,
            Mtu = mtu,
            MinimumMtu = minimumMtu,
            MaximumMtu = maximumMtu,
            QueueingDiscipline = discipline,
            TransmitQueueLength = queueLength,
            OperationalState = (OperationalState)state,
            Mode = (LinkMode)mode,
            HasCarrier = carrier,
            CarrierChanges = carrierChanges,
            Group = group,
            MasterIndex = master,
            LowerIndex = lower,
            LowerNamespaceId = lowerNamespace,
            Alias = alias,
            Promiscuity = promiscuity,
            AllMulticast = allMulticast,
            TransmitQueueCount = transmitQueues,
            ReceiveQueueCount = receiveQueues,
            GsoMaximumSize = gsoSize,
            GsoMaximumSegments = gsoSegments,
            TsoMaximumSize = tsoSize,
            TsoMaximumSegments = tsoSegments,
            GroMaximumSize = groSize,
            AddressGeneration = generation,
            Statistics = statistics,
            AlternativeNames = alternatives ?? [],
            Kind = info.Kind,
            MasterKind = info.MasterKind,
            Tun = info.Tun,
            Bridge = info.Bridge,
            BridgePort = info.BridgePort,
        };
    }

    private static HardwareAddress Hardware(ReadOnlySpan<byte> value) =>
        new(value[..Math.Min(value.Length, HardwareAddress.MaximumLength)]);

    private static List<string> Alternatives(AttributeReader reader)
    {
        List<string> names = [];
        while (reader.MoveNext())
        {
            if ((LinkAttribute)reader.Type == LinkAttribute.IFLA_ALT_IFNAME)
                names.Add(reader.Text);
        }

        return names;
    }

    /// <summary>IFLA_AF_SPEC holds an attribute for each address family, named by its number.</summary>
    private static AddressGenerationMode? GenerationMode(AttributeReader families)
    {
        while (families.MoveNext())
        {
            if (families.Type != Af.AF_INET6)
                continue;
            AttributeReader reader = families.Nested;
            while (reader.MoveNext())
            {
                if ((IflaInet6)reader.Type == IflaInet6.IFLA_INET6_ADDR_GEN_MODE)
                    return (AddressGenerationMode)reader.Byte;
            }
        }

        return null;
    }

    /// <summary>IFLA_LINKINFO: the kind names the layout of the data, which may come before it.</summary>
    private ref struct KindInfo
    {
        internal string? Kind, MasterKind;
        internal TunLinkInfo? Tun;
        internal BridgeInfo? Bridge;
        internal BridgePortInfo? BridgePort;

        internal static KindInfo Parse(AttributeReader reader)
        {
            KindInfo info = default;
            AttributeReader data = default, masterData = default;
            bool hasData = false;
            while (reader.MoveNext())
            {
                switch ((IflaInfo)reader.Type)
                {
                    case IflaInfo.IFLA_INFO_KIND: info.Kind = reader.Text; break;
                    case IflaInfo.IFLA_INFO_DATA: data = reader.Nested; hasData = true; break;
                    case IflaInfo.IFLA_INFO_SLAVE_KIND: info.MasterKind = reader.Text; break;
                    case IflaInfo.IFLA_INFO_SLAVE_DATA: masterData = reader.Nested; break;
                }
            }

            // "tun" without data is a card that is just going.
            info.Tun = info.Kind == "tun" && hasData ? TunLinkInfo.Parse(data) : null;
            info.Bridge = info.Kind == "bridge" && hasData ? BridgeInfo.Parse(data) : null;
            info.BridgePort = info.MasterKind == "bridge" ? BridgePortInfo.Parse(masterData) : null;
            return info;
        }
    }
}
