// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

// Who has an address: ARP and neighbour discovery.
public static partial class PacketReply
{
    // ff02::1, all nodes of the link (RFC 4291 section 2.7.1).
    private static readonly UInt128 s_allNodes = new(0xFF02_0000_0000_0000, 1);

    /// <summary>
    /// Answers an ARP request for an address, probes included, by a frame that says which MAC has it.
    /// </summary>
    /// <param name="request">The frame received.</param>
    /// <param name="address">The address the host has; requests for others are not answered.</param>
    /// <param name="mac">The host's MAC.</param>
    /// <param name="destination">
    /// Takes the reply: 42 bytes, and 4 for each VLAN tag of the request; not the request's bytes.
    /// </param>
    /// <param name="written">Bytes of the reply; 0 when there is none.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="destination"/> is too short for the reply.
    /// </exception>
    public static bool TryWriteArpReply(
        ReadOnlySpan<byte> request, uint address, MacAddress mac, Span<byte> destination, out int written)
    {
        written = 0;
        if (!EthernetView.TryParse(request, out EthernetView frame)
            || !frame.TrySkipTags(out EtherType etherType, out int offset)
            || etherType != EtherType.Arp
            || !ArpView.TryParse(request[offset..], out ArpView arp)
            || arp.Operation != ArpOperation.Request
            || arp.TargetAddress != address
            || arp.SenderAddress == address // an announcement of a host that thinks the address its own
            || arp.SenderMac.IsMulticast)
        {
            return false;
        }

        WireBuffer.Require(destination, offset + ArpView.Size);
        written = WriteLink(destination, request[..offset], arp.SenderMac, mac);
        written += ArpView.Write(
            destination[written..], ArpOperation.Reply, mac, address, arp.SenderMac, arp.SenderAddress);
        return true;
    }

    /// <summary>
    /// Answers a neighbour solicitation for an address, duplicate address detection included, by a frame
    /// with an advertisement: solicited and to the asker, or to all nodes and not solicited when the asker
    /// has no address yet; always with override and hop limit 255 (RFC 4861 section 7.2.4).
    /// </summary>
    /// <param name="request">The frame received.</param>
    /// <param name="address">The address the host has; solicitations for others are not answered.</param>
    /// <param name="mac">The host's MAC.</param>
    /// <param name="destination">
    /// Takes the reply: 86 bytes, and 4 for each VLAN tag of the request; not the request's bytes.
    /// </param>
    /// <param name="written">Bytes of the reply; 0 when there is none.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="destination"/> is too short for the reply.
    /// </exception>
    public static bool TryWriteNeighborAdvertisement(
        ReadOnlySpan<byte> request, UInt128 address, MacAddress mac, Span<byte> destination, out int written)
    {
        written = 0;
        if (!EthernetView.TryParse(request, out EthernetView frame)
            || !frame.TrySkipTags(out EtherType etherType, out int offset)
            || etherType != EtherType.Ipv6
            || !Ipv6View.TryParse(request[offset..], out Ipv6View ip)
            || !TryGetSolicitation(ip, out NeighborView neighbor)
            || neighbor.Target != address)
        {
            return false;
        }

        bool isProbe = ip.Source == UInt128.Zero;
        UInt128 to = isProbe ? s_allNodes : ip.Source;
        MacAddress toMac = isProbe
            ? MacAddress.FromIpv6Multicast(s_allNodes)
            : neighbor.Options.TryFindLinkLayerAddress(NdpOptionType.SourceLinkLayerAddress, out MacAddress asker)
                ? asker
                : frame.Source;

        int link = offset;
        int message = link + Ipv6View.HeaderSize;
        WireBuffer.Require(destination, message + NeighborView.HeaderSize + NdpOption.Unit);
        int length = NeighborView.WriteAdvertisement(
            destination[message..], address, to, address, mac, isSolicited: !isProbe);
        Ipv6Header header = new()
        {
            Source = address,
            Destination = to,
            NextHeader = IpProtocol.Icmpv6,
            HopLimit = NeighborView.RequiredHopLimit,
        };
        Ipv6View.Write(destination[link..], header, length);
        WriteLink(destination, request[..offset], toMac, mac);
        written = message + length;
        return true;
    }

    // RFC 4861 section 7.1.1, what a solicitation must satisfy beyond its own form.
    private static bool TryGetSolicitation(Ipv6View ip, out NeighborView neighbor)
    {
        neighbor = default;
        if (ip.HopLimit != NeighborView.RequiredHopLimit
            || !ip.TryGetUpperLayer(out Ipv6UpperLayer upper)
            || upper.Protocol != IpProtocol.Icmpv6
            || upper.HasFragmentHeader // RFC 6980: neighbour discovery is never fragmented
            || ip.Source.IsIpv6Multicast())
        {
            return false;
        }

        ReadOnlySpan<byte> message = ip.Payload[(upper.Offset - Ipv6View.HeaderSize)..];
        if (!Icmpv6View.TryParse(message, out Icmpv6View icmp)
            || !icmp.IsChecksumValid(ip.Source, ip.Destination)
            || !NeighborView.TryParse(message, out neighbor)
            || !neighbor.IsSolicitation)
        {
            return false;
        }

        // From the unspecified address: to the solicited-node address, and without a source link-layer
        // address.
        return ip.Source != UInt128.Zero
            || (ip.Destination == neighbor.Target.ToSolicitedNodeAddress()
                && !neighbor.Options.TryFindLinkLayerAddress(NdpOptionType.SourceLinkLayerAddress, out _));
    }

    // The request's Ethernet header and VLAN tags, with new addresses.
    private static int WriteLink(Span<byte> destination, ReadOnlySpan<byte> requestLink, MacAddress to, MacAddress from)
    {
        requestLink.CopyTo(destination);
        to.CopyTo(destination);
        from.CopyTo(destination[MacAddress.Size..]);
        return requestLink.Length;
    }
}
