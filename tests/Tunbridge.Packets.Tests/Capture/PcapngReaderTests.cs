// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets.Capture;

namespace Tunbridge.Packets.Tests.Capture;

public sealed class PcapngReaderTests
{
    public static TheoryData<bool> BothByteOrders => [true, false];

    [Theory]
    [MemberData(nameof(BothByteOrders))]
    public void TryReadPacket_EitherByteOrder_GivesEveryField(bool isLittleEndian)
    {
        var build = new CaptureBuilder(isLittleEndian);
        build.Section(1, build.Option(4, "app"u8.ToArray()))
            .Interface(
                1, 1500, [.. build.Option(2, "eth0"u8.ToArray()), .. build.Option(9, 9), .. build.Option(14, build.U64(5))])
            .Packet([1, 2, 3], 0x1_0000_0001, 0, original: 99, options: build.Option(2, build.U32(1)));
        var reader = new PcapngReader(build.ToStream());

        Assert.True(reader.TryReadPacket(out PcapngPacket packet));
        Assert.Equal([1, 2, 3], packet.Bytes.ToArray());
        Assert.Equal(99, packet.OriginalLength);
        Assert.Equal(5_000_000_000 + 0x1_0000_0001, packet.Nanoseconds);
        Assert.Equal(PacketDirection.Inbound, packet.Direction);
        Assert.Equal(
            new PcapngInterface
            {
                LinkType = PcapngLinkType.Ethernet,
                Name = "eth0",
                SnapLength = 1500,
                TimestampResolution = 9,
                TimestampOffsetSeconds = 5,
            },
            packet.Interface);
        Assert.False(reader.TryReadPacket(out packet));
        Assert.Equal(PcapngReadStatus.End, reader.Status);
        Assert.True(packet.Bytes.IsEmpty);
    }

    [Theory]
    [InlineData(new byte[0], 1_500_000, 1_500_000_000)] // microseconds where the capture does not say
    [InlineData(new byte[] { 9 }, 1_500_000, 1_500_000)]
    [InlineData(new byte[] { 0 }, 2, 2_000_000_000)]
    [InlineData(new byte[] { 12 }, 1_500_000, 1_500)]
    [InlineData(new byte[] { 28 }, long.MaxValue, 0)]
    [InlineData(new byte[] { 29 }, long.MaxValue, 0)]
    [InlineData(new byte[] { 127 }, long.MaxValue, 0)]
    [InlineData(new byte[] { 0x80 }, 3, 3_000_000_000)]
    [InlineData(new byte[] { 0x80 | 1 }, 3, 1_500_000_000)]
    [InlineData(new byte[] { 0xFF }, long.MaxValue, 0)]
    [InlineData(new byte[] { 0 }, long.MaxValue, long.MaxValue)] // held to the range
    public void Nanoseconds_EveryUnit_AreConverted(byte[] resolution, long stamp, long expected)
    {
        var build = new CaptureBuilder(true);
        byte[] options = resolution.Length == 0 ? [] : build.Option(9, resolution);
        build.Section().Interface(options: options).Packet([], (ulong)stamp);

        Assert.True(new PcapngReader(build.ToStream()).TryReadPacket(out PcapngPacket packet));
        Assert.Equal(expected, packet.Nanoseconds);
        Assert.InRange(packet.Time, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
    }

    [Fact]
    public void Nanoseconds_ExtremeOffsets_AreHeldToTheRange()
    {
        foreach (ulong offset in (ulong[])[(ulong)long.MaxValue, 1UL << 63])
        {
            var build = new CaptureBuilder(true);
            build.Section().Interface(options: build.Option(14, build.U64(offset))).Packet([], ulong.MaxValue);
            Assert.True(new PcapngReader(build.ToStream()).TryReadPacket(out PcapngPacket packet));
            Assert.Equal((long)offset < 0 ? long.MinValue : long.MaxValue, packet.Nanoseconds);
            Assert.True(packet.Time.Year is 1677 or 2262);
        }
    }

    [Theory]
    [MemberData(nameof(BothByteOrders))]
    public void TryReadPacket_BlocksItDoesNotKnow_ArePassedOver(bool isLittleEndian)
    {
        var build = new CaptureBuilder(isLittleEndian);
        build.Section().Interface()
            .Block(0x0BAD, new byte[20_000]) // custom, longer than the buffer
            .Block(0x40000BAD, [1, 2, 3, 4])
            .Block(4, new byte[8]) // name resolution
            .Block(5, new byte[12]) // statistics
            .Block(2, new byte[32]) // the obsolete packet block
            .Block(0xDEADBEEF, [])
            .Packet([7]);
        var reader = new PcapngReader(build.ToStream());

        Assert.True(reader.TryReadPacket(out PcapngPacket packet));
        Assert.Equal([7], packet.Bytes.ToArray());
        Assert.False(reader.TryReadPacket(out _));
        Assert.Equal(PcapngReadStatus.End, reader.Status);
    }

    [Fact]
    public void TryReadPacket_SecondSection_NumbersItsInterfacesAnewInItsByteOrder()
    {
        byte[] first = new CaptureBuilder(true).Section().Interface(1).Interface(1).Packet([1], number: 1).ToArray();
        byte[] second = new CaptureBuilder(false).Section().Interface(101).Packet([2]).Packet([3], number: 1).ToArray();
        var reader = new PcapngReader(new MemoryStream([.. first, .. second]));

        Assert.True(reader.TryReadPacket(out PcapngPacket packet));
        Assert.Equal(PcapngLinkType.Ethernet, packet.Interface.LinkType);
        Assert.True(reader.TryReadPacket(out packet));
        Assert.Equal(PcapngLinkType.Raw, packet.Interface.LinkType);
        Assert.False(reader.TryReadPacket(out _)); // interface 1 was the first section's
        Assert.Equal(PcapngReadStatus.Malformed, reader.Status);
    }

    [Fact]
    public void TryReadPacket_SimplePacket_IsCutAtTheSnapLengthOfTheFirstInterface()
    {
        var reader = new PcapngReader(new CaptureBuilder(true).Section().Interface(snapLength: 2)
            .SimplePacket(9, [1, 2]).SimplePacket(1, [5]).ToStream());

        Assert.True(reader.TryReadPacket(out PcapngPacket packet));
        Assert.Equal([1, 2], packet.Bytes.ToArray());
        Assert.Equal(9, packet.OriginalLength);
        Assert.Equal(0, packet.Nanoseconds);
        Assert.True(reader.TryReadPacket(out packet));
        Assert.Equal([5], packet.Bytes.ToArray());
    }

    [Fact]
    public void TryReadPacket_OptionsThatRunOver_AreIgnoredAndThePacketStands()
    {
        var build = new CaptureBuilder(true);
        build.Section().Interface(options: [2, 0, 255, 255]).Packet([1], options: [2, 0, 8, 0, 1, 0, 0, 0]);

        Assert.True(new PcapngReader(build.ToStream()).TryReadPacket(out PcapngPacket packet));
        Assert.Equal([1], packet.Bytes.ToArray());
        Assert.Null(packet.Interface.Name);
        Assert.Equal(PacketDirection.Unknown, packet.Direction);
    }

    [Fact]
    public void TryReadPacket_CutAtEveryByte_GivesTheWholePacketsAndATruncatedEnd()
    {
        var build = new CaptureBuilder(true);
        byte[] whole = build.Section().Interface().Packet([1, 2, 3]).Block(99, [1, 2, 3, 4]).Packet([4]).ToArray();
        int[] blockEnds = [28, 48, 84, 100, 136];
        Assert.Equal(whole.Length, blockEnds[^1]);
        for (int length = 0; length <= whole.Length; length++)
        {
            var reader = new PcapngReader(new MemoryStream(whole, 0, length));
            int packets = 0;
            while (reader.TryReadPacket(out _))
                packets++;

            Assert.Equal((length >= 84 ? 1 : 0) + (length >= 136 ? 1 : 0), packets);
            PcapngReadStatus expected = length < 4 ? PcapngReadStatus.NotPcapng
                : blockEnds.Contains(length) ? PcapngReadStatus.End : PcapngReadStatus.Truncated;
            Assert.True(reader.Status == expected, $"length {length}: {reader.Status}");
        }
    }

    [Fact]
    public void TryReadPacket_StreamThatGivesOneByteAtATime_ReadsTheSame()
    {
        byte[] whole = new CaptureBuilder(true).Section().Interface().Packet(new byte[5000]).Packet([4]).ToArray();
        var reader = new PcapngReader(new DripStream(whole));
        Assert.True(reader.TryReadPacket(out PcapngPacket packet));
        Assert.Equal(5000, packet.Bytes.Length);
        Assert.True(reader.TryReadPacket(out packet));
        Assert.Equal([4], packet.Bytes.ToArray());
        Assert.False(reader.TryReadPacket(out _));
        Assert.Equal(PcapngReadStatus.End, reader.Status);
    }

    public static TheoryData<string, byte[], PcapngReadStatus> Wrong
    {
        get
        {
            var rows = new TheoryData<string, byte[], PcapngReadStatus>();
            void Add(string what, CaptureBuilder build, PcapngReadStatus status) =>
                rows.Add(what, build.ToArray(), status);
            CaptureBuilder New() => new(true);
            CaptureBuilder Begun() => New().Section().Interface();

            rows.Add("nothing", [], PcapngReadStatus.NotPcapng);
            rows.Add("classic pcap", [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, .. new byte[16]], PcapngReadStatus.NotPcapng);
            Add("no section", New().Interface(), PcapngReadStatus.NotPcapng);
            byte[] wrongMagic = [0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 1, 2, 3, 4, .. new byte[16]];
            rows.Add("wrong magic", wrongMagic, PcapngReadStatus.NotPcapng);
            Add("version 2", New().Section(2), PcapngReadStatus.Unsupported);
            Add("section too short", New().Block(0x0A0D0D0A, New().U32(0x1A2B3C4D)), PcapngReadStatus.Malformed);
            Add("length below 12", Begun().Block(6, new byte[20], 8), PcapngReadStatus.Malformed);
            Add("length 0", Begun().Block(99, new byte[20], 0), PcapngReadStatus.Malformed);
            Add("length no multiple of 4", Begun().Block(6, new byte[22]), PcapngReadStatus.Malformed);
            Add("lengths differ", Begun().Block(6, new byte[20], trailer: 36), PcapngReadStatus.Malformed);
            Add("passed block's lengths differ", Begun().Block(99, new byte[20], trailer: 36), PcapngReadStatus.Malformed);
            Add("block of 2 GiB", Begun().Block(6, new byte[20], 0x8000_0000), PcapngReadStatus.Unsupported);
            Add("block of 15 MiB, not there", Begun().Block(6, new byte[20], 15 << 20), PcapngReadStatus.Truncated);
            Add("passed block of 4 GiB", Begun().Block(99, new byte[20], 0xFFFF_FFFC), PcapngReadStatus.Truncated);
            Add("interface too short", New().Section().Block(1, new byte[4]), PcapngReadStatus.Malformed);
            Add("packet too short", Begun().Block(6, new byte[16]), PcapngReadStatus.Malformed);
            Add("unknown interface", Begun().Packet([1], number: 1), PcapngReadStatus.Malformed);
            Add("interface number 2^32 - 1", Begun().Packet([1], number: uint.MaxValue), PcapngReadStatus.Malformed);
            Add("captured more than there is", Begun().Packet([1], captured: 5), PcapngReadStatus.Malformed);
            Add("captured 2^32 - 1", Begun().Packet([1], captured: uint.MaxValue), PcapngReadStatus.Malformed);
            Add("simple packet without interface", New().Section().SimplePacket(1, [1]), PcapngReadStatus.Malformed);
            Add("simple packet too short", Begun().Block(3, []), PcapngReadStatus.Malformed);
            Add("simple packet longer than its block", Begun().SimplePacket(5, [1]), PcapngReadStatus.Malformed);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void TryReadPacket_WrongBytes_EndsWithTheReason(string what, byte[] bytes, PcapngReadStatus expected)
    {
        Assert.NotEmpty(what);
        var reader = new PcapngReader(new MemoryStream(bytes));
        Assert.Equal(PcapngReadStatus.Reading, reader.Status);
        Assert.False(reader.TryReadPacket(out _));
        Assert.Equal(expected, reader.Status);
        Assert.False(reader.TryReadPacket(out _)); // and stays so
        Assert.Equal(expected, reader.Status);
    }

    [Fact]
    public void TryReadPacket_BlockThatClaims15MiBButIsShort_AllocatesLittle()
    {
        byte[] bytes = new CaptureBuilder(true).Section().Interface().Block(6, new byte[20], 15 << 20).ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(new PcapngReader(new MemoryStream(bytes)).TryReadPacket(out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
    }

    private sealed class DripStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
