// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.Packets.Tests.Offload;

/// <summary>What comes out of the segmenter, packet by packet; <see cref="SegmenterRandomTests"/> has the numbers.</summary>
public sealed class SegmenterTests
{
    private static readonly byte[] s_payload = [.. Enumerable.Range(0, 2500).Select(i => (byte)(i * 7))];

    private static readonly Wire s_tcp = new() { Payload = s_payload, IsUnfinished = true };

    private static readonly Wire s_udp = s_tcp with { IsUdp = true };

    public static TheoryData<bool, bool, int> Shapes
    {
        get
        {
            TheoryData<bool, bool, int> shapes = [];
            foreach (bool isVersion6 in (bool[])[false, true])
            {
                foreach (bool isUdp in (bool[])[false, true])
                {
                    foreach (int tags in (int[])[-1, 0, 1, 4])
                        shapes.Add(isVersion6, isUdp, tags);
                }
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Superpacket_EveryShape_GivesTheSegmentsItStandsFor(bool isVersion6, bool isUdp, int tags)
    {
        Wire packet = s_tcp with { IsVersion6 = isVersion6, IsUdp = isUdp, Tags = tags };

        AssertCut(packet, 1000, packet.Cut(1000));
    }

    [Fact]
    public void Superpacket_OptionsOfIpv4AndTcp_AreInEachSegment()
    {
        Wire packet = s_tcp with { Ipv4Options = [.. new byte[40]], Options = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8] };

        AssertCut(packet, 536, packet.Cut(536));
    }

    [Fact]
    public void Superpacket_Ipv6ExtensionHeader_IsInEachSegment()
    {
        Wire packet = s_tcp with { IsVersion6 = true, Extension = 60 };

        AssertCut(packet, 1220, packet.Cut(1220));
    }

    [Fact]
    public void Superpacket_Ipv6RoutingHeader_TakesTheAddressSummedInTheField()
    {
        // The pseudo-header names the last destination, which only the sender's sum knows (RFC 8200 section 8.1).
        Wire packet = s_tcp with { IsVersion6 = true, Extension = 43 };
        Wire last = packet with { To = 77 };
        byte[] bytes = packet.Build();
        last.Build().AsSpan(last.TransportOffset + 16, 2).CopyTo(bytes.AsSpan(packet.TransportOffset + 16));

        List<byte[]>? segments = Cutting.Run(bytes, DeviceLayer.Packet, packet.Describe(1000), out _);

        List<Wire> expected = last.Cut(1000);
        Assert.Equal(expected.Count, segments?.Count);
        Assert.All(segments!.Zip(expected), s => Assert.Equal(s.Second.Build()[packet.TransportOffset..], s.First[packet.TransportOffset..]));
    }

    [Fact]
    public void Superpacket_FinPshCwr_AreWhereTheyBelong()
    {
        Wire packet = s_tcp with { Flags = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr | TcpFlags.Ece };

        List<byte[]> segments = AssertCut(packet, 1000, packet.Cut(1000));

        TcpFlags[] flags = [.. segments.Select(s => (TcpFlags)s[33])];
        Assert.Equal(
            [TcpFlags.Ack | TcpFlags.Cwr | TcpFlags.Ece, TcpFlags.Ack | TcpFlags.Ece, TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Ece],
            flags);
    }

    [Fact]
    public void Superpacket_IdentificationAndSequence_WrapAround()
    {
        Wire packet = s_tcp with { Identification = 0xFFFF, Sequence = 0xFFFF_FF00 };

        List<byte[]> segments = AssertCut(packet, 1000, packet.Cut(1000));

        Assert.Equal([0xFFFF, 0, 1], segments.Select(s => (int)BinaryPrimitives.ReadUInt16BigEndian(s.AsSpan(4))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(65_535)]
    public void Superpacket_HeaderLengthOfTheKernel_IsNotTrusted(int headerLength)
    {
        GsoInfo gso = s_tcp.Describe(1000) with { HeaderLength = (ushort)headerLength };

        AssertSame(s_tcp.Cut(1000), Cutting.Run(s_tcp.Build(), DeviceLayer.Packet, gso, out _));
    }

    [Fact]
    public void Superpacket_TcpWithoutUnfinishedChecksum_GetsWholeOnes() =>
        AssertSame(
            s_tcp.Cut(1000),
            Cutting.Run((s_tcp with { IsUnfinished = false }).Build(), DeviceLayer.Packet, s_tcp.Describe(1000) with { NeedsChecksum = false }, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    public void Superpacket_OneSegmentOrLess_IsOnePacket(int length)
    {
        Wire packet = s_tcp with { Payload = s_payload[..length], Flags = TcpFlags.Ack | TcpFlags.Psh };

        Assert.Single(AssertCut(packet, 1000, packet.Cut(1000)));
    }

    [Fact]
    public void Segments_OfAPacketOfABatch_LieInTheSlabWithHeadroom()
    {
        PacketBatch batch = new(2);
        batch.TryAdd(s_udp.Build(), s_udp.Describe(700));
        ref readonly Packet packet = ref batch[0];

        Assert.True(Segmenter.TryStart(packet, DeviceLayer.Packet, out Segmenter segmenter, out _));
        int at = packet.Offset;
        List<byte[]> segments = [];
        while (segmenter.TryNext(out Span<byte> segment, PacketBatch.Headroom))
        {
            Assert.True(batch.Slab.Span.Slice(at - PacketBatch.Headroom, segment.Length) == segment);
            segments.Add(segment[PacketBatch.Headroom..].ToArray());
            at += 700;
        }

        AssertSame(s_udp.Cut(700), segments);
    }

    [Fact]
    public void Headroom_MoreThanThereIs_IsTheCallersMistake()
    {
        byte[] bytes = s_tcp.Build();
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            Segmenter.TryStart(bytes, 0, DeviceLayer.Packet, s_tcp.Describe(1000), out Segmenter segmenter, out _);
            segmenter.TryNext(out _, 1);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Segmenter.TryStart(bytes, bytes.Length + 1, DeviceLayer.Packet, default, out _, out _));
    }

    [Fact]
    public void OrdinaryPacket_Complete_ComesAsItIs()
    {
        byte[] bytes = [1, 2, 3];

        Assert.Equal(bytes, Assert.Single(Cutting.Run(bytes, DeviceLayer.Packet, default, out _)!));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void OrdinaryPacket_UnfinishedChecksum_IsFinished(bool isVersion6, bool isUdp, int tags)
    {
        Wire packet = s_tcp with { IsVersion6 = isVersion6, IsUdp = isUdp, Tags = tags, Payload = s_payload[..999] };
        GsoInfo gso = packet.Describe(0) with { Kind = GsoKind.None };

        List<byte[]>? segments = Cutting.Run(packet.Build(), packet.Layer, gso, out _);

        Assert.Equal((packet with { IsUnfinished = false }).Build(), Assert.Single(segments!));
    }

    [Fact]
    public void UnfinishedChecksum_ThatComesToZero_IsStoredAsItsTwin()
    {
        // In UDP, zero would say that there is none (RFC 768).
        byte[] bytes = [0x45, 0, 0, 24, 0xFF, 0xFF, 0, 0];
        GsoInfo gso = new() { NeedsChecksum = true, ChecksumStart = 4, ChecksumOffset = 2 };

        Assert.Equal([0x45, 0, 0, 24, 0xFF, 0xFF, 0xFF, 0xFF], Assert.Single(Cutting.Run(bytes, DeviceLayer.Packet, gso, out _)!));
    }

    public static TheoryData<string, SegmentRefusal> Refused => new()
    {
        { "empty", SegmentRefusal.HeaderTruncated },
        { "ip cut", SegmentRefusal.HeaderTruncated },
        { "options cut", SegmentRefusal.HeaderTruncated },
        { "tcp cut", SegmentRefusal.HeaderTruncated },
        { "tcp options cut", SegmentRefusal.HeaderTruncated },
        { "tcp header of 16 bytes", SegmentRefusal.HeaderTruncated },
        { "ethernet cut", SegmentRefusal.HeaderTruncated },
        { "five tags", SegmentRefusal.HeaderTruncated },
        { "extension headers", SegmentRefusal.HeaderTooLong },
        { "ipv6 as ipv4", SegmentRefusal.KindMismatch },
        { "ipv4 as ipv6", SegmentRefusal.KindMismatch },
        { "udp as tcp", SegmentRefusal.KindMismatch },
        { "tcp as udp", SegmentRefusal.KindMismatch },
        { "version 5", SegmentRefusal.KindMismatch },
        { "frame of another type", SegmentRefusal.KindMismatch },
        { "authentication header", SegmentRefusal.KindMismatch },
        { "ufo", SegmentRefusal.KindNotSupported },
        { "unknown kind", SegmentRefusal.KindNotSupported },
        { "size 0", SegmentRefusal.SegmentSizeZero },
        { "longer than it says", SegmentRefusal.LengthMismatch },
        { "shorter than it says", SegmentRefusal.LengthMismatch },
        { "ipv6 longer", SegmentRefusal.LengthMismatch },
        { "fragment", SegmentRefusal.Fragment },
        { "ipv6 fragment", SegmentRefusal.Fragment },
        { "checksum past the end", SegmentRefusal.ChecksumOutOfRange },
        { "checksum start past the end", SegmentRefusal.ChecksumOutOfRange },
        { "checksum start elsewhere", SegmentRefusal.ChecksumMisplaced },
        { "checksum offset elsewhere", SegmentRefusal.ChecksumMisplaced },
        { "udp without unfinished checksum", SegmentRefusal.ChecksumMissing },
        { "routing header without unfinished checksum", SegmentRefusal.ChecksumMissing },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void HostilePacket_IsRefusedByName(string what, SegmentRefusal expected)
    {
        Wire v6 = s_tcp with { IsVersion6 = true };
        GsoInfo tcp = s_tcp.Describe(1000);
        (byte[] bytes, GsoInfo gso, DeviceLayer layer) = what switch
        {
            "empty" => ([], tcp, DeviceLayer.Packet),
            "ip cut" => (s_tcp.Build()[..19], tcp, DeviceLayer.Packet),
            "options cut" => Changed(b => b[0] = 0x4F, s_tcp with { Payload = [] }),
            "tcp cut" => (Relength(s_tcp.Build()[..39]), tcp, DeviceLayer.Packet),
            "tcp options cut" => Changed(b => b[32] |= 0xF0, s_tcp with { Payload = [] }),
            "tcp header of 16 bytes" => Changed(b => b[32] = 0x40, s_tcp),
            "ethernet cut" => ((s_tcp with { Tags = 1 }).Build()[..16], tcp, DeviceLayer.Frame),
            "five tags" => ((s_tcp with { Tags = 5 }).Build(), tcp, DeviceLayer.Frame),
            "extension headers" => Changed(b => b[41] = 20, v6 with { Extension = 60 }),
            "ipv6 as ipv4" => (v6.Build(), tcp, DeviceLayer.Packet),
            "ipv4 as ipv6" => (s_tcp.Build(), v6.Describe(1000), DeviceLayer.Packet),
            "udp as tcp" => (s_udp.Build(), tcp, DeviceLayer.Packet),
            "tcp as udp" => (s_tcp.Build(), s_udp.Describe(1000), DeviceLayer.Packet),
            "version 5" => Changed(b => b[0] = 0x55, s_udp),
            "frame of another type" => Changed(b => b[13] = 1, s_tcp with { Tags = 0 }),
            "authentication header" => (Of(v6 with { Extension = 51 })),
            "ufo" => (s_udp.Build(), s_udp.Describe(1000) with { Kind = GsoKind.Udp }, DeviceLayer.Packet),
            "unknown kind" => (s_udp.Build(), s_udp.Describe(1000) with { Kind = (GsoKind)0x20 }, DeviceLayer.Packet),
            "size 0" => (s_tcp.Build(), s_tcp.Describe(0), DeviceLayer.Packet),
            "longer than it says" => Of(s_tcp with { Padding = 1 }),
            "shorter than it says" => (s_tcp.Build()[..^1], tcp, DeviceLayer.Packet),
            "ipv6 longer" => Of(v6 with { Padding = 1 }),
            "fragment" => Of(s_tcp with { Fragment = 0x2000 }),
            "ipv6 fragment" => Of(v6 with { Extension = 44 }),
            "checksum past the end" => (new byte[20], new() { NeedsChecksum = true, ChecksumStart = 10, ChecksumOffset = 9 }, DeviceLayer.Packet),
            "checksum start past the end" => (new byte[20], new() { NeedsChecksum = true, ChecksumStart = 65_535, ChecksumOffset = 65_535 }, DeviceLayer.Packet),
            "checksum start elsewhere" => (s_tcp.Build(), tcp with { ChecksumStart = 24 }, DeviceLayer.Packet),
            "checksum offset elsewhere" => (s_tcp.Build(), tcp with { ChecksumOffset = 6 }, DeviceLayer.Packet),
            "udp without unfinished checksum" => (s_udp.Build(), s_udp.Describe(1000) with { NeedsChecksum = false }, DeviceLayer.Packet),
            "routing header without unfinished checksum" =>
                ((v6 with { Extension = 43 }).Build(), v6.Describe(1000) with { NeedsChecksum = false }, DeviceLayer.Packet),
            _ => throw new ArgumentException(what),
        };

        Assert.Null(Cutting.Run(bytes, layer, gso, out SegmentRefusal refusal));
        Assert.Equal(expected, refusal);
    }

    private static (byte[], GsoInfo, DeviceLayer) Of(Wire packet) => (packet.Build(), packet.Describe(1000), packet.Layer);

    private static (byte[], GsoInfo, DeviceLayer) Changed(Action<byte[]> change, Wire packet)
    {
        byte[] bytes = packet.Build();
        change(bytes);
        return (bytes, packet.Describe(1000), packet.Layer);
    }

    private static byte[] Relength(byte[] ipv4)
    {
        BinaryPrimitives.WriteUInt16BigEndian(ipv4.AsSpan(2), (ushort)ipv4.Length);
        return ipv4;
    }

    private static List<byte[]> AssertCut(Wire packet, int segmentSize, List<Wire> expected)
    {
        List<byte[]>? segments = Cutting.Run(packet.Build(), packet.Layer, packet.Describe(segmentSize), out SegmentRefusal refusal);
        Assert.Equal(SegmentRefusal.None, refusal);
        AssertSame(expected, segments);
        return segments!;
    }

    private static void AssertSame(List<Wire> expected, List<byte[]>? segments)
    {
        Assert.Equal(expected.Count, segments?.Count);
        Assert.All(expected.Zip(segments!), p => Assert.Equal(p.First.Build(), p.Second));
    }
}
