// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

public sealed class PacketReplyTests
{
    private const uint Two = 0xC0A80002;

    private static readonly UInt128 s_one = new(0xFD00_0000_0000_0000, 1);
    private static readonly UInt128 s_two = new(0xFD00_0000_0000_0000, 2);
    private static readonly MacAddress s_mac1 = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly MacAddress s_mac2 = MacAddress.Parse("02:00:00:00:00:02");

    [Fact]
    public void EchoReply_ToTheKernelsRequest_IsTheKernelsReply()
    {
        byte[] frame = [.. KernelFrames.IcmpEchoRequest];
        Assert.True(PacketReply.TryMakeEchoReply(frame, DeviceLayer.Frame));
        byte[] expected = [.. KernelFrames.IcmpEchoReply];
        // Identification and DF (bytes 18 to 21) are the sender's choice, the header's checksum follows from them.
        expected.AsSpan(18, 4).Clear();
        expected.AsSpan(24, 2).Clear();
        Assert.True(Ipv4View.TryParse(frame.AsSpan(14), out Ipv4View ip));
        Assert.True(ip.IsHeaderChecksumValid);
        frame.AsSpan(18, 4).Clear();
        frame.AsSpan(24, 2).Clear();
        Assert.Equal(expected, frame);
    }

    [Fact]
    public void EchoReply_AtLayerThree_LeavesNoEthernetHeader()
    {
        byte[] frame = [.. KernelFrames.IcmpEchoRequest];
        byte[] packet = frame[14..];
        Assert.True(PacketReply.TryMakeEchoReply(frame, DeviceLayer.Frame));
        Assert.True(PacketReply.TryMakeEchoReply(packet, DeviceLayer.Packet));
        Assert.Equal(frame[14..], packet);
    }

    [Fact]
    public void EchoReply_OverIpv6_IsValid()
    {
        byte[] frame = [.. KernelFrames.Icmpv6EchoRequest];
        Assert.True(PacketReply.TryMakeEchoReply(frame, DeviceLayer.Frame));
        Assert.True(EthernetView.TryParse(frame, out EthernetView ethernet));
        Assert.Equal((s_mac1, s_mac2), (ethernet.Destination, ethernet.Source));
        Assert.True(Ipv6View.TryParse(frame.AsSpan(14), out Ipv6View ip));
        Assert.Equal((s_two, s_one, 64), (ip.Source, ip.Destination, ip.HopLimit));
        Assert.True(Icmpv6View.TryParse(ip.Payload, out Icmpv6View icmp));
        Assert.Equal((Icmpv6Type.EchoReply, 4611, 1), (icmp.Type, icmp.Identifier, icmp.SequenceNumber));
        Assert.True(icmp.IsChecksumValid(s_two, s_one));
        Assert.Equal(KernelFrames.Icmpv6EchoRequest[62..], icmp.Payload.ToArray());
    }

    [Fact]
    public void EchoReply_WithOptionsAndPadding_KeepsBoth()
    {
        byte[] frame = [.. KernelFrames.IcmpEchoWithRecordRoute, 0xEE, 0xEE];
        Assert.True(PacketReply.TryMakeEchoReply(frame, DeviceLayer.Frame));
        Assert.True(Ipv4View.TryParse(frame.AsSpan(14), out Ipv4View ip));
        Assert.True(ip.IsHeaderChecksumValid);
        Assert.Equal(KernelFrames.IcmpEchoWithRecordRoute[34..74], ip.OptionBytes.ToArray());
        Assert.True(IcmpView.TryParse(ip.Payload, out IcmpView icmp));
        Assert.True(icmp.IsChecksumValid);
        Assert.Equal([0xEE, 0xEE], frame[^2..]);
    }

    public static TheoryData<string> NotEchoRequests
    {
        get
        {
            TheoryData<string> names = KernelFrames.Names;
            return [.. names.Select(row => row.Data).Where(name => name
                is not nameof(KernelFrames.IcmpEchoRequest)
                and not nameof(KernelFrames.IcmpEchoWithRecordRoute)
                and not nameof(KernelFrames.Icmpv6EchoRequest))];
        }
    }

    [Theory]
    [MemberData(nameof(NotEchoRequests))]
    public void EchoReply_ToAnythingElse_IsRefusedAndChangesNothing(string name)
    {
        byte[] frame = [.. KernelFrames.All[name]];
        Assert.False(PacketReply.TryMakeEchoReply(frame, DeviceLayer.Frame));
        Assert.Equal(KernelFrames.All[name], frame);
    }

    [Theory]
    [InlineData(nameof(KernelFrames.IcmpEchoRequest))]
    [InlineData(nameof(KernelFrames.Icmpv6EchoRequest))]
    public void EchoReply_ToADamagedRequest_IsRefusedAndChangesNothing(string name)
    {
        // From the transport header on every bit is covered by the ICMP checksum.
        byte[] request = KernelFrames.All[name];
        int start = name == nameof(KernelFrames.IcmpEchoRequest) ? 14 : 54;
        for (int bit = start * 8; bit < request.Length * 8; bit++)
        {
            byte[] frame = [.. request];
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            byte[] before = [.. frame];
            Assert.False(PacketReply.TryMakeEchoReply(frame, DeviceLayer.Frame));
            Assert.Equal(before, frame);
        }
    }

    [Fact]
    public void EchoReply_ToAGroup_IsRefused()
    {
        byte[] broadcast = [.. KernelFrames.IcmpEchoRequest];
        MacAddress.Broadcast.CopyTo(broadcast);
        Assert.False(PacketReply.TryMakeEchoReply(broadcast, DeviceLayer.Frame));

        byte[] packet = new byte[48];
        int length = Icmpv6View.WriteEcho(
            packet.AsSpan(40), s_one, new UInt128(0xFF02_0000_0000_0000, 1), Icmpv6Type.EchoRequest, 1, 1, []);
        Ipv6View.Write(
            packet,
            new Ipv6Header { Source = s_one, Destination = new UInt128(0xFF02_0000_0000_0000, 1), NextHeader = IpProtocol.Icmpv6 },
            length);
        Assert.False(PacketReply.TryMakeEchoReply(packet, DeviceLayer.Packet));
    }

    [Theory]
    [InlineData(nameof(KernelFrames.Udp4))]
    [InlineData(nameof(KernelFrames.Udp6))]
    public void UdpEcho_OfAKernelDatagram_IsTurnedAroundAndValid(string name)
    {
        byte[] frame = [.. KernelFrames.All[name]];
        Assert.False(PacketReply.TryMakeUdpEcho(frame, DeviceLayer.Frame));
        Assert.Equal(KernelFrames.All[name], frame);
        Assert.True(PacketReply.TryMakeUdpEcho(frame, DeviceLayer.Frame, port: 9));
        if (Ipv4View.TryParse(frame.AsSpan(14), out Ipv4View v4))
        {
            Assert.True(v4.IsHeaderChecksumValid);
            Assert.True(UdpView.TryParse(v4.Payload, out UdpView udp));
            Assert.Equal((9, 40000), (udp.SourcePort, udp.DestinationPort));
            Assert.Equal(Two, v4.Source);
            Assert.True(udp.IsChecksumValid(v4.Source, v4.Destination));
        }
        else
        {
            Assert.True(Ipv6View.TryParse(frame.AsSpan(14), out Ipv6View v6));
            Assert.True(UdpView.TryParse(v6.Payload, out UdpView udp));
            Assert.Equal((9, 40000), (udp.SourcePort, udp.DestinationPort));
            Assert.Equal(s_two, v6.Source);
            Assert.True(udp.IsChecksumValid(v6.Source, v6.Destination));
        }
    }

    [Fact]
    public void UdpEcho_BetweenTwoEchoServices_IsRefused()
    {
        byte[] packet = new byte[28];
        int length = UdpView.Write(packet.AsSpan(20), 0x0A000001, 7, 0x0A000002, 7, []);
        Ipv4View.Write(
            packet,
            new Ipv4Header { Source = 0x0A000001, Destination = 0x0A000002, Protocol = IpProtocol.Udp },
            length);
        Assert.False(PacketReply.TryMakeUdpEcho(packet, DeviceLayer.Packet));
    }

    [Fact]
    public void ArpReply_ToTheKernelsRequest_IsTheKernelsReply()
    {
        byte[] buffer = Poison.Buffer(60);
        Assert.True(PacketReply.TryWriteArpReply(KernelFrames.ArpRequest, Two, s_mac2, buffer, out int written));
        Assert.Equal(KernelFrames.ArpReply, Poison.Written(buffer, written));
        Assert.False(PacketReply.TryWriteArpReply(KernelFrames.ArpRequest, Two + 1, s_mac2, buffer, out written));
        Assert.False(PacketReply.TryWriteArpReply(KernelFrames.ArpReply, 0xC0A80001, s_mac2, buffer, out written));
        Assert.Equal(0, written);
        Assert.Throws<ArgumentException>(
            () => PacketReply.TryWriteArpReply(KernelFrames.ArpRequest, Two, s_mac2, new byte[41], out _));
    }

    [Fact]
    public void ArpReply_BehindAVlanTag_KeepsTheTag()
    {
        byte[] request = [.. KernelFrames.ArpRequest[..12], 0x81, 0x00, 0x60, 0x05, .. KernelFrames.ArpRequest[12..]];
        byte[] buffer = Poison.Buffer(60);
        Assert.True(PacketReply.TryWriteArpReply(request, Two, s_mac2, buffer, out int written));
        byte[] expected = [.. KernelFrames.ArpReply[..12], 0x81, 0x00, 0x60, 0x05, .. KernelFrames.ArpReply[12..]];
        Assert.Equal(expected, Poison.Written(buffer, written));
    }

    [Fact]
    public void NeighborAdvertisement_ToTheKernelsSolicitation_IsTheKernelsAnswer()
    {
        byte[] buffer = Poison.Buffer(100);
        Assert.True(PacketReply.TryWriteNeighborAdvertisement(KernelFrames.NeighborSolicitation, s_two, s_mac2, buffer, out int written));
        Assert.Equal(KernelFrames.NeighborAdvertisement, Poison.Written(buffer, written));
        Assert.False(PacketReply.TryWriteNeighborAdvertisement(KernelFrames.NeighborSolicitation, s_one, s_mac2, buffer, out written));
        Assert.False(PacketReply.TryWriteNeighborAdvertisement(KernelFrames.NeighborAdvertisement, s_two, s_mac2, buffer, out written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void NeighborAdvertisement_ToDuplicateDetection_GoesToAllNodes()
    {
        UInt128 target = new(0xFE80_0000_0000_0000, 0x0000_00FF_FE00_0001);
        byte[] buffer = Poison.Buffer(100);
        Assert.True(PacketReply.TryWriteNeighborAdvertisement(KernelFrames.NeighborSolicitationProbe, target, s_mac2, buffer, out int written));
        byte[] frame = Poison.Written(buffer, written);
        Assert.True(EthernetView.TryParse(frame, out EthernetView ethernet));
        Assert.Equal("33:33:00:00:00:01", ethernet.Destination.ToString());
        Assert.True(Ipv6View.TryParse(ethernet.Payload, out Ipv6View ip));
        Assert.Equal((new UInt128(0xFF02_0000_0000_0000, 1), 255), (ip.Destination, ip.HopLimit));
        Assert.True(Icmpv6View.TryParse(ip.Payload, out Icmpv6View icmp));
        Assert.True(icmp.IsChecksumValid(ip.Source, ip.Destination));
        Assert.True(NeighborView.TryParse(ip.Payload, out NeighborView neighbor));
        Assert.Equal((false, true), (neighbor.IsSolicited, neighbor.IsOverride));
    }

    [Fact]
    public void NeighborAdvertisement_ToAForwardedSolicitation_IsRefused()
    {
        byte[] forwarded = [.. KernelFrames.NeighborSolicitation];
        forwarded[21] = 254; // hop limit: a router was in between
        Assert.False(PacketReply.TryWriteNeighborAdvertisement(forwarded, s_two, s_mac2, new byte[100], out _));
        byte[] damaged = [.. KernelFrames.NeighborSolicitation];
        damaged[^1] ^= 1;
        Assert.False(PacketReply.TryWriteNeighborAdvertisement(damaged, s_two, s_mac2, new byte[100], out _));
    }
}
