// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>A router's answer to what does not fit; the kernel's reading of it is tested in Tunbridge.Devices.Tests.</summary>
public sealed class PacketTooBigTests
{
    private static readonly uint s_from4 = IPAddress.Parse("10.0.0.1").ToUInt32();
    private static readonly uint s_to4 = IPAddress.Parse("10.0.0.2").ToUInt32();
    private static readonly UInt128 s_from6 = IPAddress.Parse("fd00::1").ToUInt128();
    private static readonly UInt128 s_to6 = IPAddress.Parse("fd00::2").ToUInt128();

    [Fact]
    public void Ipv4_WithDontFragment_IsAnsweredInTheNameOfItsDestination()
    {
        byte[] packet = Ipv4(IpProtocol.Udp, 1400);
        byte[] reply = new byte[PacketReply.MaximumErrorLength];
        Assert.True(PacketReply.TryWritePacketTooBig(packet, 1300, reply, out int length));
        Assert.True(Ipv4View.TryParse(reply.AsSpan(0, length), out Ipv4View ip));
        Assert.True(ip.IsHeaderChecksumValid);
        Assert.Equal((s_to4, s_from4, IpProtocol.Icmp), (ip.Source, ip.Destination, ip.Protocol));
        Assert.Equal((length, 576), (ip.TotalLength, length));
        Assert.True(IcmpView.TryParse(ip.Payload, out IcmpView icmp));
        Assert.True(icmp.IsChecksumValid);
        Assert.Equal((IcmpType.DestinationUnreachable, (byte)IcmpUnreachableCode.FragmentationNeeded, (ushort)1300),
            (icmp.Type, icmp.Code, icmp.NextHopMtu));
        Assert.True(icmp.Payload.SequenceEqual(packet.AsSpan(0, 548)));
    }

    [Fact]
    public void Ipv6_IsAnsweredInTheNameOfItsDestination()
    {
        byte[] packet = Ipv6(IpProtocol.Tcp, 3000);
        byte[] reply = new byte[PacketReply.MaximumErrorLength];
        Assert.True(PacketReply.TryWritePacketTooBig(packet, 1400, reply, out int length));
        Assert.True(Ipv6View.TryParse(reply.AsSpan(0, length), out Ipv6View ip));
        Assert.Equal((s_to6, s_from6, IpProtocol.Icmpv6, 1280), (ip.Source, ip.Destination, ip.NextHeader, length));
        Assert.True(Icmpv6View.TryParse(ip.Payload, out Icmpv6View icmp));
        Assert.True(icmp.IsChecksumValid(s_to6, s_from6));
        Assert.Equal(Icmpv6Type.PacketTooBig, icmp.Type);
    }

    [Fact]
    public void WhatNoAnswerIsDueTo_HasNone()
    {
        byte[][] all =
        [
            Ipv4(IpProtocol.Udp, 1400, dontFragment: false),
            Ipv4(IpProtocol.Udp, 1400, fragmentOffset: 8),
            Ipv4(IpProtocol.Udp, 1400, from: 0),
            Ipv4(IpProtocol.Udp, 1400, to: IPAddress.Parse("224.0.0.1").ToUInt32()),
            Ipv4(IpProtocol.Icmp, 1400, first: (byte)IcmpType.DestinationUnreachable),
            Ipv4(IpProtocol.Icmp, 1400, first: (byte)IcmpType.TimeExceeded),
            Ipv6(IpProtocol.Icmpv6, 1400, first: (byte)Icmpv6Type.PacketTooBig),
            Ipv6(IpProtocol.Udp, 1400, to: IPAddress.Parse("ff02::1").ToUInt128()),
            Ipv6(IpProtocol.Udp, 1400, from: UInt128.Zero),
            Ipv4(IpProtocol.Udp, 1400)[..1000],
            [],
            [0x70],
        ];
        byte[] reply = new byte[PacketReply.MaximumErrorLength];
        foreach (byte[] packet in all)
        {
            Assert.False(PacketReply.TryWritePacketTooBig(packet, 1280, reply, out int length));
            Assert.Equal(0, length);
        }

        Assert.Equal(new byte[PacketReply.MaximumErrorLength], reply);
    }

    [Fact]
    public void Pings_AreAnswered()
    {
        byte[] reply = new byte[PacketReply.MaximumErrorLength];
        Assert.True(PacketReply.TryWritePacketTooBig(
            Ipv4(IpProtocol.Icmp, 1400, first: (byte)IcmpType.EchoRequest), 1300, reply, out _));
        Assert.True(PacketReply.TryWritePacketTooBig(
            Ipv6(IpProtocol.Icmpv6, 1400, first: (byte)Icmpv6Type.EchoRequest), 1300, reply, out _));
    }

    private static byte[] Ipv4(
        IpProtocol protocol, int length, bool dontFragment = true, int fragmentOffset = 0, uint? from = null,
        uint? to = null, byte first = 0x55)
    {
        byte[] packet = new byte[length];
        Ipv4View.Write(packet, new()
        {
            Source = from ?? s_from4,
            Destination = to ?? s_to4,
            Protocol = protocol,
            IsDontFragment = dontFragment,
            FragmentOffset = fragmentOffset,
        }, length - 20);
        packet.AsSpan(20).Fill(0x55);
        packet[20] = first;
        return packet;
    }

    private static byte[] Ipv6(
        IpProtocol protocol, int length, UInt128? from = null, UInt128? to = null, byte first = 0x55)
    {
        byte[] packet = new byte[length];
        Ipv6View.Write(packet, new()
        {
            Source = from ?? s_from6,
            Destination = to ?? s_to6,
            NextHeader = protocol,
        }, length - 40);
        packet.AsSpan(40).Fill(0x55);
        packet[40] = first;
        return packet;
    }
}
