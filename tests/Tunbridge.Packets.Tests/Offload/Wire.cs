// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.Packets.Tests.Offload;

/// <summary>
/// A TCP or UDP packet as a list of what its headers say, and the bytes of that, put together field by field: the slow
/// and obvious way, with nothing of the code under test.
/// </summary>
internal sealed record Wire
{
    private const TcpFlags LastOnly = TcpFlags.Fin | TcpFlags.Psh;

    /// <summary>-1: no Ethernet header; otherwise how many VLAN tags it has.</summary>
    public int Tags { get; init; } = -1;

    public ushort VlanId { get; init; } = 7;

    public byte Mac { get; init; } = 1;

    public bool IsVersion6 { get; init; }

    public bool IsUdp { get; init; }

    public byte From { get; init; } = 1;

    public byte To { get; init; } = 2;

    public byte TrafficClass { get; init; }

    public byte HopLimit { get; init; } = 64;

    public uint FlowLabel { get; init; }

    public ushort Identification { get; init; }

    /// <summary>Reserved bit, DF, MF and offset, as in the header.</summary>
    public ushort Fragment { get; init; } = 0x4000;

    public byte[] Ipv4Options { get; init; } = [];

    /// <summary>The first IPv6 extension header's number, 0 for none (hop-by-hop is not made here).</summary>
    public byte Extension { get; init; }

    public ushort SourcePort { get; init; } = 1000;

    public ushort DestinationPort { get; init; } = 2000;

    public uint Sequence { get; init; } = 100;

    public uint Acknowledgment { get; init; } = 500;

    public TcpFlags Flags { get; init; } = TcpFlags.Ack;

    public byte ReservedBits { get; init; }

    public ushort Window { get; init; } = 4096;

    public ushort Urgent { get; init; }

    public byte[] Options { get; init; } = [];

    public byte[] Payload { get; init; } = [];

    public bool HasNoChecksum { get; init; }

    public bool HasBadChecksum { get; init; }

    public bool HasBadHeaderChecksum { get; init; }

    /// <summary>Bytes after the packet, as short Ethernet frames have them.</summary>
    public int Padding { get; init; }

    /// <summary>The checksum field holds the sum of the pseudo-header only.</summary>
    public bool IsUnfinished { get; init; }

    public DeviceLayer Layer => Tags < 0 ? DeviceLayer.Packet : DeviceLayer.Frame;

    public int NetworkOffset => Tags < 0 ? 0 : 14 + (4 * Tags);

    public int TransportOffset => NetworkOffset + (IsVersion6 ? Extension != 0 ? 48 : 40 : 20 + Ipv4Options.Length);

    public int HeaderLength => TransportOffset + (IsUdp ? 8 : 20 + Options.Length);

    public GsoKind Kind => IsUdp ? GsoKind.UdpL4 : IsVersion6 ? GsoKind.TcpV6 : GsoKind.TcpV4;

    public bool IsDontFragment => (Fragment & 0x4000) != 0;

    /// <summary>How the kernel would describe this as a superpacket.</summary>
    public GsoInfo Describe(int segmentSize) => new()
    {
        Kind = Kind,
        NeedsChecksum = true,
        HeaderLength = (ushort)HeaderLength,
        SegmentSize = (ushort)segmentSize,
        ChecksumStart = (ushort)TransportOffset,
        ChecksumOffset = (ushort)(IsUdp ? 6 : 16),
    };

    /// <summary>What this stands for as a superpacket.</summary>
    public List<Wire> Cut(int segmentSize)
    {
        List<Wire> segments = [];
        int count = Math.Max(1, (Payload.Length + segmentSize - 1) / segmentSize);
        for (int i = 0; i < count; i++)
        {
            int start = i * segmentSize;
            TcpFlags flags = Flags;
            if (i != 0)
                flags &= ~TcpFlags.Cwr;
            if (i != count - 1)
                flags &= ~LastOnly;
            segments.Add(this with
            {
                Payload = Payload[start..Math.Min(Payload.Length, start + segmentSize)],
                Sequence = Sequence + (uint)start,
                Identification = (ushort)(Identification + i),
                Flags = flags,
                IsUnfinished = false,
            });
        }

        return segments;
    }

    public byte[] Build()
    {
        List<byte> transport = [];
        Add16(transport, SourcePort);
        Add16(transport, DestinationPort);
        if (IsUdp)
        {
            Add16(transport, (ushort)(8 + Payload.Length));
            Add16(transport, 0);
        }
        else
        {
            Add16(transport, (ushort)(Sequence >> 16));
            Add16(transport, (ushort)Sequence);
            Add16(transport, (ushort)(Acknowledgment >> 16));
            Add16(transport, (ushort)Acknowledgment);
            Add16(transport, (ushort)(((20 + Options.Length) / 4 << 12) | (ReservedBits << 9) | (int)Flags));
            Add16(transport, Window);
            Add16(transport, 0);
            Add16(transport, Urgent);
            transport.AddRange(Options);
        }

        transport.AddRange(Payload);
        byte[] addresses = [.. Address(From), .. Address(To)];
        byte protocol = (byte)(IsUdp ? 17 : 6);
        byte[] pseudo = [.. addresses, 0, protocol, (byte)(transport.Count >> 8), (byte)transport.Count];
        int field = IsUdp ? 6 : 16;
        ushort checksum = IsUnfinished ? NaiveSum(pseudo) : (ushort)~NaiveSum([.. pseudo, .. transport]);
        if (IsUdp && checksum == 0)
            checksum = 0xFFFF;
        if (HasBadChecksum)
            checksum ^= 0x0101;
        if (HasNoChecksum)
            checksum = 0;
        transport[field] = (byte)(checksum >> 8);
        transport[field + 1] = (byte)checksum;
        byte[] bytes = [.. Link(), .. IsVersion6 ? Network6(addresses, transport.Count, protocol) : Network4(addresses, transport.Count, protocol), .. transport];
        return [.. bytes, .. new byte[Padding]];
    }

    /// <summary>RFC 1071, word by word.</summary>
    public static ushort NaiveSum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
            if (sum > 0xFFFF)
                sum = (sum & 0xFFFF) + 1;
        }

        return (ushort)sum;
    }

    private byte[] Link()
    {
        if (Tags < 0)
            return [];
        List<byte> link = [2, 0, 0, 0, 0, Mac, 2, 0, 0, 0, 0, 99];
        for (int i = 0; i < Tags; i++)
        {
            Add16(link, i < Tags - 1 ? (ushort)0x88A8 : (ushort)0x8100);
            Add16(link, VlanId);
        }

        Add16(link, IsVersion6 ? (ushort)0x86DD : (ushort)0x0800);
        return [.. link];
    }

    private byte[] Network4(byte[] addresses, int length, byte protocol)
    {
        List<byte> header = [(byte)(0x40 | (5 + (Ipv4Options.Length / 4))), TrafficClass];
        Add16(header, (ushort)(20 + Ipv4Options.Length + length));
        Add16(header, Identification);
        Add16(header, Fragment);
        header.AddRange((byte[])[HopLimit, protocol, 0, 0]);
        header.AddRange(addresses);
        header.AddRange(Ipv4Options);
        ushort checksum = (ushort)~NaiveSum([.. header]);
        if (HasBadHeaderChecksum)
            checksum ^= 0x0101;
        header[10] = (byte)(checksum >> 8);
        header[11] = (byte)checksum;
        return [.. header];
    }

    private byte[] Network6(byte[] addresses, int length, byte protocol)
    {
        byte[] extension = Extension == 0 ? [] : [protocol, 0, 1, 4, 0, 0, 0, 0];
        byte[] start = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(start, (6u << 28) | ((uint)TrafficClass << 20) | FlowLabel);
        BinaryPrimitives.WriteUInt16BigEndian(start.AsSpan(4), (ushort)(extension.Length + length));
        start[6] = Extension == 0 ? protocol : Extension;
        start[7] = HopLimit;
        return [.. start, .. addresses, .. extension];
    }

    private byte[] Address(byte last) => IsVersion6
        ? [0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]
        : [10, 0, 0, last];

    private static void Add16(List<byte> bytes, ushort value) => bytes.AddRange((byte[])[(byte)(value >> 8), (byte)value]);
}
