// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

public sealed class SegmentSizeClampTests
{
    private const int Maximum = 1400;
    private static readonly UInt128 s_from = UInt128.Parse("42540766411282592856903984951653826561"), s_to = s_from + 1;

    [Theory]
    [InlineData(false, 1460, 1400)]
    [InlineData(false, 1400, 1400)]
    [InlineData(false, 536, 536)]
    [InlineData(true, 1440, 1380)]
    [InlineData(true, 1380, 1380)]
    public void Apply_Syn_LowersWhatIsTooLarge(bool isV6, ushort announced, ushort expected)
    {
        byte[] packet = Build(isV6, TcpFlags.Syn, Mss(announced));
        byte[] right = Build(isV6, TcpFlags.Syn, Mss(expected));
        Assert.Equal(announced != expected, SegmentSizeClamp.Apply(packet, Maximum));
        Assert.Equal(right, packet);
        byte[] frame = [.. new byte[12], 0x81, 0x00, 0x00, 0x05, .. isV6 ? (byte[])[0x86, 0xdd] : [0x08, 0x00], .. Build(isV6, TcpFlags.Syn, Mss(announced))];
        Assert.Equal(announced != expected, SegmentSizeClamp.ApplyToFrame(frame, Maximum));
        Assert.Equal(right, frame[18..]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_OptionsInAnyOrder_AgreesWithBuildingAnew(bool isV6)
    {
        Random random = new(7);
        for (int round = 0; round < 2000; round++)
        {
            List<byte> before = [], after = [];
            ushort limit = (ushort)(isV6 ? Maximum - 20 : Maximum);
            for (int i = random.Next(6); i > 0; i--)
            {
                byte[] option = random.Next(5) switch
                {
                    0 => [1],
                    1 => [8, 10, .. RandomBytes(random, 8)],
                    2 => [3, 3, (byte)random.Next(15)],
                    3 => [4, 2],
                    _ => Mss((ushort)random.Next(65536)),
                };
                if (before.Count + option.Length > 40)
                    continue;
                before.AddRange(option);
                bool isLarge = option[0] == 2 && (option[2] << 8 | option[3]) > limit;
                after.AddRange(isLarge ? Mss(limit) : option);
            }

            TcpFlags flags = random.Next(3) == 0 ? TcpFlags.Ack : random.Next(2) == 0 ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack;
            byte[] packet = Build(isV6, flags, [.. before]);
            byte[] expected = Build(isV6, flags, flags.HasFlag(TcpFlags.Syn) ? [.. after] : [.. before]);
            Assert.Equal(!packet.AsSpan().SequenceEqual(expected), SegmentSizeClamp.Apply(packet, Maximum));
            // 0 and 0xFFFF are the same sum; compared by what a receiver checks.
            Assert.True(IsValid(isV6, packet));
            int at = (isV6 ? 40 : 20) + 16;
            packet[at] = expected[at];
            packet[at + 1] = expected[at + 1];
            Assert.Equal(expected, packet);
        }
    }

    [Fact]
    public void Apply_DamagedSegment_StaysDamaged()
    {
        byte[] packet = Build(false, TcpFlags.Syn, Mss(1460));
        packet[21] ^= 0x10;
        Assert.True(SegmentSizeClamp.Apply(packet, Maximum));
        Assert.False(IsValid(false, packet));
    }

    [Fact]
    public void Apply_LaterFragmentOtherProtocolAndExtensionHeader_AreLeftAlone()
    {
        byte[] fragment = Build(false, TcpFlags.Syn, Mss(1460));
        fragment[7] = 1;
        byte[] udp = Build(false, TcpFlags.Syn, Mss(1460));
        udp[9] = 17;
        byte[] extended = Build(true, TcpFlags.Syn, Mss(1460));
        extended[6] = 0;
        foreach (byte[] packet in (byte[][])[fragment, udp, extended, []])
        {
            byte[] before = [.. packet];
            Assert.False(SegmentSizeClamp.Apply(packet, Maximum));
            Assert.Equal(before, packet);
        }

        Assert.False(SegmentSizeClamp.Apply(Build(false, TcpFlags.Syn, Mss(1460)), 0));
    }

    [Fact]
    public void Apply_HostileBytes_NeverThrowsAndChangesSizeAndSumOnly()
    {
        Random random = new(11);
        for (int round = 0; round < 200_000; round++)
        {
            bool isV6 = (round & 1) != 0;
            byte[] packet = Build(isV6, TcpFlags.Syn, [1, .. Mss(1460), 8, 10, .. RandomBytes(random, 8)]);
            for (int i = random.Next(8); i > 0; i--)
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            packet = packet[..random.Next(packet.Length + 1)];
            byte[] before = [.. packet];
            bool isChanged = SegmentSizeClamp.Apply(packet, Maximum);
            int differences = packet.Zip(before).Count(p => p.First != p.Second);
            Assert.True(isChanged ? differences is > 0 and < 42 : differences == 0);
            _ = SegmentSizeClamp.ApplyToFrame([.. new byte[12], 0x08, 0x00, .. packet], Maximum);
            _ = SegmentSizeClamp.ApplyToFrame(packet, Maximum);
        }
    }

    private static byte[] Mss(ushort size) => [2, 4, (byte)(size >> 8), (byte)size];

    private static byte[] RandomBytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Build(bool isV6, TcpFlags flags, byte[] options)
    {
        TcpHeader header = new() { SourcePort = 1, DestinationPort = 2, SequenceNumber = 3, Flags = flags, WindowSize = 1000 };
        byte[] segment = new byte[80];
        int length = isV6
            ? TcpView.Write(segment, s_from, s_to, header, options, [])
            : TcpView.Write(segment, 0x0a000001u, 0x0a000002u, header, options, []);
        byte[] packet = new byte[(isV6 ? 40 : 20) + length];
        if (isV6)
            Ipv6View.Write(packet, new Ipv6Header { Source = s_from, Destination = s_to, NextHeader = IpProtocol.Tcp }, length);
        else
            Ipv4View.Write(packet, new Ipv4Header { Source = 0x0a000001, Destination = 0x0a000002, Protocol = IpProtocol.Tcp }, length);
        segment.AsSpan(0, length).CopyTo(packet.AsSpan(packet.Length - length));
        return packet;
    }

    private static bool IsValid(bool isV6, byte[] packet)
    {
        Assert.True(TcpView.TryParse(packet.AsSpan(isV6 ? 40 : 20), out TcpView tcp));
        return isV6 ? tcp.IsChecksumValid(s_from, s_to) : tcp.IsChecksumValid(0x0a000001u, 0x0a000002u);
    }
}
