// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Runtime.InteropServices;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

public sealed partial record Route
{
    /// <summary>Reads the payload of RTM_NEWROUTE or RTM_DELROUTE.</summary>
    /// <remarks>
    /// <code>
    /// struct rtmsg: | family 1 | dst length 1 | src length 1 | tos 1 | table 1 | protocol 1 | scope 1 | type 1 | flags 4 |
    /// </code>
    /// </remarks>
    /// <returns>Null for other families than IPv4 and IPv6.</returns>
    internal static Route? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < WireSize.RtMsg || payload[0] is not (Af.AF_INET or Af.AF_INET6))
            return null;
        bool isIPv6 = payload[0] == Af.AF_INET6;
        IPAddress? destination = null, source = null, gateway = null, preferredSource = null;
        uint table = payload[4], metric = 0;
        int link = 0, mtu = 0, segmentSize = 0;
        RouterPreference? preference = null;
        TimeSpan? expires = null;
        IReadOnlyList<RouteNextHop> hops = [];
        AttributeReader reader = new(payload[WireSize.RtMsg..]);
        while (reader.MoveNext())
        {
            switch ((RouteAttribute)reader.Type)
            {
                case RouteAttribute.RTA_DST: destination = reader.Address; break;
                case RouteAttribute.RTA_SRC: source = reader.Address; break;
                case RouteAttribute.RTA_GATEWAY: gateway = reader.Address; break;
                case RouteAttribute.RTA_VIA: gateway = Via(reader.Value); break;
                case RouteAttribute.RTA_PREFSRC: preferredSource = reader.Address; break;
                case RouteAttribute.RTA_OIF: link = reader.Int32; break;
                case RouteAttribute.RTA_PRIORITY: metric = reader.UInt32; break;
                case RouteAttribute.RTA_TABLE: table = reader.UInt32; break;
                case RouteAttribute.RTA_PREF: preference = (RouterPreference)reader.Byte; break;
                case RouteAttribute.RTA_METRICS: (mtu, segmentSize) = Metrics(reader.Nested); break;
                case RouteAttribute.RTA_MULTIPATH: hops = Hops(reader.Value); break;
                case RouteAttribute.RTA_CACHEINFO: expires = Expiry(reader.Value); break;
            }
        }

        if (Network(destination, payload[1], isIPv6) is not IPNetwork network)
            return null;
        return new()
        {
            Destination = network,
            Source = source is null ? null : Network(source, payload[2], isIPv6),
            Gateway = gateway,
            LinkIndex = link,
            Metric = metric,
            Table = table,
            Scope = (AddressScope)payload[6],
            Type = (RouteType)payload[7],
            Protocol = (RouteProtocol)payload[5],
            PreferredSource = preferredSource,
            Mtu = mtu,
            AdvertisedSegmentSize = segmentSize,
            Flags = (RouteFlags)MemoryMarshal.Read<uint>(payload[8..]),
            Preference = preference,
            Expires = expires,
            NextHops = hops,
        };
    }

    /// <summary>A prefix as a value; null when address and length do not fit together.</summary>
    internal static IPNetwork? Network(IPAddress? address, byte length, bool isIPv6)
    {
        int bits = isIPv6 ? 128 : 32;
        if (length > bits)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        bytes = bytes[..(bits / 8)];
        bytes.Clear();
        if (address is not null && (!address.TryWriteBytes(bytes, out int written) || written != bytes.Length))
            return null;
        // Host bits would be refused by the constructor; the kernel shows them in the result of a lookup.
        for (int bit = length; bit < bits; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }

    internal void Encode(MessageBuilder builder, bool forDeletion)
    {
        Span<byte> header = builder.Reserve(WireSize.RtMsg);
        header[0] = IsIPv6 ? Af.AF_INET6 : Af.AF_INET;
        header[1] = (byte)Destination.PrefixLength;
        header[2] = (byte)(Source?.PrefixLength ?? 0);
        header[4] = Table <= byte.MaxValue ? (byte)Table : (byte)0;
        header[5] = (byte)(Protocol == RouteProtocol.Unspecified && !forDeletion ? RouteProtocol.Boot : Protocol);
        header[6] = (byte)(Scope ?? (forDeletion ? AddressScope.Nowhere : ImpliedScope()));
        header[7] = (byte)Type;
        MessageBuilder.Write(header[8..], (uint)(Flags & RouteFlags.OnLink));
        // An IPv4 route of any table must name it in RTA_TABLE when it does not fit; it may always.
        builder.UInt32(RouteAttribute.RTA_TABLE, Table == 0 ? MainTable : Table);
        if (!IsDefault)
            builder.Address(RouteAttribute.RTA_DST, Destination.BaseAddress);
        if (Source is IPNetwork source)
            builder.Address(RouteAttribute.RTA_SRC, source.BaseAddress);
        if (LinkIndex != 0)
            builder.UInt32(RouteAttribute.RTA_OIF, (uint)LinkIndex);
        if (Metric != 0)
            builder.UInt32(RouteAttribute.RTA_PRIORITY, Metric);
        if (PreferredSource is not null)
            builder.Address(RouteAttribute.RTA_PREFSRC, PreferredSource);
        if (Preference is RouterPreference preference && IsIPv6)
            builder.Byte(RouteAttribute.RTA_PREF, (byte)preference);
        EncodeGateway(builder, Gateway);
        EncodeMetrics(builder);
        EncodeHops(builder);
    }

    private AddressScope ImpliedScope()
    {
        if (IsIPv6)
            return AddressScope.Global;
        return Type switch
        {
            RouteType.Local => AddressScope.Host,
            RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast => AddressScope.Link,
            RouteType.Unicast when Gateway is null && NextHops.All(h => h.Gateway is null) => AddressScope.Link,
            _ => AddressScope.Global,
        };
    }

    private void EncodeGateway(MessageBuilder builder, IPAddress? gateway)
    {
        if (gateway is null)
            return;
        if (gateway.AddressFamily == Destination.BaseAddress.AddressFamily)
        {
            builder.Address(RouteAttribute.RTA_GATEWAY, gateway);
            return;
        }

        // struct rtvia: family of 2 bytes, then the address: an IPv4 route through an IPv6 router (RFC 8950).
        Span<byte> via = stackalloc byte[18];
        MessageBuilder.Write(via, (ushort)(IsIPv6 ? Af.AF_INET : Af.AF_INET6));
        gateway.TryWriteBytes(via[2..], out int length);
        builder.Bytes(RouteAttribute.RTA_VIA, via[..(2 + length)]);
    }

    private void EncodeMetrics(MessageBuilder builder)
    {
        if (Mtu == 0 && AdvertisedSegmentSize == 0)
            return;
        int metrics = builder.BeginNested(RouteAttribute.RTA_METRICS);
        if (Mtu != 0)
            builder.UInt32(MetricAttribute.RTAX_MTU, (uint)Mtu);
        if (AdvertisedSegmentSize != 0)
            builder.UInt32(MetricAttribute.RTAX_ADVMSS, (uint)AdvertisedSegmentSize);
        builder.EndNested(metrics);
    }

    /// <summary>struct rtnexthop: | length 2 | flags 1 | weight - 1 | index 4 |, then attributes; length counts them.</summary>
    private void EncodeHops(MessageBuilder builder)
    {
        if (NextHops.Count == 0)
            return;
        int list = builder.BeginNested(RouteAttribute.RTA_MULTIPATH);
        foreach (RouteNextHop hop in NextHops)
        {
            int start = builder.Length;
            Span<byte> header = builder.Reserve(WireSize.RtNextHop);
            header[2] = (byte)(hop.Flags & RouteFlags.OnLink);
            header[3] = (byte)Math.Clamp(hop.Weight - 1, 0, 255);
            MessageBuilder.Write(header[4..], hop.LinkIndex);
            EncodeGateway(builder, hop.Gateway);
            builder.EndNested(start);
        }

        builder.EndNested(list);
    }

    private static List<RouteNextHop> Hops(ReadOnlySpan<byte> bytes)
    {
        List<RouteNextHop> hops = [];
        while (bytes.Length >= WireSize.RtNextHop)
        {
            int length = MemoryMarshal.Read<ushort>(bytes);
            if (length < WireSize.RtNextHop || length > bytes.Length)
                break;
            IPAddress? gateway = null;
            AttributeReader reader = new(bytes[WireSize.RtNextHop..length]);
            while (reader.MoveNext())
            {
                if ((RouteAttribute)reader.Type == RouteAttribute.RTA_GATEWAY)
                    gateway = reader.Address;
                else if ((RouteAttribute)reader.Type == RouteAttribute.RTA_VIA)
                    gateway = Via(reader.Value);
            }

            hops.Add(new()
            {
                LinkIndex = MemoryMarshal.Read<int>(bytes[4..]),
                Gateway = gateway,
                Weight = bytes[3] + 1,
                Flags = (RouteFlags)bytes[2],
            });
            bytes = bytes[Math.Min(WireSize.Align(length), bytes.Length)..];
        }

        return hops;
    }

    private static (int Mtu, int SegmentSize) Metrics(AttributeReader reader)
    {
        int mtu = 0, segmentSize = 0;
        while (reader.MoveNext())
        {
            if ((MetricAttribute)reader.Type == MetricAttribute.RTAX_MTU)
                mtu = reader.Int32;
            else if ((MetricAttribute)reader.Type == MetricAttribute.RTAX_ADVMSS)
                segmentSize = reader.Int32;
        }

        return (mtu, segmentSize);
    }

    private static IPAddress? Via(ReadOnlySpan<byte> value) =>
        value.Length > 2 ? AttributeReader.ToAddress(value[2..]) : null;

    /// <summary>struct rta_cacheinfo: clntref, lastuse, expires (hundredths of a second, signed), …</summary>
    private static TimeSpan? Expiry(ReadOnlySpan<byte> value)
    {
        int hundredths = value.Length >= 12 ? MemoryMarshal.Read<int>(value[8..]) : 0;
        return hundredths == 0 ? null : TimeSpan.FromSeconds(hundredths / 100);
    }
}
