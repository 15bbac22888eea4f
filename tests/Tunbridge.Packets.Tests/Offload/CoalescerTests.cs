// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>Each rule of docs/offload.md by itself.</summary>
public sealed class CoalescerTests
{
    private static readonly Wire s_first = new() { Payload = Payload(100), Identification = 7, TrafficClass = 2 };

    private static readonly Wire s_next = s_first with { Sequence = 200, Identification = 8, Payload = Payload(100, 1) };

    // What makes the second of two packets that would merge one that must not.
    private static readonly Dictionary<string, Func<Wire, Wire>> s_differences = new()
    {
        ["source address"] = w => w with { From = 9 },
        ["destination address"] = w => w with { To = 9 },
        ["source port"] = w => w with { SourcePort = 9 },
        ["destination port"] = w => w with { DestinationPort = 9 },
        ["traffic class"] = w => w with { TrafficClass = 6 },
        ["congestion mark"] = w => w with { TrafficClass = 3 },
        ["time to live"] = w => w with { HopLimit = 63 },
        ["bad checksum"] = w => w with { HasBadChecksum = true },
        ["no payload"] = w => w with { Payload = [] },
        ["longer payload"] = w => w with { Payload = Payload(101) },
        ["padding"] = w => w with { Padding = 3 },
    };

    private static readonly Dictionary<string, Func<Wire, Wire>> s_tcpDifferences = new()
    {
        ["sequence, a gap"] = w => w with { Sequence = w.Sequence + 1 },
        ["sequence, an overlap"] = w => w with { Sequence = w.Sequence - 1 },
        ["sequence, the same again"] = w => w with { Sequence = 100 },
        ["acknowledgment"] = w => w with { Acknowledgment = 501 },
        ["window"] = w => w with { Window = 4097 },
        ["urgent pointer"] = w => w with { Urgent = 1 },
        ["options"] = w => w with { Options = [1, 1, 1, 1] },
        ["reserved bits"] = w => w with { ReservedBits = 1 },
        ["SYN"] = w => w with { Flags = TcpFlags.Ack | TcpFlags.Syn },
        ["FIN"] = w => w with { Flags = TcpFlags.Ack | TcpFlags.Fin },
        ["RST"] = w => w with { Flags = TcpFlags.Ack | TcpFlags.Rst },
        ["URG"] = w => w with { Flags = TcpFlags.Ack | TcpFlags.Urg },
        ["ECE"] = w => w with { Flags = TcpFlags.Ack | TcpFlags.Ece },
        ["CWR"] = w => w with { Flags = TcpFlags.Ack | TcpFlags.Cwr },
        ["accurate ECN"] = w => w with { Flags = TcpFlags.Ack | TcpFlags.AccurateEcn },
        ["no checksum"] = w => w with { HasNoChecksum = true },
        ["no ACK"] = w => w with { Flags = TcpFlags.Psh },
    };

    private static readonly Dictionary<string, Func<Wire, Wire>> s_ipv4Differences = new()
    {
        ["DF"] = w => w with { Fragment = 0 },
        ["reserved bit"] = w => w with { Fragment = 0xC000 },
        ["more fragments"] = w => w with { Fragment = 0x2000 },
        ["fragment offset"] = w => w with { Fragment = 0x0001 },
        ["options"] = w => w with { Ipv4Options = [1, 1, 1, 1] },
        ["header checksum"] = w => w with { HasBadHeaderChecksum = true },
    };

    private static readonly Dictionary<string, Func<Wire, Wire>> s_ipv6Differences = new()
    {
        ["flow label"] = w => w with { FlowLabel = 1 },
        ["extension header"] = w => w with { Extension = 60 },
        ["fragment header"] = w => w with { Extension = 44 },
    };

    private static readonly Dictionary<string, Func<Wire, Wire>> s_frameDifferences = new()
    {
        ["hardware address"] = w => w with { Mac = 9 },
        ["tag"] = w => w with { VlanId = 9 },
        ["number of tags"] = w => w with { Tags = 2 },
    };

    public static TheoryData<string, bool, bool, int> Differences
    {
        get
        {
            TheoryData<string, bool, bool, int> rows = [];
            foreach ((bool isVersion6, bool isUdp, int tags) in Shapes())
            {
                IEnumerable<string> names = s_differences.Keys.Concat(isUdp ? ["no checksum"] : s_tcpDifferences.Keys.AsEnumerable())
                    .Concat(isVersion6 ? s_ipv6Differences.Keys : s_ipv4Differences.Keys.Select(k => "IPv4 " + k))
                    .Concat(tags < 1 ? [] : s_frameDifferences.Keys);
                foreach (string name in names)
                    rows.Add(name, isVersion6, isUdp, tags);
            }

            return rows;
        }
    }

    public static TheoryData<bool, bool, int> EveryShape
    {
        get
        {
            TheoryData<bool, bool, int> rows = [];
            foreach ((bool isVersion6, bool isUdp, int tags) in Shapes())
                rows.Add(isVersion6, isUdp, tags);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(EveryShape))]
    public void TwoPackets_InSequence_Merge(bool isVersion6, bool isUdp, int tags)
    {
        Wire first = s_first with { IsVersion6 = isVersion6, IsUdp = isUdp, Tags = tags };
        Wire next = s_next with { IsVersion6 = isVersion6, IsUdp = isUdp, Tags = tags };

        AssertGroups([[0, 1]], first, next);
    }

    [Theory]
    [MemberData(nameof(Differences))]
    public void TwoPackets_ThatDiffer_StayApart(string what, bool isVersion6, bool isUdp, int tags)
    {
        Func<Wire, Wire> change = s_differences.GetValueOrDefault(what) ?? s_frameDifferences.GetValueOrDefault(what)
            ?? (what.StartsWith("IPv4 ", StringComparison.Ordinal) ? s_ipv4Differences[what[5..]] : null)
            ?? s_tcpDifferences.GetValueOrDefault(what) ?? s_ipv6Differences[what];
        Wire first = s_first with { IsVersion6 = isVersion6, IsUdp = isUdp, Tags = tags };
        Wire next = s_next with { IsVersion6 = isVersion6, IsUdp = isUdp, Tags = tags };

        AssertGroups([[0], [1]], first, change(next));
        if (what is not ("longer payload" or "sequence, the same again"))
            AssertGroups([[0], [1]], change(first), next);
    }

    [Fact]
    public void Identification_OutOfSequenceWithoutDontFragment_StaysApart()
    {
        Wire first = s_first with { Fragment = 0 }, next = s_next with { Fragment = 0 };

        AssertGroups([[0, 1]], first, next);
        AssertGroups([[0], [1]], first, next with { Identification = 9 });
        AssertGroups([[0], [1]], first, next with { Identification = 7 });
        AssertGroups([[0, 1]], first with { Identification = 0xFFFF }, next with { Identification = 0 });
    }

    [Fact]
    public void Identification_WithDontFragment_MeansNothing() =>
        AssertGroups([[0, 1]], s_first, s_next with { Identification = 0 });

    [Fact]
    public void Push_EndsTheGroupAndStays()
    {
        Wire pushed = s_next with { Flags = TcpFlags.Ack | TcpFlags.Psh };

        Coalescer coalescer = AssertGroups([[0, 1], [2]], s_first, pushed, s_next with { Sequence = 300, Identification = 9 });
        Assert.Equal(TcpFlags.Ack | TcpFlags.Psh, (TcpFlags)coalescer[0].Headers[33]);
        AssertGroups([[0], [1]], s_first with { Flags = TcpFlags.Ack | TcpFlags.Psh }, s_next);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ShorterPayload_EndsTheGroup(bool isUdp)
    {
        Wire first = s_first with { IsUdp = isUdp };
        Wire shorter = s_next with { IsUdp = isUdp, Payload = Payload(99) };

        AssertGroups([[0, 1], [2]], first, shorter, shorter with { Sequence = 299, Identification = 9 });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SixtyFourPackets_AreTheMost(bool isUdp)
    {
        Wire[] packets = [.. (s_first with { IsUdp = isUdp, Payload = Payload(6500) }).Cut(100)];

        AssertGroups([[.. Enumerable.Range(0, 64)], [64]], packets);
    }

    [Theory]
    [InlineData(false, false, 40)]
    [InlineData(true, false, 60)]
    [InlineData(false, true, 28)]
    [InlineData(true, true, 48)]
    public void TotalLength_Of65535_IsTheMost(bool isVersion6, bool isUdp, int headers)
    {
        int most = 65_535 - headers;
        Wire whole = s_first with { IsVersion6 = isVersion6, IsUdp = isUdp, Payload = Payload(most) };
        int size = (most / 2) + 1;

        AssertGroups([[0, 1]], [.. whole.Cut(size)]);
        AssertGroups([[0], [1]], [.. (whole with { Payload = Payload(most + 1) }).Cut(size)]);
    }

    [Fact]
    public void Predecessor_ThatComesLater_IsPutBefore()
    {
        Wire third = s_next with { Sequence = 300, Identification = 9, Flags = TcpFlags.Ack | TcpFlags.Psh, Payload = Payload(50) };

        AssertGroups([[1, 0]], s_next, s_first);
        AssertGroups([[2, 1, 0]], third, s_next, s_first);
        AssertGroups([[2, 0, 1]], s_next, third, s_first);
    }

    [Fact]
    public void Predecessor_ThatDoesNotFit_StaysApart()
    {
        Wire third = s_next with { Sequence = 300, Identification = 9 };

        AssertGroups([[0], [1]], s_next, s_first with { Flags = TcpFlags.Ack | TcpFlags.Psh });
        AssertGroups([[0], [1]], s_next, s_first with { Sequence = 150, Payload = Payload(50) });
        AssertGroups([[0, 1], [2]], s_next, third, s_first with { Sequence = 99, Payload = Payload(101) });
        AssertGroups([[0], [1]], s_next with { Fragment = 0 }, s_first with { Fragment = 0, Identification = 6 });
        AssertGroups([[0], [1]], s_next with { IsUdp = true, Fragment = 0 }, s_first with { IsUdp = true, Fragment = 0 });
    }

    [Fact]
    public void LongerPredecessor_OfASinglePacket_IsPutBeforeAndEndsTheGroup()
    {
        Wire longer = s_first with { Sequence = 50, Payload = Payload(150) };

        AssertGroups([[1, 0], [2]], s_next, longer, s_next with { Sequence = 300, Identification = 9 });
    }

    [Fact]
    public void PureAcknowledgment_PassesInItsPlace()
    {
        Wire third = s_next with { Sequence = 300, Identification = 10 };
        Wire acknowledgment = s_next with { Sequence = 300, Payload = [], Identification = 9 };

        AssertGroups([[0, 1], [2], [3]], s_first, s_next, acknowledgment, third);
    }

    [Fact]
    public void DamagedPacket_PassesAsItIsAndClosesItsFlow()
    {
        Wire third = s_next with { Sequence = 300, Identification = 9 };

        AssertGroups([[0], [1], [2]], s_first, s_next with { HasBadChecksum = true }, third);
        AssertGroups([[0], [1, 2]], s_first with { HasBadChecksum = true }, s_next, third);
    }

    [Fact]
    public void NoChecksum_OfADatagramWhoseChecksumWouldBeZero_IsStillNone()
    {
        // Its sum is right with a field of 0, too; but it says that there is none, and a segment would have 0xFFFF.
        Wire first = SumToZero(s_first with { IsUdp = true }), next = SumToZero(s_next with { IsUdp = true });

        AssertGroups([[0, 1]], first, next);
        AssertGroups([[0], [1]], first, next with { HasNoChecksum = true });
        AssertGroups([[0], [1]], first with { HasNoChecksum = true }, next with { HasNoChecksum = true });
    }

    private static Wire SumToZero(Wire datagram)
    {
        byte[] payload = [.. datagram.Payload[..98], 0, 0];
        (datagram with { Payload = payload }).Build().AsSpan(datagram.TransportOffset + 6, 2).CopyTo(payload.AsSpan(98));
        return datagram with { Payload = payload };
    }

    [Fact]
    public void Flows_Interleaved_MergeEachByItself()
    {
        Wire other = s_first with { SourcePort = 1001 }, otherNext = s_next with { SourcePort = 1001 };

        AssertGroups([[0, 2], [1, 3]], s_first, other, s_next, otherNext);
    }

    [Theory]
    [InlineData("ARP", true)]
    [InlineData("ICMP", true)]
    [InlineData("fragment", false)]
    [InlineData("options", false)]
    [InlineData("superpacket", false)]
    public void PacketOfNoKnownFlow_BetweenTwo(string what, bool leavesOpen)
    {
        Wire first = s_first with { Tags = 0 }, next = s_next with { Tags = 0 };
        byte[] between = what switch
        {
            "ARP" => [.. (first with { Payload = [] }).Build()[..12], 8, 6, .. new byte[28]],
            "fragment" => (first with { Fragment = 0x2000, SourcePort = 5 }).Build(),
            "options" => (first with { Ipv4Options = [1, 1, 1, 1], SourcePort = 5 }).Build(),
            _ => (first with { SourcePort = 5 }).Build(),
        };
        if (what == "ICMP")
            between[14 + 9] = 1;
        byte[] a = first.Build(), b = next.Build();
        Coalescer coalescer = new(DeviceLayer.Frame);
        coalescer.Start((byte[])[.. a, .. between, .. b]);
        coalescer.Add(0, a.Length);
        coalescer.Add(a.Length, between.Length, what == "superpacket" ? first.Describe(50) : default);
        coalescer.Add(a.Length + between.Length, b.Length);

        Assert.Equal(leavesOpen ? 2 : 3, coalescer.Count);
        Assert.Equal(what == "superpacket" ? first.Describe(50) : default, coalescer[1].Gso);
        Assert.Equal(between, Joining.BytesOf(coalescer[1]));
    }

    [Fact]
    public void Disable_OfAKind_StopsItAndNoOther()
    {
        Coalescer coalescer = new(DeviceLayer.Packet);
        coalescer.Disable(GsoKind.UdpL4);
        Wire datagram = s_first with { IsUdp = true }, nextDatagram = s_next with { IsUdp = true };

        List<List<int>> groups = Joining.Run(coalescer, [datagram.Build(), nextDatagram.Build(), s_first.Build(), s_next.Build()]);

        Assert.Equal([[0], [1], [2, 3]], groups);
        Assert.False(coalescer.IsEnabled(GsoKind.UdpL4));
        Assert.True(coalescer.IsEnabled(GsoKind.TcpV4));
        Assert.False(coalescer.IsEnabled(GsoKind.None));
    }

    [Fact]
    public void Group_Merged_IsASuperpacketAsTheKernelMakesIt()
    {
        Wire whole = s_first with { Payload = [.. s_first.Payload, .. s_next.Payload], IsUnfinished = true };
        Coalescer coalescer = AssertGroups([[0, 1]], s_first, s_next);

        Assert.Equal(whole.Build(), Joining.BytesOf(coalescer[0]));
        Assert.Equal(whole.Describe(100), coalescer[0].Gso);
        Assert.Equal(40, coalescer[0].Headers.Length);
    }

    [Fact]
    public void Start_WithABatch_TakesWhatFits()
    {
        PacketBatch batch = new(8);
        foreach (Wire packet in (s_first with { Payload = Payload(500) }).Cut(100))
            batch.TryAdd(packet.Build());
        Coalescer coalescer = new(DeviceLayer.Packet, capacity: 3);

        Assert.Equal(3, coalescer.Start(batch));
        Assert.True(coalescer.IsFull);
        Assert.Equal(1, coalescer.Count);
        Assert.Throws<InvalidOperationException>(() => coalescer.Add(0, 1));
        Assert.Equal(2, coalescer.Start(batch, first: 3));
    }

    [Fact]
    public void Add_OutsideTheSlab_IsTheCallersMistake()
    {
        Coalescer coalescer = new(DeviceLayer.Packet);
        coalescer.Start(new byte[10]);

        Assert.Throws<ArgumentOutOfRangeException>(() => coalescer.Add(5, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => coalescer.Add(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => coalescer.Add(int.MaxValue, int.MaxValue));
        Assert.Equal(0, coalescer.Count);
    }

    private static IEnumerable<(bool IsVersion6, bool IsUdp, int Tags)> Shapes() =>
        from isVersion6 in (bool[])[false, true]
        from isUdp in (bool[])[false, true]
        from tags in (int[])[-1, 1]
        select (isVersion6, isUdp, tags);

    private static byte[] Payload(int length, byte start = 0) => [.. Enumerable.Range(start, length).Select(i => (byte)i)];

    private static Coalescer AssertGroups(List<List<int>> expected, params Wire[] packets)
    {
        Coalescer coalescer = new(packets[0].Layer);
        Assert.Equal(expected, Joining.Run(coalescer, [.. packets.Select(p => p.Build())]));
        return coalescer;
    }
}
