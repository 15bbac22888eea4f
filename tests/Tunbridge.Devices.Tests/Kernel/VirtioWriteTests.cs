// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>Which descriptions the kernel takes with a written packet.</summary>
public sealed class VirtioWriteTests : DeviceTest
{
    private const ushort IpHeader = 20, TcpHeader = 20, UdpHeader = 8;

    /// <summary>One write: what is written, how it is described, whether the kernel takes it.</summary>
    public sealed record Row
    {
        public required string Case { get; init; }

        public required bool IsTaken { get; init; }

        public required GsoInfo Gso { get; init; }

        public byte Protocol { get; init; } = 6;

        public int Payload { get; init; } = 3000;

        public override string ToString() => Case;
    }

    private static readonly GsoInfo s_tcp = new()
    {
        Kind = GsoKind.TcpV4,
        NeedsChecksum = true,
        HeaderLength = IpHeader + TcpHeader,
        SegmentSize = 1000,
        ChecksumStart = IpHeader,
        ChecksumOffset = 16,
    };

    private static readonly GsoInfo s_udp = new()
    {
        Kind = GsoKind.UdpL4,
        NeedsChecksum = true,
        HeaderLength = IpHeader + UdpHeader,
        SegmentSize = 1000,
        ChecksumStart = IpHeader,
        ChecksumOffset = 6,
    };

    private static readonly Row[] s_rows =
    [
        new() { Case = "plain", Gso = default, IsTaken = true },
        new() { Case = "checksum only", Gso = s_tcp with { Kind = GsoKind.None, SegmentSize = 0 }, IsTaken = true },
        new() { Case = "TCP", Gso = s_tcp, IsTaken = true },
        new() { Case = "TCP with segment size 0", Gso = s_tcp with { SegmentSize = 0 }, IsTaken = false },
        new() { Case = "header longer than packet", Gso = s_tcp with { HeaderLength = 9000 }, IsTaken = false },
        new() { Case = "checksum start beyond", Gso = s_tcp with { ChecksumStart = 9000 }, IsTaken = false },
        new() { Case = "checksum offset beyond", Gso = s_tcp with { ChecksumOffset = 9000 }, IsTaken = false },
        new() { Case = "unknown type 9", Gso = s_tcp with { Kind = (GsoKind)9 }, IsTaken = false },
        new() { Case = "TCPv6 on IPv4", Gso = s_tcp with { Kind = GsoKind.TcpV6 }, IsTaken = false },
        new() { Case = "TCP without NEEDS_CSUM", Gso = s_tcp with { NeedsChecksum = false }, IsTaken = true },
        new() { Case = "TCP with ECN", Gso = s_tcp with { HasEcn = true }, IsTaken = true },
        new() { Case = "TCP smaller than a segment", Gso = s_tcp, Payload = 100, IsTaken = true },
        new() { Case = "TCP of 200 KB", Gso = s_tcp, Payload = 200_000, IsTaken = true },
        new() { Case = "UFO", Gso = s_udp with { Kind = GsoKind.Udp }, Protocol = 17, IsTaken = true },
        new() { Case = "UDP", Gso = s_udp, Protocol = 17, IsTaken = true },
        new() { Case = "UDP without NEEDS_CSUM", Gso = s_udp with { NeedsChecksum = false }, Protocol = 17, IsTaken = false },
        new() { Case = "UDP with a wrong checksum offset", Gso = s_udp with { ChecksumOffset = 16 }, Protocol = 17, IsTaken = false },
        new() { Case = "UDP of 64 segments", Gso = s_udp with { SegmentSize = 10 }, Protocol = 17, Payload = 640, IsTaken = true },
        // 65 to 128 segments: by kernel version, so that nothing may rely on it. 129 are too many for all.
        new() { Case = "UDP of 129 segments", Gso = s_udp with { SegmentSize = 10 }, Protocol = 17, Payload = 1290, IsTaken = false },
    ];

    public static TheoryData<Row> Rows => [.. s_rows];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Write_Description_IsTakenOrMalformed(Row row)
    {
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        byte[] packet = Packet(row.Protocol, row.Payload);
        PacketWriteStatus expected = row.IsTaken ? PacketWriteStatus.Written : PacketWriteStatus.Malformed;
        Assert.Equal(expected, tun.TryWrite(packet, row.Gso));
        if (packet.Length < 65_000)
        {
            PacketBatch batch = new();
            Assert.True(batch.TryAdd(packet, row.Gso));
            Assert.Equal(row.IsTaken ? 1 : 0, tun.Write(batch));
        }

        if (!row.IsTaken)
        {
            Assert.Equal(2, tun.Refusals[PacketWriteStatus.Malformed]);
            Expect.Refused(Errno.EINVAL, "write", "t0", "GsoInfo", () => tun.Write(packet, row.Gso));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_WithoutVirtioHeader_IsCutAndFinishedHere(bool information)
    {
        using TunDevice tun = UpTun(new() { PacketInformation = information });
        byte[] packet = Packet(6, 3000);
        byte[] before = [.. packet];
        PacketBatch batch = new();
        batch.TryAdd(packet, s_tcp);
        batch.TryAdd(packet, s_tcp with { Kind = GsoKind.None, SegmentSize = 0 });
        batch.TryAdd(packet, s_tcp with { SegmentSize = 0 });
        batch.TryAdd(packet);
        Coalescer coalescer = new(DeviceLayer.Packet);
        coalescer.Start(batch);

        Assert.Equal(PacketWriteStatus.Written, tun.TryWrite(packet, s_tcp));
        Assert.Equal(3, tun.Write(batch));
        Assert.Equal(3, tun.Write(coalescer));
        // Three segments of each superpacket, and the others as they are.
        Assert.Matches(@"RX:[^\n]*\n +\d+ +13 ", Ns.Ip("-s link show t0"));
        Assert.Equal(3, tun.Superpackets.CutCount);
        Assert.Equal(2, tun.Refusals[PacketWriteStatus.Malformed]);
        foreach (ref readonly Packet written in batch)
            Assert.Equal(before, written.Span.ToArray());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Write_BytesAndDescriptionsOfChance_AreTakenOrCounted(bool isTap, bool virtio)
    {
        DeviceOptions options = new() { VirtioHeader = virtio };
        using VirtualDevice card = isTap ? UpTap(options) : UpTun(options);
        Random random = new(52);
        PacketBatch batch = new();
        Coalescer coalescer = new(card.Layer);
        long taken = 0, given = 0;
        for (int round = 0; round < 2000; round++)
        {
            batch.Clear();
            for (int i = 0; i < 4; i++)
            {
                byte[] packet = RandomSuperpacket.Make(random, isTap, out GsoInfo gso);
                for (int damage = random.Next(4); damage > 0; damage--)
                    packet[random.Next(Math.Min(packet.Length, 80))] = (byte)random.Next(256);
                if (random.Next(3) == 0)
                    packet = packet[..random.Next(packet.Length + 1)];
                Assert.True(batch.TryAdd(packet, random.Next(3) == 0 ? Description(random) : gso) || i > 0);
            }

            given += 3 * batch.Count;
            taken += card.Write(batch);
            coalescer.Start(batch);
            taken += card.Write(coalescer);
            foreach (ref readonly Packet packet in batch)
                taken += card.TryWrite(packet.Span, packet.Gso) == PacketWriteStatus.Written ? 1 : 0;
        }

        Assert.Equal(given, taken + card.Refusals.Total);
        Assert.InRange(taken, given / 10, given * 9 / 10); // both ways were taken
        if (virtio)
            Assert.All([GsoKind.TcpV4, GsoKind.TcpV6, GsoKind.UdpL4], k => Assert.True(card.Superpackets.Takes(k), $"{k} was turned off"));
    }

    private static GsoInfo Description(Random random) => new()
    {
        Kind = (GsoKind)random.Next(8),
        HasEcn = random.Next(2) == 0,
        NeedsChecksum = random.Next(2) == 0,
        HeaderLength = (ushort)random.Next(random.Next(2) == 0 ? 100 : 0x10000),
        SegmentSize = (ushort)random.Next(random.Next(2) == 0 ? 1500 : 0x10000),
        ChecksumStart = (ushort)random.Next(random.Next(2) == 0 ? 100 : 0x10000),
        ChecksumOffset = (ushort)random.Next(random.Next(2) == 0 ? 20 : 0x10000),
    };

    private static byte[] Packet(byte protocol, int payload)
    {
        byte[] packet = Samples.IPv4(IpHeader + (protocol == 6 ? TcpHeader : UdpHeader) + payload);
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)Math.Min(packet.Length, ushort.MaxValue));
        if (protocol == 6)
            packet[IpHeader + 12] = 0x50; // data offset: 5 words
        return packet;
    }
}
