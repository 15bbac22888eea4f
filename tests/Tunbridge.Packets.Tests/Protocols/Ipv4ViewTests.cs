// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

public sealed class Ipv4ViewTests
{
    private static readonly string[] s_wholeFrames =
    [
        nameof(KernelFrames.IcmpEchoRequest), nameof(KernelFrames.IcmpEchoReply), nameof(KernelFrames.IcmpEchoWithRecordRoute),
        nameof(KernelFrames.IcmpPortUnreachable), nameof(KernelFrames.IcmpTimeExceeded), nameof(KernelFrames.Udp4),
        nameof(KernelFrames.TcpSyn), nameof(KernelFrames.TcpSynAck), nameof(KernelFrames.TcpData), nameof(KernelFrames.TcpReset),
    ];

    public static TheoryData<string> WholeFrames => [.. s_wholeFrames];

    [Fact]
    public void Header_OfAKernelPacket_IsRead()
    {
        Assert.True(Ipv4View.TryParse(KernelFrames.IcmpEchoRequest.AsSpan(14), out Ipv4View packet));
        Assert.Equal((20, 84, 0x6d04), (packet.HeaderLength, packet.TotalLength, packet.Identification));
        Assert.Equal((0xC0A80001u, 0xC0A80002u, IpProtocol.Icmp), (packet.Source, packet.Destination, packet.Protocol));
        Assert.Equal((64, 0, 0x4c51), (packet.TimeToLive, packet.TrafficClass, packet.HeaderChecksum));
        Assert.True(packet.IsDontFragment);
        Assert.False(packet.IsFragment);
        Assert.True(packet.IsHeaderChecksumValid);
        Assert.Equal(64, packet.Payload.Length);
    }

    [Theory]
    [MemberData(nameof(WholeFrames))]
    public void Write_WhatAKernelHeaderSays_GivesItsBytes(string name)
    {
        byte[] packet = KernelFrames.All[name][14..];
        Assert.True(Ipv4View.TryParse(packet, out Ipv4View view));
        byte[] buffer = Poison.Buffer(80);
        int length = Ipv4View.Write(buffer, view.ToHeader(), view.Payload.Length, view.OptionBytes);
        Assert.Equal(packet[..view.HeaderLength], Poison.Written(buffer, length));
    }

    [Fact]
    public void Fragments_OfAKernelPacket_AreRead()
    {
        Assert.True(Ipv4View.TryParseQuoted(KernelFrames.Ipv4FirstFragmentSnapped.AsSpan(14), out Ipv4View first));
        Assert.True(first.IsTruncated);
        Assert.Equal((true, true, 0), (first.IsFragment, first.HasMoreFragments, first.FragmentOffset));
        Assert.True(Ipv4View.TryParseQuoted(KernelFrames.Ipv4LaterFragmentSnapped.AsSpan(14), out Ipv4View later));
        Assert.Equal((true, false, 1480), (later.IsFragment, later.HasMoreFragments, later.FragmentOffset));
        Assert.Equal(first.Identification, later.Identification);
        Assert.False(Ipv4View.TryParse(KernelFrames.Ipv4LaterFragmentSnapped.AsSpan(14), out _));

        byte[] buffer = Poison.Buffer(20);
        Ipv4View.Write(buffer, later.ToHeader(), later.TotalLength - 20);
        Assert.Equal(KernelFrames.Ipv4LaterFragmentSnapped[14..34], buffer);
    }

    [Fact]
    public void Options_RecordRoute_AreWalked()
    {
        Assert.True(Ipv4View.TryParse(KernelFrames.IcmpEchoWithRecordRoute.AsSpan(14), out Ipv4View packet));
        Assert.Equal(60, packet.HeaderLength);
        List<(int Kind, int Length)> options = [];
        foreach (HeaderOption option in packet.Options) options.Add((option.Kind, option.Data.Length));
        Assert.Equal([(1, 0), (7, 37)], options); // no operation, record route
    }

    [Fact]
    public void Padding_OfAShortFrame_IsCutOff()
    {
        byte[] padded = [.. KernelFrames.Udp4.AsSpan(14), 0xEE, 0xEE, 0xEE];
        Assert.True(Ipv4View.TryParse(padded, out Ipv4View packet));
        Assert.Equal(13, packet.Payload.Length);
        Assert.False(packet.IsTruncated);
    }

    [Fact]
    public void TryParse_CutAtEveryLength_AcceptsOnlyTheWhole()
    {
        byte[] packet = KernelFrames.IcmpEchoWithRecordRoute[14..];
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.False(Ipv4View.TryParse(packet.AsSpan(0, length), out _));
            Assert.Equal(length >= 60, Ipv4View.TryParseQuoted(packet.AsSpan(0, length), out _));
        }

        Assert.True(Ipv4View.TryParse(packet, out _));
    }

    [Theory]
    [InlineData(0, 0x65)] // version 6
    [InlineData(0, 0x44)] // header length 16
    [InlineData(3, 0x13)] // total length 19, below the header's
    public void TryParse_ImpossibleHeader_IsRefused(int offset, byte value)
    {
        byte[] packet = KernelFrames.Udp4[14..];
        packet[2] = 0;
        packet[offset] = value;
        Assert.False(Ipv4View.TryParseQuoted(packet, out _));
    }

    [Fact]
    public void HeaderChecksum_AnyBitChanged_IsWrong()
    {
        byte[] packet = KernelFrames.Udp4[14..];
        for (int bit = 16 * 8; bit < 20 * 8; bit++)
        {
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(Ipv4View.TryParse(packet, out Ipv4View view));
            Assert.False(view.IsHeaderChecksumValid);
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Write_OddOptions_ArePaddedWithEndOfList()
    {
        byte[] buffer = Poison.Buffer(40);
        int length = Ipv4View.Write(
            buffer, new Ipv4Header { Source = 1, Destination = 2, Protocol = IpProtocol.Udp }, 0, [1, 1, 1, 1, 1]);
        Assert.Equal(28, length);
        Assert.Equal([1, 1, 1, 1, 1, 0, 0, 0], Poison.Written(buffer, length)[20..]);
        Assert.True(Ipv4View.TryParse(buffer.AsSpan(0, length), out Ipv4View view));
        Assert.True(view.IsHeaderChecksumValid);
    }

    [Fact]
    public void Write_WhatDoesNotFit_Throws()
    {
        Ipv4Header header = new() { Source = 1, Destination = 2, Protocol = IpProtocol.Udp };
        Assert.Throws<ArgumentException>(() => Ipv4View.Write(new byte[19], header, 0));
        Assert.Throws<ArgumentException>(() => Ipv4View.Write(new byte[80], header, 0, new byte[41]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ipv4View.Write(new byte[80], header, 65516));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ipv4View.Write(new byte[80], header, -1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Ipv4View.Write(new byte[80], header with { FragmentOffset = 4 }, 0));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Ipv4View.Write(new byte[80], header with { FragmentOffset = 65536 }, 0));
        Assert.Equal(20, Ipv4View.Write(new byte[80], header with { FragmentOffset = 65528 }, 65515));
    }
}
