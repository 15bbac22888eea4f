// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

// What a packet is, seen alone.
public sealed partial class Coalescer
{
    private const int Ipv4Size = Ipv4View.MinimumHeaderSize; // candidates have no options
    private const int Ipv6Size = Ipv6View.HeaderSize;
    private const byte Ipv4WithoutOptions = 0x45;
    private const ushort FragmentBits = 0x3FFF;              // MF and the offset
    private const int TcpFlagsAndReservedBits = 0x0FFF;

    // What is known of the flow a packet belongs to.
    private enum FlowKnowledge
    {
        Foreign,   // neither TCP nor UDP: of no flow that is joined
        Unknown,   // might be of any flow
        Known,     // of the flow its ports name, and not to be merged
        Candidate, // may be merged
    }

    // Where the headers of a packet are, and what of them is asked again. Without a kind it is never merged.
    private struct Candidate
    {
        internal GsoKind Kind;
        internal bool IsVersion4;
        internal bool IsTcp;
        internal bool HasPush;
        internal bool IsDontFragment;
        internal int Network;        // where the IP header starts
        internal int Transport;      // where the TCP or UDP header starts
        internal int HeaderLength;   // where the payload starts
        internal int PayloadLength;
        internal uint Sequence;
        internal ushort Identification;
    }

    private FlowKnowledge Classify(ReadOnlySpan<byte> packet, ref Candidate c)
    {
        if (_layer == DeviceLayer.Frame)
        {
            if (!EthernetView.TryParse(packet, out EthernetView frame))
                return FlowKnowledge.Foreign;
            if (!frame.TrySkipTags(out EtherType carried, out c.Network))
                return FlowKnowledge.Unknown;
            if (carried is not (EtherType.Ipv4 or EtherType.Ipv6))
                return FlowKnowledge.Foreign;
            if (packet.Length == c.Network || packet[c.Network] >> 4 != (carried == EtherType.Ipv4 ? 4 : 6))
                return FlowKnowledge.Unknown;
        }

        if (packet.IsEmpty)
            return FlowKnowledge.Foreign;
        ReadOnlySpan<byte> network = packet[c.Network..];
        return (network[0] >> 4) switch
        {
            4 => ClassifyIpv4(network, ref c),
            6 => ClassifyIpv6(network, ref c),
            _ => FlowKnowledge.Foreign,
        };
    }

    private FlowKnowledge ClassifyIpv4(ReadOnlySpan<byte> network, ref Candidate c)
    {
        if (network.Length < Ipv4Size)
            return FlowKnowledge.Unknown;
        IpProtocol protocol = (IpProtocol)network[9];
        if (protocol is not (IpProtocol.Tcp or IpProtocol.Udp))
            return FlowKnowledge.Foreign;
        int length = ReadUInt16BigEndian(network[2..]);
        ushort fragment = ReadUInt16BigEndian(network[6..]);
        bool isWhole = length >= Ipv4Size && length <= network.Length && (fragment & FragmentBits) == 0;
        if (network[0] != Ipv4WithoutOptions || !isWhole)
            return FlowKnowledge.Unknown;
        c.IsVersion4 = true;
        c.IsDontFragment = (fragment & 0x4000) != 0;
        c.Identification = ReadUInt16BigEndian(network[4..]);
        c.Transport = c.Network + Ipv4Size;
        return ClassifyTransport(network[Ipv4Size..length], protocol, isPadded: length != network.Length, ref c);
    }

    private FlowKnowledge ClassifyIpv6(ReadOnlySpan<byte> network, ref Candidate c)
    {
        if (network.Length < Ipv6Size)
            return FlowKnowledge.Unknown;
        IpProtocol protocol = (IpProtocol)network[6];
        switch (protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp:
                break;
            case IpProtocol.HopByHopOptions or IpProtocol.Routing or IpProtocol.Fragment:
            case IpProtocol.DestinationOptions or IpProtocol.AuthenticationHeader:
                return FlowKnowledge.Unknown; // TCP or UDP may be behind it
            default:
                return FlowKnowledge.Foreign;
        }

        int length = Ipv6Size + ReadUInt16BigEndian(network[4..]);
        if (length > network.Length)
            return FlowKnowledge.Unknown;
        c.Transport = c.Network + Ipv6Size;
        return ClassifyTransport(network[Ipv6Size..length], protocol, isPadded: length != network.Length, ref c);
    }

    private FlowKnowledge ClassifyTransport(
        ReadOnlySpan<byte> transport, IpProtocol protocol, bool isPadded, ref Candidate c)
    {
        c.IsTcp = protocol == IpProtocol.Tcp;
        return c.IsTcp ? ClassifyTcp(transport, isPadded, ref c) : ClassifyUdp(transport, isPadded, ref c);
    }

    private FlowKnowledge ClassifyTcp(ReadOnlySpan<byte> transport, bool isPadded, ref Candidate c)
    {
        if (transport.Length < TcpView.MinimumHeaderSize)
            return FlowKnowledge.Unknown;
        int bits = ReadUInt16BigEndian(transport[12..]);
        int headerLength = (bits >> 12) * 4;
        c.HasPush = (bits & (int)TcpFlags.Psh) != 0;
        // The reserved bits and the accurate-ECN bit are among those that must be 0.
        bool isPlain = (bits & TcpFlagsAndReservedBits & ~(int)TcpFlags.Psh) == (int)TcpFlags.Ack;
        if (!isPlain || isPadded || headerLength < TcpView.MinimumHeaderSize || headerLength >= transport.Length)
            return FlowKnowledge.Known;
        c.Sequence = ReadUInt32BigEndian(transport[4..]);
        return AsCandidate(c.IsVersion4 ? GsoKind.TcpV4 : GsoKind.TcpV6, headerLength, transport.Length, ref c);
    }

    private FlowKnowledge ClassifyUdp(ReadOnlySpan<byte> transport, bool isPadded, ref Candidate c)
    {
        if (transport.Length < UdpView.HeaderSize)
            return FlowKnowledge.Unknown;
        bool isPlain =
            ReadUInt16BigEndian(transport[4..]) == transport.Length && ReadUInt16BigEndian(transport[6..]) != 0;
        if (!isPlain || isPadded || transport.Length == UdpView.HeaderSize)
            return FlowKnowledge.Known;
        return AsCandidate(GsoKind.UdpL4, UdpView.HeaderSize, transport.Length, ref c);
    }

    private FlowKnowledge AsCandidate(GsoKind kind, int headerLength, int transportLength, ref Candidate c)
    {
        if ((_disabled & Bit(kind)) != 0)
            return FlowKnowledge.Known;
        c.Kind = kind;
        c.HeaderLength = c.Transport + headerLength;
        c.PayloadLength = transportLength - headerLength;
        return FlowKnowledge.Candidate;
    }
}
