// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Writes the payload of RTM_NEWLINK, RTM_SETLINK and RTM_DELLINK.</summary>
internal static class LinkEncoding
{
    /// <summary>struct ifinfomsg: | family 1 | pad 1 | type 2 | index 4 | flags 4 | change mask 4 |.</summary>
    internal static void Header(
        MessageBuilder builder, int index, LinkFlags flags = 0, LinkFlags mask = 0, byte family = 0)
    {
        Span<byte> header = builder.Reserve(WireSize.IfInfoMsg);
        header[0] = family;
        MessageBuilder.Write(header[4..], index);
        MessageBuilder.Write(header[8..], (uint)flags);
        MessageBuilder.Write(header[12..], (uint)mask);
    }

    /// <summary>IFLA_IFNAME, or IFLA_ALT_IFNAME for a name that only an alternative can have.</summary>
    internal static void Name(MessageBuilder builder, string name) =>
        builder.Text(
            Encoding.UTF8.GetByteCount(name) > LinkCommands.MaximumNameLength
                ? LinkAttribute.IFLA_ALT_IFNAME : LinkAttribute.IFLA_IFNAME,
            name);

    internal static void Change(MessageBuilder builder, int index, LinkChange change)
    {
        (LinkFlags flags, LinkFlags mask) = Flags(change);
        Header(builder, index, flags, mask);
        Attributes(builder, change);
        if (change.Bridge is not null)
            Kind(builder, "bridge", change.Bridge, static (b, bridge) => Bridge(b, bridge));
        if (change.BridgePort is BridgePortChange port)
        {
            int info = builder.BeginNested(LinkAttribute.IFLA_LINKINFO);
            builder.Text(IflaInfo.IFLA_INFO_SLAVE_KIND, "bridge");
            int data = builder.BeginNested(IflaInfo.IFLA_INFO_SLAVE_DATA);
            Port(builder, port);
            builder.EndNested(data);
            builder.EndNested(info);
        }
    }

    internal static (LinkFlags Flags, LinkFlags Mask) Flags(LinkChange change)
    {
        LinkFlags flags = 0, mask = 0;
        Add(LinkFlags.Up, change.Up);
        Add(LinkFlags.Promiscuous, change.Promiscuous);
        Add(LinkFlags.AllMulticast, change.AllMulticast);
        Add(LinkFlags.Multicast, change.Multicast);
        Add(LinkFlags.NoArp, !change.Arp);
        Add(LinkFlags.Dynamic, change.Dynamic);
        Add(LinkFlags.NoTrailers, change.NoTrailers);
        return (flags, mask);

        void Add(LinkFlags flag, bool? value)
        {
            if (value is null)
                return;
            mask |= flag;
            if (value.Value)
                flags |= flag;
        }
    }

    internal static void Attributes(MessageBuilder builder, LinkChange change)
    {
        if (change.Name is string name)
            builder.Text(LinkAttribute.IFLA_IFNAME, name);
        if (change.Address is HardwareAddress address)
            builder.Hardware(LinkAttribute.IFLA_ADDRESS, address);
        if (change.Broadcast is HardwareAddress broadcast)
            builder.Hardware(LinkAttribute.IFLA_BROADCAST, broadcast);
        if (change.Mtu is int mtu)
            builder.UInt32(LinkAttribute.IFLA_MTU, (uint)mtu);
        if (change.TransmitQueueLength is int length)
            builder.UInt32(LinkAttribute.IFLA_TXQLEN, (uint)length);
        if (change.Alias is string alias)
        {
            // Without terminator: a length of zero takes the alias away.
            builder.Bytes(LinkAttribute.IFLA_IFALIAS, Encoding.UTF8.GetBytes(alias));
        }

        if (change.MasterIndex is int master)
            builder.UInt32(LinkAttribute.IFLA_MASTER, (uint)master);
        if (change.Group is uint group)
            builder.UInt32(LinkAttribute.IFLA_GROUP, group);
        if (change.Carrier is bool carrier)
            builder.Byte(LinkAttribute.IFLA_CARRIER, carrier ? (byte)1 : (byte)0);
        if (change.Mode is LinkMode mode)
            builder.Byte(LinkAttribute.IFLA_LINKMODE, (byte)mode);
        if (change.Namespace is not null)
            builder.UInt32(LinkAttribute.IFLA_NET_NS_FD, (uint)change.Namespace.Descriptor.Number);
        if (change.NamespaceProcessId is int process)
            builder.UInt32(LinkAttribute.IFLA_NET_NS_PID, (uint)process);
        if (change.AddressGeneration is AddressGenerationMode generation)
        {
            int families = builder.BeginNested(LinkAttribute.IFLA_AF_SPEC);
            int family = builder.BeginNested(Af.AF_INET6);
            builder.Byte(IflaInet6.IFLA_INET6_ADDR_GEN_MODE, (byte)generation);
            builder.EndNested(family);
            builder.EndNested(families);
        }
    }

    /// <summary>IFLA_LINKINFO with a kind and, when there is a state, its data.</summary>
    internal static void Kind<T>(MessageBuilder builder, string kind, T? state, Action<MessageBuilder, T> data)
        where T : class
    {
        int info = builder.BeginNested(LinkAttribute.IFLA_LINKINFO);
        builder.Text(IflaInfo.IFLA_INFO_KIND, kind);
        if (state is not null)
        {
            int nested = builder.BeginNested(IflaInfo.IFLA_INFO_DATA);
            data(builder, state);
            builder.EndNested(nested);
        }

        builder.EndNested(info);
    }

    internal static void Bridge(MessageBuilder builder, BridgeChange change)
    {
        if (change.ForwardDelay is TimeSpan delay)
            builder.UInt32(IflaBr.IFLA_BR_FORWARD_DELAY, Hundredths(delay));
        if (change.HelloTime is TimeSpan hello)
            builder.UInt32(IflaBr.IFLA_BR_HELLO_TIME, Hundredths(hello));
        if (change.MaximumAge is TimeSpan age)
            builder.UInt32(IflaBr.IFLA_BR_MAX_AGE, Hundredths(age));
        if (change.AgeingTime is TimeSpan ageing)
            builder.UInt32(IflaBr.IFLA_BR_AGEING_TIME, Hundredths(ageing));
        if (change.SpanningTree is bool tree)
            builder.UInt32(IflaBr.IFLA_BR_STP_STATE, tree ? 1u : 0);
        if (change.Priority is int priority)
            builder.UInt16(IflaBr.IFLA_BR_PRIORITY, (ushort)priority);
        Flag(builder, IflaBr.IFLA_BR_VLAN_FILTERING, change.VlanFiltering);
        if (change.DefaultVlan is int vlan)
            builder.UInt16(IflaBr.IFLA_BR_VLAN_DEFAULT_PVID, (ushort)vlan);
        Flag(builder, IflaBr.IFLA_BR_MCAST_SNOOPING, change.MulticastSnooping);
        if (change.GroupForwardMask is int mask)
            builder.UInt16(IflaBr.IFLA_BR_GROUP_FWD_MASK, (ushort)mask);
    }

    private static void Port(MessageBuilder builder, BridgePortChange change)
    {
        if (change.State is BridgePortState state)
            builder.Byte(IflaBrport.IFLA_BRPORT_STATE, (byte)state);
        if (change.Priority is int priority)
            builder.UInt16(IflaBrport.IFLA_BRPORT_PRIORITY, (ushort)priority);
        if (change.Cost is int cost)
            builder.UInt32(IflaBrport.IFLA_BRPORT_COST, (uint)cost);
        Flag(builder, IflaBrport.IFLA_BRPORT_MODE, change.Hairpin);
        Flag(builder, IflaBrport.IFLA_BRPORT_GUARD, change.Guard);
        Flag(builder, IflaBrport.IFLA_BRPORT_PROTECT, change.RootBlock);
        Flag(builder, IflaBrport.IFLA_BRPORT_LEARNING, change.Learning);
        Flag(builder, IflaBrport.IFLA_BRPORT_UNICAST_FLOOD, change.Flood);
        Flag(builder, IflaBrport.IFLA_BRPORT_MCAST_FLOOD, change.MulticastFlood);
        Flag(builder, IflaBrport.IFLA_BRPORT_BCAST_FLOOD, change.BroadcastFlood);
        Flag(builder, IflaBrport.IFLA_BRPORT_ISOLATED, change.Isolated);
        Flag(builder, IflaBrport.IFLA_BRPORT_NEIGH_SUPPRESS, change.NeighbourSuppression);
        Flag(builder, IflaBrport.IFLA_BRPORT_LOCKED, change.Locked);
    }

    private static void Flag<TAttribute>(MessageBuilder builder, TAttribute type, bool? value)
        where TAttribute : struct, Enum
    {
        if (value is not null)
            builder.Byte(type, value.Value ? (byte)1 : (byte)0);
    }

    private static uint Hundredths(TimeSpan time) => (uint)Math.Round(time.TotalMilliseconds / 10);
}
