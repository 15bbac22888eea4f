// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

public sealed class PacketTextTests
{
    public static TheoryData<string, string> KernelFrameTexts => new()
    {
        // As tcpdump -n -S says it, but for "ARP, Request".
        { nameof(KernelFrames.ArpRequest), "ARP who-has 192.168.0.2 tell 192.168.0.1" },
        { nameof(KernelFrames.ArpReply), "ARP reply 192.168.0.2 is-at 02:00:00:00:00:02" },
        { nameof(KernelFrames.IcmpEchoRequest), "IP 192.168.0.1 > 192.168.0.2: ICMP echo request, id 4610, seq 1, length 64" },
        { nameof(KernelFrames.IcmpEchoReply), "IP 192.168.0.2 > 192.168.0.1: ICMP echo reply, id 4610, seq 1, length 64" },
        { nameof(KernelFrames.IcmpEchoWithRecordRoute), "IP 192.168.0.1 > 192.168.0.2: ICMP echo request, id 4614, seq 1, length 64, ip options 40 bytes" },
        { nameof(KernelFrames.Udp4), "IP 192.168.0.1.40000 > 192.168.0.2.9: UDP, length 5" },
        { nameof(KernelFrames.Udp6), "IP6 fd00::1.40000 > fd00::2.9: UDP, length 6" },
        { nameof(KernelFrames.TcpSyn), "IP 192.168.0.1.46516 > 192.168.0.2.9: Flags [S], seq 1254836395, win 64240, options [mss 1460,sackOK,TS val 810502026 ecr 0,nop,wscale 10], length 0" },
        { nameof(KernelFrames.TcpSynAck), "IP 192.168.0.2.7 > 192.168.0.1.38658: Flags [S.], seq 2800718338, ack 3322407774, win 65160, options [mss 1460,sackOK,TS val 2870073925 ecr 197039858,nop,wscale 10], length 0" },
        { nameof(KernelFrames.TcpData), "IP 192.168.0.2.7 > 192.168.0.1.38658: Flags [P.], seq 2800718339:2800718343, ack 3322407778, win 64, options [nop,nop,TS val 2870073925 ecr 197039858], length 4" },
        { nameof(KernelFrames.TcpReset), "IP 192.168.0.2.9 > 192.168.0.1.46516: Flags [R.], seq 0, ack 1254836396, win 0, length 0" },
        { nameof(KernelFrames.Icmpv6EchoRequest), "IP6 fd00::1 > fd00::2: ICMP6, echo request, id 4611, seq 1, length 64" },
        // In words of our own.
        { nameof(KernelFrames.IcmpPortUnreachable), "IP 192.168.0.2 > 192.168.0.1: ICMP port unreachable (for UDP 192.168.0.1.40000 > 192.168.0.2.9), length 41" },
        { nameof(KernelFrames.IcmpTimeExceeded), "IP 192.168.0.2 > 192.168.0.1: ICMP time exceeded in transit (for ICMP 192.168.0.1 > 10.9.0.9), length 92" },
        { nameof(KernelFrames.IcmpFragmentationNeededSnapped), "IP 192.168.0.2 > 192.168.0.1: ICMP unreachable, fragmentation needed, mtu 576 (for ICMP 192.168.0.1 > 10.9.0.9), length 62, truncated-ip, 494 bytes missing" },
        { nameof(KernelFrames.Ipv4FirstFragmentSnapped), "IP 192.168.0.1 > 192.168.0.2: frag 28098:62@0+ ICMP echo request, id 4612, seq 1, length 62, truncated-ip, 1418 bytes missing" },
        { nameof(KernelFrames.Ipv4LaterFragmentSnapped), "IP 192.168.0.1 > 192.168.0.2: frag 28098:62@1480 ICMP, length 62, truncated-ip, 466 bytes missing" },
        { nameof(KernelFrames.NeighborSolicitation), "IP6 fd00::1 > ff02::1:ff00:2: ICMP6, neighbor solicitation, who has fd00::2, source 02:00:00:00:00:01, length 32" },
        { nameof(KernelFrames.NeighborSolicitationProbe), "IP6 :: > ff02::1:ff00:1: ICMP6, neighbor solicitation, who has fe80::ff:fe00:1, option 14, length 32" },
        { nameof(KernelFrames.NeighborAdvertisement), "IP6 fd00::2 > fd00::1: ICMP6, neighbor advertisement, tgt is fd00::2, solicited, override, target 02:00:00:00:00:02, length 32" },
        { nameof(KernelFrames.RouterSolicitation), "IP6 fe80::ff:fe00:1 > ff02::2: ICMP6, router solicitation, source 02:00:00:00:00:01, length 16" },
        { nameof(KernelFrames.MulticastListenerReport), "IP6 :: > ff02::16: ICMP6, multicast listener report v2, type 143, code 0, length 28" },
        { nameof(KernelFrames.Ipv6LaterFragmentSnapped), "IP6 fd00::1 > fd00::2: frag 4041401925:34@1448 ICMP6, length 34, truncated-ip6, 526 bytes missing" },
        { nameof(KernelFrames.Icmpv6PortUnreachable), "IP6 fd00::2 > fd00::1: ICMP6, port unreachable (for UDP fd00::1.40000 > fd00::2.9), length 62" },
    };

    [Theory]
    [MemberData(nameof(KernelFrameTexts))]
    public void Format_KernelFrame_SaysWhatItIs(string name, string expected)
    {
        Assert.Equal(expected, PacketText.Format(KernelFrames.All[name], DeviceLayer.Frame));
        if (!name.StartsWith("Arp", StringComparison.Ordinal))
            Assert.Equal(expected, PacketText.Format(KernelFrames.All[name].AsSpan(14), DeviceLayer.Packet));
    }

    [Fact]
    public void KernelFrameTexts_HaveARowForEveryFrame() =>
        Assert.Equal(KernelFrames.All.Keys.Order(), KernelFrameTexts.Select(row => row.Data.Item1).Order());

    [Theory]
    [InlineData("", "truncated-ethernet, 0 bytes")]
    [InlineData("0200000000020200000000010800", "IP truncated-header, 0 bytes")]
    [InlineData("020000000002020000000001080045", "IP truncated-header, 1 bytes")]
    [InlineData("020000000002020000000001080065", "IP malformed header, 1 bytes")]
    [InlineData("02000000000202000000000186dd60", "IP6 truncated-header, 1 bytes")]
    [InlineData("0200000000020200000000010806", "truncated-arp, 0 bytes")]
    [InlineData("020000000002020000000001810000", "truncated-vlan, 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype 802.1Q (0x8100), length 1")]
    [InlineData("020000000002020000000001" + "1234" + "0102", "02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype unknown (0x1234), length 2")]
    [InlineData("0180c200000e020000000001" + "88cc" + "0102", "02:00:00:00:00:01 > 01:80:c2:00:00:0e, ethertype LLDP (0x88cc), length 2")]
    [InlineData("0180c2000000020000000001" + "0003" + "424203", "02:00:00:00:00:01 > 01:80:c2:00:00:00, 802.3 LLC, length 3")]
    [InlineData("020000000002020000000001" + "8100" + "6005" + "0806", "VLAN 5 prio 3, truncated-arp, 0 bytes")]
    [InlineData("020000000002020000000001" + "88a8" + "0064" + "8100" + "0005" + "1234", "S-VLAN 100, VLAN 5, 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype unknown (0x1234), length 0")]
    public void Format_FrameThatIsOddOrShort_SaysSoInWords(string hex, string expected) =>
        Assert.Equal(expected, PacketText.Format(Convert.FromHexString(hex), DeviceLayer.Frame));

    [Theory]
    [InlineData("", "empty packet")]
    [InlineData("00ff", "unknown packet, first byte 0x00, length 2")]
    [InlineData("4500001c000000004011000001020304050607080001000200", "IP 1.2.3.4.1 > 5.6.7.8.2: truncated-udp, 5 bytes, truncated-ip, 3 bytes missing")]
    [InlineData("45000018000000004001000001020304050607080800aaaa", "IP 1.2.3.4 > 5.6.7.8: truncated-icmp, 4 bytes")]
    [InlineData("450000180000000040fd000001020304050607080800aaaa", "IP 1.2.3.4 > 5.6.7.8: protocol 253, length 4")]
    [InlineData("45000018000000004032000001020304050607080800aaaa", "IP 1.2.3.4 > 5.6.7.8: ESP, length 4")]
    public void Format_PacketThatIsOddOrShort_SaysSoInWords(string hex, string expected) =>
        Assert.Equal(expected, PacketText.Format(Convert.FromHexString(hex), DeviceLayer.Packet));

    [Fact]
    public void Format_Ipv6WithACutExtensionHeader_SaysSo()
    {
        byte[] packet = new byte[44];
        Ipv6View.Write(packet, new Ipv6Header { Source = 1, Destination = 2, NextHeader = IpProtocol.Routing }, 4);
        Assert.Equal("IP6 ::1 > ::2: broken extension header, next 43, length 4", PacketText.Format(packet, DeviceLayer.Packet));
    }

    [Fact]
    public void Format_RouterAdvertisement_ListsPrefixAndMtu()
    {
        RouterAdvertisement advertisement = new() { CurrentHopLimit = 64, IsManaged = true, RouterLifetimeSeconds = 1800 };
        byte[] message = NeighborDiscoveryTests.RouterAdvertisementMessage(
            advertisement, new NdpPrefix { Prefix = new UInt128(0xFD00_0000_0000_0000, 0), PrefixLength = 64 });
        byte[] packet = new byte[40 + message.Length];
        Ipv6View.Write(packet, new Ipv6Header { Source = 1, Destination = 2, NextHeader = IpProtocol.Icmpv6 }, message.Length);
        message.CopyTo(packet, 40);
        Assert.Equal(
            "IP6 ::1 > ::2: ICMP6, router advertisement, hop limit 64, managed, lifetime 1800 s, source 02:00:00:00:00:01, prefix fd00::/64, mtu 1400, length 64",
            PacketText.Format(packet, DeviceLayer.Packet));
    }

    [Fact]
    public void Format_TcpSackAndAllFlags_AreShown()
    {
        byte[] packet = new byte[80];
        byte[] options = [1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 99, 2];
        TcpHeader header = new() { SourcePort = 1, DestinationPort = 2, AcknowledgmentNumber = 9, Flags = (TcpFlags)0x1FF, UrgentPointer = 6 };
        int length = TcpView.Write(packet.AsSpan(20), 1u, 2u, header, options, []);
        length += Ipv4View.Write(packet, new Ipv4Header { Source = 1, Destination = 2, Protocol = IpProtocol.Tcp }, length);
        Assert.Equal(
            "IP 0.0.0.1.1 > 0.0.0.2.2: Flags [FSRP.UEWe], seq 0, ack 9, win 0, urg 6, options [nop,nop,sack 2 {1:2}{3:4},option 99], length 0",
            PacketText.Format(packet.AsSpan(0, length), DeviceLayer.Packet));
    }

    [Fact]
    public void TryFormat_DestinationTooShort_IsFalseAtEveryLength()
    {
        string whole = PacketText.Format(KernelFrames.TcpSyn, DeviceLayer.Frame);
        char[] line = new char[whole.Length];
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.False(PacketText.TryFormat(KernelFrames.TcpSyn, DeviceLayer.Frame, line.AsSpan(0, length), out int front));
            Assert.StartsWith(new string(line, 0, front), whole, StringComparison.Ordinal);
        }

        Assert.True(PacketText.TryFormat(KernelFrames.TcpSyn, DeviceLayer.Frame, line, out int written));
        Assert.Equal(whole, new string(line, 0, written));
    }
}
