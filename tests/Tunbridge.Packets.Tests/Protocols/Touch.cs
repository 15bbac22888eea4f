// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>Reads every accessor of every view that accepts the bytes. Returns a number that depends on all of them.</summary>
internal static class Touch
{
    /// <summary>As a frame, as a packet, and as whatever else somebody may take the bytes for.</summary>
    public static ulong Everything(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (EthernetView.TryParse(bytes, out EthernetView frame))
        {
            sum += (ulong)frame.Destination.GetHashCode() + (ulong)frame.Source.GetHashCode() + (ulong)frame.EtherType;
            sum += frame.IsLogicalLinkControl ? 1UL : 0;
            if (frame.TrySkipTags(out EtherType etherType, out int offset)) sum += Network(bytes[offset..]) + (ulong)etherType;
            sum += Network(frame.Payload);
        }

        return sum + Network(bytes) + Transport(bytes);
    }

    private static ulong Network(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (VlanView.TryParse(bytes, out VlanView tag))
            sum += tag.VlanId + (ulong)tag.Priority + (tag.IsDropEligible ? 1UL : 0) + (ulong)tag.EtherType
                + (ulong)tag.Payload.Length;
        if (ArpView.TryParse(bytes, out ArpView arp))
        {
            sum += (ulong)arp.Operation + arp.SenderAddress + arp.TargetAddress + (arp.IsProbe ? 1UL : 0)
                + (arp.IsGratuitous ? 1UL : 0);
            sum += (ulong)arp.SenderMac.GetHashCode() + (ulong)arp.TargetMac.GetHashCode();
        }

        if (Ipv4View.TryParse(bytes, out Ipv4View v4)) sum += Ipv4(v4);
        if (Ipv4View.TryParseQuoted(bytes, out v4)) sum += Ipv4(v4);
        if (Ipv6View.TryParse(bytes, out Ipv6View v6)) sum += Ipv6(v6, bytes);
        if (Ipv6View.TryParseQuoted(bytes, out v6)) sum += Ipv6(v6, bytes);
        return sum;
    }

    private static ulong Ipv4(Ipv4View view)
    {
        ulong sum = (ulong)view.HeaderLength + (ulong)view.TotalLength + view.HeaderChecksum + view.Source
            + view.Destination;
        sum += (view.IsHeaderChecksumValid ? 1UL : 0) + (view.IsFragment ? 1UL : 0) + (view.IsTruncated ? 1UL : 0);
        sum += (ulong)view.ToHeader().GetHashCode() + (ulong)view.OptionBytes.Length + Options(view.Options);
        return sum + Transport(view.Payload);
    }

    private static ulong Ipv6(Ipv6View view, ReadOnlySpan<byte> bytes)
    {
        ulong sum = (ulong)view.PayloadLength + (view.IsTruncated ? 1UL : 0) + (ulong)view.ToHeader().GetHashCode();
        bool isWhole = view.TryGetUpperLayer(out Ipv6UpperLayer upper);
        Assert.InRange(upper.Offset, Ipv6View.HeaderSize, Ipv6View.HeaderSize + view.Payload.Length);
        sum += (ulong)upper.GetHashCode() + (upper.IsFragment ? 1UL : 0) + (isWhole ? 1UL : 0);
        return sum + Transport(bytes[upper.Offset..]) + Transport(view.Payload);
    }

    private static ulong Transport(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (UdpView.TryParse(bytes, out UdpView udp))
        {
            sum += udp.SourcePort + (ulong)udp.DestinationPort + (ulong)udp.Length + udp.Checksum
                + (ulong)udp.Payload.Length;
            sum += (udp.IsChecksumValid(1u, 2u) ? 1UL : 0) + (udp.IsChecksumValid((UInt128)1, 2) ? 1UL : 0);
        }

        if (TcpView.TryParse(bytes, out TcpView tcp))
        {
            sum += (ulong)tcp.ToHeader().GetHashCode() + (ulong)tcp.HeaderLength + tcp.Checksum
                + (ulong)tcp.Payload.Length;
            sum += (tcp.IsChecksumValid(1u, 2u) ? 1UL : 0) + (tcp.IsChecksumValid((UInt128)1, 2) ? 1UL : 0);
            sum += (tcp.IsSackPermitted ? 1UL : 0) + (ulong)tcp.OptionBytes.Length + Options(tcp.Options);
            if (tcp.TryGetMaximumSegmentSize(out ushort size)) sum += size;
            if (tcp.TryGetWindowScale(out byte shift)) sum += shift;
            if (tcp.TryGetTimestamps(out uint value, out uint echo)) sum += value + (ulong)echo;
        }

        if (IcmpView.TryParse(bytes, out IcmpView icmp))
        {
            sum += (ulong)icmp.Type + icmp.Code + icmp.Checksum + icmp.Identifier + (ulong)icmp.SequenceNumber
                + icmp.NextHopMtu;
            sum += (icmp.IsChecksumValid ? 1UL : 0) + (ulong)icmp.Payload.Length;
        }

        return Icmpv6(bytes) + sum;
    }

    private static ulong Icmpv6(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (Icmpv6View.TryParse(bytes, out Icmpv6View icmp))
        {
            sum += (ulong)icmp.Type + icmp.Code + icmp.Checksum + icmp.Identifier + (ulong)icmp.SequenceNumber
                + icmp.Mtu;
            sum += (icmp.IsChecksumValid(1, 2) ? 1UL : 0) + (icmp.IsError ? 1UL : 0) + (ulong)icmp.Payload.Length
                + (ulong)icmp.Message.Length;
        }

        if (NeighborView.TryParse(bytes, out NeighborView neighbor))
        {
            sum += (neighbor.IsSolicitation ? 1UL : 0) + (neighbor.IsRouter ? 1UL : 0)
                + (neighbor.IsSolicited ? 1UL : 0);
            sum += (neighbor.IsOverride ? 1UL : 0) + (ulong)neighbor.Target + Options(neighbor.Options);
        }

        if (RouterView.TryParse(bytes, out RouterView router))
            sum += (router.IsSolicitation ? 1UL : 0) + (ulong)router.ToAdvertisement().GetHashCode()
                + Options(router.Options);
        return sum;
    }

    private static ulong Options(HeaderOptions options)
    {
        ulong sum = 0;
        foreach (HeaderOption option in options) sum += option.Kind + (ulong)option.Data.Length;
        return sum + (options.IsMalformed ? 1UL : 0);
    }

    private static ulong Options(NdpOptions options)
    {
        ulong sum = options.TryFindLinkLayerAddress(NdpOptionType.SourceLinkLayerAddress, out MacAddress found) ? (ulong)found.GetHashCode() : 0;
        foreach (NdpOption option in options)
        {
            sum += (ulong)option.Type + (ulong)option.Data.Length;
            if (option.TryGetLinkLayerAddress(out MacAddress address)) sum += (ulong)address.GetHashCode();
            if (option.TryGetMtu(out uint mtu)) sum += mtu;
            if (option.TryGetPrefix(out NdpPrefix prefix)) sum += prefix.PrefixLength;
        }

        return sum;
    }
}
