// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// The answers a host owes its link: echo replies and UDP echoes made in place of the request, ARP replies
/// and neighbour advertisements. With them a virtual host takes a few lines.
/// </summary>
/// <remarks>
/// Every method returns false, and changes nothing, for a packet that is not such a request or is
/// malformed, a fragment, has a wrong checksum or IPv6 extension headers, or must not be answered.
/// Allocates nothing; thread-safe. VLAN tags of a request are kept.
/// </remarks>
public static partial class PacketReply
{
    /// <summary>
    /// Makes an ICMP or ICMPv6 echo request its reply, in place: addresses swapped, time to live 64,
    /// checksums renewed. The length does not change. Requests to multicast and broadcast addresses are
    /// not answered, as the reply's source would have to be the host's own address (RFC 1122 section
    /// 3.2.2.6, RFC 4443 section 4.2).
    /// </summary>
    /// <param name="packet">The request; on success the reply.</param>
    /// <param name="layer">Whether it starts with an IP or an Ethernet header.</param>
    public static bool TryMakeEchoReply(Span<byte> packet, DeviceLayer layer)
    {
        if (!TryFindNetwork(packet, layer, out EtherType etherType, out int offset)) return false;
        Span<byte> network = packet[offset..];
        bool isReply = etherType == EtherType.Ipv4 ? TryMakeIcmpReply(network) : TryMakeIcmpv6Reply(network);
        if (isReply && layer == DeviceLayer.Frame) EthernetView.SwapAddresses(packet);
        return isReply;
    }

    /// <summary>
    /// Makes a UDP datagram its own echo, in place: addresses and ports swapped, time to live 64 (RFC
    /// 862). The length does not change. The UDP checksum is kept, not judged, and stays as right as it
    /// was: also when a card with offload has left it unfinished, so that the packet's
    /// <see cref="GsoInfo"/> holds for the echo too.
    /// </summary>
    /// <param name="packet">The datagram; on success its echo.</param>
    /// <param name="layer">Whether it starts with an IP or an Ethernet header.</param>
    /// <param name="port">The port of the host's echo service: 7, by the standard.</param>
    public static bool TryMakeUdpEcho(Span<byte> packet, DeviceLayer layer, ushort port = 7)
    {
        if (!TryFindNetwork(packet, layer, out EtherType etherType, out int offset)) return false;
        Span<byte> network = packet[offset..];
        if (!TryFindUpper(network, etherType, IpProtocol.Udp, out int upper, out int length)
            || !UdpView.TryParse(network.Slice(upper, length), out UdpView udp)
            || udp.DestinationPort != port
            || udp.SourcePort == port) // two echo services would answer each other for ever
        {
            return false;
        }

        UdpView.SwapPorts(network[upper..]);
        if (etherType == EtherType.Ipv4) Ipv4View.TurnAround(network[..upper]);
        else Ipv6View.TurnAround(network);
        if (layer == DeviceLayer.Frame) EthernetView.SwapAddresses(packet);
        return true;
    }

    private static bool TryMakeIcmpReply(Span<byte> packet)
    {
        if (!TryFindUpper(packet, EtherType.Ipv4, IpProtocol.Icmp, out int upper, out int length)
            || !IcmpView.TryParse(packet.Slice(upper, length), out IcmpView icmp)
            || icmp.Type != IcmpType.EchoRequest
            || icmp.Code != 0
            || !icmp.IsChecksumValid) // summing up anew would make a damaged request a sound reply
        {
            return false;
        }

        IcmpView.TurnIntoReply(packet.Slice(upper, length));
        Ipv4View.TurnAround(packet[..upper]);
        return true;
    }

    private static bool TryMakeIcmpv6Reply(Span<byte> packet)
    {
        if (!TryFindUpper(packet, EtherType.Ipv6, IpProtocol.Icmpv6, out int upper, out int length)
            || !Ipv6View.TryParse(packet, out Ipv6View ip)
            || !Icmpv6View.TryParse(packet.Slice(upper, length), out Icmpv6View icmp)
            || icmp.Type != Icmpv6Type.EchoRequest
            || icmp.Code != 0
            || !icmp.IsChecksumValid(ip.Source, ip.Destination))
        {
            return false;
        }

        Icmpv6View.TurnIntoReply(packet.Slice(upper, length), from: ip.Destination, to: ip.Source);
        Ipv6View.TurnAround(packet);
        return true;
    }

    // The IP header: its kind and where it starts. A frame to a group is not answered in its own place, as
    // its destination cannot become a source.
    private static bool TryFindNetwork(
        ReadOnlySpan<byte> packet, DeviceLayer layer, out EtherType etherType, out int offset)
    {
        offset = 0;
        if (layer == DeviceLayer.Packet)
        {
            etherType = packet.IsEmpty ? EtherType.None : (packet[0] >> 4) switch
            {
                4 => EtherType.Ipv4,
                6 => EtherType.Ipv6,
                _ => EtherType.None,
            };
        }
        else if (!EthernetView.TryParse(packet, out EthernetView frame)
            || frame.Destination.IsMulticast
            || !frame.TrySkipTags(out etherType, out offset))
        {
            etherType = EtherType.None;
        }

        return etherType is EtherType.Ipv4 or EtherType.Ipv6;
    }

    // A whole, unfragmented packet between hosts that carries the protocol: where its header starts, and
    // its length.
    private static bool TryFindUpper(
        ReadOnlySpan<byte> packet, EtherType etherType, IpProtocol protocol, out int offset, out int length)
    {
        offset = length = 0;
        if (etherType == EtherType.Ipv4)
        {
            if (!Ipv4View.TryParse(packet, out Ipv4View v4) || !v4.IsHeaderChecksumValid) return false;
            if (v4.Protocol != protocol || v4.IsFragment) return false;
            if (!IsHost(v4.Source) || !IsHost(v4.Destination)) return false;
            offset = v4.HeaderLength;
            length = v4.Payload.Length;
            return true;
        }

        // Extension headers cannot stay as they are in an answer: a routing header has a direction, AH a
        // signature.
        if (!Ipv6View.TryParse(packet, out Ipv6View v6) || v6.NextHeader != protocol) return false;
        if (!IsHost(v6.Source) || !IsHost(v6.Destination)) return false;
        offset = Ipv6View.HeaderSize;
        length = v6.Payload.Length;
        return true;
    }

    // Neither unspecified nor a group. A subnet's broadcast address cannot be told without its prefix;
    // frames to it are broadcast and are turned away above.
    private static bool IsHost(uint address) => address != 0 && address != uint.MaxValue && !address.IsIpv4Multicast();

    private static bool IsHost(UInt128 address) => address != UInt128.Zero && !address.IsIpv6Multicast();
}
