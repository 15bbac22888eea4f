// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets.Capture;

namespace Tunbridge.Packets.Tests.Capture;

public sealed class PcapngWriterTests
{
    private const long Nanoseconds = 1_700_000_000_123_456_789; // 0x17979CFE_3D85CD15

    [Fact]
    public void Write_OnePacket_GivesTheBytesOfTheFormat()
    {
        var stream = new MemoryStream();
        var writer = new PcapngWriter(stream, "abc");
        Assert.Equal(0, writer.AddInterface(PcapngLinkType.Raw, "tun0", snapLength: 100));
        writer.WritePacket(0, [0x45, 1, 2, 3, 4], Nanoseconds, PacketDirection.Outbound);

        byte[] expected =
        [
            // Section header: type, length 40, magic, version 1.0, length unknown, shb_userappl "abc", end, length
            0x0A, 0x0D, 0x0D, 0x0A, 40, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0,
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            4, 0, 3, 0, (byte)'a', (byte)'b', (byte)'c', 0, 0, 0, 0, 0, 40, 0, 0, 0,
            // Interface: type, length 40, link type 101, snap length 100, if_name "tun0", if_tsresol 9, end, length
            1, 0, 0, 0, 40, 0, 0, 0, 101, 0, 0, 0, 100, 0, 0, 0,
            2, 0, 4, 0, (byte)'t', (byte)'u', (byte)'n', (byte)'0', 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
            // Packet: type, length 52, interface 0, time high and low, captured 5, original 5, bytes, epb_flags 2, end, length
            6, 0, 0, 0, 52, 0, 0, 0, 0, 0, 0, 0, 0xFE, 0x9C, 0x97, 0x17, 0x15, 0xCD, 0x85, 0x3D, 5, 0, 0, 0, 5, 0, 0, 0,
            0x45, 1, 2, 3, 4, 0, 0, 0, 2, 0, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0, 52, 0, 0, 0,
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void WritePacket_EveryLength_ReadsBackTheSame()
    {
        var random = new Random(6);
        byte[] bytes = new byte[300];
        random.NextBytes(bytes);
        var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        writer.AddInterface(PcapngLinkType.Ethernet, "tap0");
        writer.AddInterface(PcapngLinkType.Raw);
        for (int length = 0; length <= bytes.Length; length++)
            writer.WritePacket(length & 1, bytes.AsSpan(0, length), Nanoseconds + length, (PacketDirection)(length % 3));

        stream.Position = 0;
        var reader = new PcapngReader(stream);
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.True(reader.TryReadPacket(out PcapngPacket packet));
            Assert.Equal(length & 1, packet.InterfaceNumber);
            bool isTap = packet.InterfaceNumber == 0;
            Assert.Equal(isTap ? "tap0" : null, packet.Interface.Name);
            Assert.Equal(isTap ? PcapngLinkType.Ethernet : PcapngLinkType.Raw, packet.Interface.LinkType);
            Assert.True(packet.Bytes.SequenceEqual(bytes.AsSpan(0, length)));
            Assert.Equal(length, packet.OriginalLength);
            Assert.Equal(Nanoseconds + length, packet.Nanoseconds);
            Assert.Equal((PacketDirection)(length % 3), packet.Direction);
        }

        Assert.False(reader.TryReadPacket(out _));
        Assert.Equal(PcapngReadStatus.End, reader.Status);
        Assert.Equal(2, reader.Interfaces.Count);
    }

    [Fact]
    public void WritePacket_LongerThanTheSnapLength_KeepsTheOriginalLength()
    {
        var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        writer.AddInterface(PcapngLinkType.Raw, snapLength: 3);
        writer.WritePacket(0, [1, 2, 3, 4], 0);
        writer.WritePacket(0, [1, 2, 3, 4], 0, originalLength: 99);
        writer.WritePacket(0, [1, 2, 3], 0);

        stream.Position = 0;
        var reader = new PcapngReader(stream);
        foreach (int original in (int[])[4, 99, 3])
        {
            Assert.True(reader.TryReadPacket(out PcapngPacket packet));
            Assert.Equal([1, 2, 3], packet.Bytes.ToArray());
            Assert.Equal(original, packet.OriginalLength);
        }
    }

    [Fact]
    public void WritePacket_Superpacket_IsWrittenWholeByOneStreamWrite()
    {
        var stream = new CountingStream();
        var writer = new PcapngWriter(stream);
        writer.AddInterface(PcapngLinkType.Raw);
        writer.WritePacket(0, new byte[PacketBatch.MaximumPacketSize], 0);
        writer.WritePacket(0, new byte[300_000], 0);
        writer.WriteStatistics(0, 0, 1, 0);
        Assert.Equal(5, stream.Writes);

        stream.Position = 0;
        var reader = new PcapngReader(stream);
        Assert.True(reader.TryReadPacket(out PcapngPacket packet));
        Assert.Equal(PacketBatch.MaximumPacketSize, packet.Bytes.Length);
        Assert.True(reader.TryReadPacket(out packet));
        Assert.Equal(262_144, packet.Bytes.Length); // what libpcap accepts
        Assert.Equal(300_000, packet.OriginalLength);
        Assert.False(reader.TryReadPacket(out _));
        Assert.Equal(PcapngReadStatus.End, reader.Status);
    }

    [Fact]
    public void WritePacket_DateTimeOffset_IsTheSameInstant()
    {
        var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        writer.AddInterface(PcapngLinkType.Raw);
        var time = new DateTimeOffset(2026, 3, 4, 5, 6, 7, 8, TimeSpan.FromHours(2));
        writer.WritePacket(0, [], time);

        stream.Position = 0;
        Assert.True(new PcapngReader(stream).TryReadPacket(out PcapngPacket packet));
        Assert.Equal(time, packet.Time);
    }

    [Fact]
    public void Write_CallersMistakes_AreRefusedAndWriteNothing()
    {
        var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        writer.AddInterface(PcapngLinkType.Raw);
        long length = stream.Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WritePacket(1, [], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WritePacket(-1, [], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WritePacket(0, [], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WritePacket(0, [1, 2], 0, originalLength: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WritePacket(0, [], DateTimeOffset.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WritePacket(0, [], DateTimeOffset.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WriteStatistics(0, 0, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddInterface(PcapngLinkType.Raw, snapLength: -1));
        Assert.Throws<ArgumentException>(() => writer.AddInterface(PcapngLinkType.Raw, new string('x', 5000)));
        Assert.Throws<ArgumentException>(() => new PcapngWriter(new MemoryStream([], writable: false)));
        Assert.Equal(length, stream.Length);
        Assert.Equal(1, writer.InterfaceCount);
    }

    private sealed class CountingStream : MemoryStream
    {
        internal int Writes { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            base.Write(buffer);
        }
    }
}
