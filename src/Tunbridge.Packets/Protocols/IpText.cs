// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>IPv4 and IPv6 packets as text: "IP a > b: …", with ports where there are some.</summary>
internal static class IpText
{
    private const int PortsSize = 4;

    public static void AppendIpv4(ref TextBuffer text, ReadOnlySpan<byte> packet)
    {
        if (!Ipv4View.TryParseQuoted(packet, out Ipv4View view))
        {
            AppendBroken(ref text, "IP", packet, IsShort(packet, Ipv4View.MinimumHeaderSize, version: 4));
            return;
        }

        bool isLaterFragment = view.FragmentOffset != 0;
        ReadOnlySpan<byte> ports = isLaterFragment ? default : Ports(view.Protocol, view.Payload);
        text.Append("IP ");
        text.AppendIpv4(view.Source);
        AppendPort(ref text, ports, 0);
        text.Append(" > ");
        text.AppendIpv4(view.Destination);
        AppendPort(ref text, ports, 2);
        text.Append(": ");
        if (view.IsFragment)
            AppendFragment(
                ref text, view.FragmentOffset, view.Payload.Length, view.HasMoreFragments, view.Identification);
        AppendUpper(ref text, view.Protocol, view.Payload, isLaterFragment, view.IsFragment || view.IsTruncated);
        if (!view.OptionBytes.IsEmpty) AppendOptions(ref text, view.OptionBytes.Length);
        if (view.IsTruncated)
            AppendMissing(ref text, "truncated-ip", view.TotalLength - view.HeaderLength - view.Payload.Length);
    }

    public static void AppendIpv6(ref TextBuffer text, ReadOnlySpan<byte> packet)
    {
        if (!Ipv6View.TryParseQuoted(packet, out Ipv6View view))
        {
            AppendBroken(ref text, "IP6", packet, IsShort(packet, Ipv6View.HeaderSize, version: 6));
            return;
        }

        bool isWhole = view.TryGetUpperLayer(out Ipv6UpperLayer upper);
        ReadOnlySpan<byte> payload = view.Payload[(upper.Offset - Ipv6View.HeaderSize)..];
        bool isLaterFragment = upper.FragmentOffset != 0;
        ReadOnlySpan<byte> ports = isWhole && !isLaterFragment ? Ports(upper.Protocol, payload) : default;
        text.Append("IP6 ");
        text.AppendIpv6(view.Source);
        AppendPort(ref text, ports, 0);
        text.Append(" > ");
        text.AppendIpv6(view.Destination);
        AppendPort(ref text, ports, 2);
        text.Append(": ");
        if (upper.HasFragmentHeader)
            AppendFragment(
                ref text, upper.FragmentOffset, payload.Length, upper.HasMoreFragments, upper.FragmentIdentification);
        if (!isWhole)
        {
            text.Append("broken extension header, next ");
            text.Append((uint)upper.Protocol);
            text.Append(", length ");
            text.Append(payload.Length);
        }
        else
        {
            AppendUpper(ref text, upper.Protocol, payload, isLaterFragment, upper.IsFragment || view.IsTruncated);
        }

        if (view.IsTruncated) AppendMissing(ref text, "truncated-ip6", view.PayloadLength - view.Payload.Length);
    }

    /// <summary>The protocol's short name, or "protocol N".</summary>
    public static void AppendProtocol(ref TextBuffer text, IpProtocol protocol)
    {
        string? name = Name(protocol);
        if (name is not null)
        {
            text.Append(name);
            return;
        }

        text.Append("protocol ");
        text.Append((uint)protocol);
    }

    private static void AppendUpper(
        ref TextBuffer text, IpProtocol protocol, ReadOnlySpan<byte> payload, bool isLaterFragment, bool isCut)
    {
        if (!isLaterFragment)
        {
            switch (protocol)
            {
                case IpProtocol.Icmp when IcmpView.TryParse(payload, out IcmpView icmp):
                    icmp.AppendTo(ref text);
                    return;
                case IpProtocol.Icmpv6 when Icmpv6View.TryParse(payload, out Icmpv6View icmpv6):
                    icmpv6.AppendTo(ref text);
                    return;
                case IpProtocol.Tcp when TcpView.TryParse(payload, out TcpView tcp):
                    tcp.AppendTo(ref text);
                    return;
                case IpProtocol.Udp when UdpView.TryParse(payload, out UdpView udp):
                    udp.AppendTo(ref text);
                    return;
                case IpProtocol.Udp when isCut && Ports(protocol, payload).Length >= UdpView.HeaderSize:
                    // A first fragment or a snapped packet: the length in the header is of the whole
                    // datagram.
                    text.Append("UDP, length ");
                    text.Append(Math.Max(0, ReadUInt16BigEndian(payload[4..]) - UdpView.HeaderSize));
                    return;
                case IpProtocol.Icmp or IpProtocol.Icmpv6 or IpProtocol.Tcp or IpProtocol.Udp:
                    text.Append(TruncatedName(protocol));
                    text.Append(", ");
                    text.Append(payload.Length);
                    text.Append(" bytes");
                    return;
                default:
                    break; // a protocol we know at most by name
            }
        }

        AppendProtocol(ref text, protocol);
        text.Append(", length ");
        text.Append(payload.Length);
    }

    private static void AppendFragment(ref TextBuffer text, int offset, int length, bool hasMore, uint identification)
    {
        text.Append("frag ");
        text.Append(identification);
        text.Append(":");
        text.Append(length);
        text.Append("@");
        text.Append(offset);
        text.Append(hasMore ? "+ " : " ");
    }

    private static void AppendOptions(ref TextBuffer text, int length)
    {
        text.Append(", ip options ");
        text.Append(length);
        text.Append(" bytes");
    }

    private static void AppendMissing(ref TextBuffer text, ReadOnlySpan<char> what, int missing)
    {
        text.Append(", ");
        text.Append(what);
        text.Append(", ");
        text.Append(missing);
        text.Append(" bytes missing");
    }

    private static void AppendBroken(
        ref TextBuffer text, ReadOnlySpan<char> name, ReadOnlySpan<byte> packet, bool isShort)
    {
        text.Append(name);
        text.Append(isShort ? " truncated-header, " : " malformed header, ");
        text.Append(packet.Length);
        text.Append(" bytes");
    }

    private static bool IsShort(ReadOnlySpan<byte> packet, int headerSize, int version) =>
        packet.IsEmpty
        || (packet[0] >> 4 == version
            && (packet.Length < headerSize || (version == 4 && packet.Length < (packet[0] & 0xF) * 4)));

    private static ReadOnlySpan<byte> Ports(IpProtocol protocol, ReadOnlySpan<byte> payload) =>
        protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.UdpLite
            && payload.Length >= PortsSize
            ? payload
            : default;

    private static void AppendPort(ref TextBuffer text, ReadOnlySpan<byte> ports, int offset)
    {
        if (ports.IsEmpty) return;
        text.Append(".");
        text.Append((uint)ReadUInt16BigEndian(ports[offset..]));
    }

    private static string TruncatedName(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Icmp => "truncated-icmp",
        IpProtocol.Icmpv6 => "truncated-icmp6",
        IpProtocol.Tcp => "truncated-tcp",
        _ => "truncated-udp",
    };

    private static string? Name(IpProtocol protocol) => protocol switch
    {
        IpProtocol.HopByHopOptions => "hop-by-hop options",
        IpProtocol.Icmp => "ICMP",
        IpProtocol.Igmp => "IGMP",
        IpProtocol.Ipv4 => "IPv4 in IP",
        IpProtocol.Tcp => "TCP",
        IpProtocol.Udp => "UDP",
        IpProtocol.Dccp => "DCCP",
        IpProtocol.Ipv6 => "IPv6 in IP",
        IpProtocol.Routing => "routing header",
        IpProtocol.Fragment => "fragment header",
        IpProtocol.Gre => "GRE",
        IpProtocol.Esp => "ESP",
        IpProtocol.AuthenticationHeader => "AH",
        IpProtocol.Icmpv6 => "ICMP6",
        IpProtocol.NoNextHeader => "no next header",
        IpProtocol.DestinationOptions => "destination options",
        IpProtocol.Ospf => "OSPF",
        IpProtocol.Pim => "PIM",
        IpProtocol.Vrrp => "VRRP",
        IpProtocol.Sctp => "SCTP",
        IpProtocol.UdpLite => "UDP-Lite",
        _ => null,
    };
}
