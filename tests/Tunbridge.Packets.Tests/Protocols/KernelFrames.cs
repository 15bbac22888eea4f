// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>
/// Frames that a real Linux kernel (6.x) sent. Provenance: two network namespaces joined by a veth pair with transmit
/// checksum offload off (ethtool -K … tx off), 02:00:00:00:00:01 with 192.168.0.1/24 and fd00::1/64, 02:00:00:00:00:02
/// with 192.168.0.2/24 and fd00::2/64; ping, ping -s 2000, ping -R, ping -t 1, Python sockets; recorded with tcpdump,
/// printed with tcpdump -xx. "Snapped" ones are cut to 96 bytes, as by tcpdump -s 96. The comment above each is what
/// tcpdump 4.99.3 -n says of it.
/// </summary>
internal static class KernelFrames
{
    // ARP, Request who-has 192.168.0.2 tell 192.168.0.1, length 28
    public static readonly byte[] ArpRequest = Convert.FromHexString("ffffffffffff02000000000108060001080006040001020000000001c0a80001000000000000c0a80002");

    // ARP, Reply 192.168.0.2 is-at 02:00:00:00:00:02, length 28
    public static readonly byte[] ArpReply = Convert.FromHexString("02000000000102000000000208060001080006040002020000000002c0a80002020000000001c0a80001");

    // IP 192.168.0.1 > 192.168.0.2: ICMP echo request, id 4610, seq 1, length 64
    public static readonly byte[] IcmpEchoRequest = Convert.FromHexString(
        "0200000000020200000000010800450000546d04400040014c51c0a80001c0a800020800082912020001e1d8026b0000" +
        "00002cbd0e0000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435" +
        "3637");

    // IP 192.168.0.2 > 192.168.0.1: ICMP echo reply, id 4610, seq 1, length 64
    public static readonly byte[] IcmpEchoReply = Convert.FromHexString(
        "020000000001020000000002080045000054fe8e00004001fac6c0a80002c0a800010000102912020001e1d8026b0000" +
        "00002cbd0e0000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435" +
        "3637");

    // IP 192.168.0.1 > 192.168.0.2: ICMP echo request, id 4614, seq 1, length 64
    public static readonly byte[] IcmpEchoWithRecordRoute = Convert.FromHexString(
        "02000000000202000000000108004f00007c6dc34000400158b1c0a80001c0a8000201072708c0a80001000000000000" +
        "0000000000000000000000000000000000000000000000000000080062ab12060001e3d8026b00000000de3600000000" +
        "0000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637");

    // IP 192.168.0.2 > 192.168.0.1: ICMP 192.168.0.2 udp port 9 unreachable, length 41
    public static readonly byte[] IcmpPortUnreachable = Convert.FromHexString(
        "020000000001020000000002080045c0003dff3900004001f972c0a80002c0a8000103037e6f0000000045000021379a" +
        "4000401181dec0a80001c0a800029c400009000d9e6468656c6c6f");

    // IP 192.168.0.2 > 192.168.0.1: ICMP time exceeded in-transit, length 92
    public static readonly byte[] IcmpTimeExceeded = Convert.FromHexString(
        "020000000001020000000002080045c00070061e00004001f25bc0a80002c0a800010b00f4ff000000004500005400c1" +
        "40000101ae2dc0a800010a09000908001599161d0001fbd8026b00000000063209000000000010111213141516171819" +
        "1a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637");

    // IP 192.168.0.2 > 192.168.0.1: ICMP 10.9.0.9 unreachable - need to frag (mtu 576), length 556
    public static readonly byte[] IcmpFragmentationNeededSnapped = Convert.FromHexString(
        "020000000001020000000002080045c00240061f00004001f08ac0a80002c0a800010304ffaf00000240450004040000" +
        "400040016c3ec0a800010a09000908003619161e0001fbd8026b000000004b4009000000000010111213141516171819");

    // IP 192.168.0.1 > 192.168.0.2: ICMP echo request, id 4612, seq 1, length 1480
    public static readonly byte[] Ipv4FirstFragmentSnapped = Convert.FromHexString(
        "0200000000020200000000010800450005dc6dc220004001660bc0a80001c0a8000208004eb812040001e3d8026b0000" +
        "0000a516000000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435");

    // IP 192.168.0.1 > 192.168.0.2: ip-proto-1
    public static readonly byte[] Ipv4LaterFragmentSnapped = Convert.FromHexString(
        "0200000000020200000000010800450002246dc200b94001890ac0a80001c0a80002c0c1c2c3c4c5c6c7c8c9cacbcccd" +
        "cecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfd");

    // IP 192.168.0.1.40000 > 192.168.0.2.9: UDP, length 5
    public static readonly byte[] Udp4 = Convert.FromHexString("020000000002020000000001080045000021379a4000401181dec0a80001c0a800029c400009000d9e6468656c6c6f");

    // IP 192.168.0.1.46516 > 192.168.0.2.9: Flags [S], seq 1254836395, win 64240, options [mss 1460,sackOK,TS val 810502026 ecr 0,nop,wscale 10], length 0
    public static readonly byte[] TcpSyn = Convert.FromHexString(
        "02000000000202000000000108004500003c6413400040065555c0a80001c0a80002b5b400094acb48ab00000000a002" +
        "faf00aab0000020405b40402080a304f478a000000000103030a");

    // IP 192.168.0.2.7 > 192.168.0.1.38658: Flags [S.], seq 2800718338, ack 3322407774, win 65160, options [mss 1460,sackOK,TS val 2870073925 ecr 197039858,nop,wscale 10], length 0
    public static readonly byte[] TcpSynAck = Convert.FromHexString(
        "02000000000102000000000208004500003c000040004006b968c0a80002c0a8000100079702a6ef9202c607eb5ea012" +
        "fe881ea60000020405b40402080aab11da450bbe96f20103030a");

    // IP 192.168.0.2.7 > 192.168.0.1.38658: Flags [P.], seq 2800718339:2800718343, ack 3322407778, win 64, options [nop,nop,TS val 2870073925 ecr 197039858], length 4
    public static readonly byte[] TcpData = Convert.FromHexString(
        "0200000000010200000000020800450000383ac0400040067eacc0a80002c0a8000100079702a6ef9203c607eb628018" +
        "00406cdd00000101080aab11da450bbe96f270696e67");

    // IP 192.168.0.2.9 > 192.168.0.1.46516: Flags [R.], seq 0, ack 1254836396, win 0, length 0
    public static readonly byte[] TcpReset = Convert.FromHexString(
        "020000000001020000000002080045000028000040004006b97cc0a80002c0a800010009b5b4000000004acb48ac5014" +
        "0000e5470000");

    // IP6 fd00::1 > fd00::2: ICMP6, echo request, id 4611, seq 1, length 64
    public static readonly byte[] Icmpv6EchoRequest = Convert.FromHexString(
        "02000000000202000000000186dd600c1d4600403a40fd000000000000000000000000000001fd000000000000000000" +
        "0000000000028000359312030001e1d8026b000000008cd20e0000000000101112131415161718191a1b1c1d1e1f2021" +
        "22232425262728292a2b2c2d2e2f3031323334353637");

    // IP6 fd00::1 > ff02::1:ff00:2: ICMP6, neighbor solicitation, who has fd00::2, length 32
    public static readonly byte[] NeighborSolicitation = Convert.FromHexString(
        "3333ff00000202000000000186dd6000000000203afffd000000000000000000000000000001ff020000000000000000" +
        "0001ff00000287007d9700000000fd0000000000000000000000000000020101020000000001");

    // IP6 :: > ff02::1:ff00:1: ICMP6, neighbor solicitation, who has fe80::ff:fe00:1, length 32
    public static readonly byte[] NeighborSolicitationProbe = Convert.FromHexString(
        "3333ff00000102000000000186dd6000000000203aff00000000000000000000000000000000ff020000000000000000" +
        "0001ff00000187009ad100000000fe80000000000000000000fffe0000010e01b3f45eb2c1a3");

    // IP6 fd00::2 > fd00::1: ICMP6, neighbor advertisement, tgt is fd00::2, length 32
    public static readonly byte[] NeighborAdvertisement = Convert.FromHexString(
        "02000000000102000000000286dd6000000000203afffd000000000000000000000000000002fd000000000000000000" +
        "00000000000188001c9a60000000fd0000000000000000000000000000020201020000000002");

    // IP6 fe80::ff:fe00:1 > ff02::2: ICMP6, router solicitation, length 16
    public static readonly byte[] RouterSolicitation = Convert.FromHexString(
        "33330000000202000000000186dd6000000000103afffe80000000000000000000fffe000001ff020000000000000000" +
        "00000000000285007b2c000000000101020000000001");

    // IP6 :: > ff02::16: HBH ICMP6, multicast listener report v2, 1 group record(s), length 28
    public static readonly byte[] MulticastListenerReport = Convert.FromHexString(
        "33330000001602000000000286dd600000000024000100000000000000000000000000000000ff020000000000000000" +
        "0000000000163a000502000001008f006f880000000104000000ff0200000000000000000001ff000002");

    // IP6 fd00::1 > fd00::2: frag (1448|560)
    public static readonly byte[] Ipv6LaterFragmentSnapped = Convert.FromHexString(
        "02000000000202000000000186dd600c1d4602382c40fd000000000000000000000000000001fd000000000000000000" +
        "0000000000023a0005a8f0e2e645a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1");

    // IP6 fd00::1.40000 > fd00::2.9: UDP, length 6
    public static readonly byte[] Udp6 = Convert.FromHexString(
        "02000000000202000000000186dd6001138b000e1140fd000000000000000000000000000001fd000000000000000000" +
        "0000000000029c400009000e257c68656c6c6f36");

    // IP6 fd00::2 > fd00::1: ICMP6, destination unreachable, unreachable port, fd00::2 udp port 9, length 62
    public static readonly byte[] Icmpv6PortUnreachable = Convert.FromHexString(
        "02000000000102000000000286dd600399ef003e3a40fd000000000000000000000000000002fd000000000000000000" +
        "00000000000101047fc3000000006001138b000e1140fd000000000000000000000000000001fd000000000000000000" +
        "0000000000029c400009000e257c68656c6c6f36");

    public static readonly IReadOnlyDictionary<string, byte[]> All = new Dictionary<string, byte[]>
    {
        [nameof(ArpRequest)] = ArpRequest,
        [nameof(ArpReply)] = ArpReply,
        [nameof(IcmpEchoRequest)] = IcmpEchoRequest,
        [nameof(IcmpEchoReply)] = IcmpEchoReply,
        [nameof(IcmpEchoWithRecordRoute)] = IcmpEchoWithRecordRoute,
        [nameof(IcmpPortUnreachable)] = IcmpPortUnreachable,
        [nameof(IcmpTimeExceeded)] = IcmpTimeExceeded,
        [nameof(IcmpFragmentationNeededSnapped)] = IcmpFragmentationNeededSnapped,
        [nameof(Ipv4FirstFragmentSnapped)] = Ipv4FirstFragmentSnapped,
        [nameof(Ipv4LaterFragmentSnapped)] = Ipv4LaterFragmentSnapped,
        [nameof(Udp4)] = Udp4,
        [nameof(TcpSyn)] = TcpSyn,
        [nameof(TcpSynAck)] = TcpSynAck,
        [nameof(TcpData)] = TcpData,
        [nameof(TcpReset)] = TcpReset,
        [nameof(Icmpv6EchoRequest)] = Icmpv6EchoRequest,
        [nameof(NeighborSolicitation)] = NeighborSolicitation,
        [nameof(NeighborSolicitationProbe)] = NeighborSolicitationProbe,
        [nameof(NeighborAdvertisement)] = NeighborAdvertisement,
        [nameof(RouterSolicitation)] = RouterSolicitation,
        [nameof(MulticastListenerReport)] = MulticastListenerReport,
        [nameof(Ipv6LaterFragmentSnapped)] = Ipv6LaterFragmentSnapped,
        [nameof(Udp6)] = Udp6,
        [nameof(Icmpv6PortUnreachable)] = Icmpv6PortUnreachable,
    };

    /// <summary>Names of all frames, as rows of a theory.</summary>
    public static TheoryData<string> Names => [.. All.Keys];
}
