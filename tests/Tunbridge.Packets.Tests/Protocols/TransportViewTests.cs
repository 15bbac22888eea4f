// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>UDP and TCP.</summary>
public sealed class TransportViewTests
{
    private const uint One = 0xC0A80001;
    private const uint Two = 0xC0A80002;

    private static readonly UInt128 s_one = new(0xFD00_0000_0000_0000, 1);
    private static readonly UInt128 s_two = new(0xFD00_0000_0000_0000, 2);

    public static TheoryData<string> TcpFrames =>
        [nameof(KernelFrames.TcpSyn), nameof(KernelFrames.TcpSynAck), nameof(KernelFrames.TcpData), nameof(KernelFrames.TcpReset)];

    [Fact]
    public void Udp_OfAKernelPacket_IsReadAndRewritten()
    {
        byte[] datagram = KernelFrames.Udp4[34..];
        Assert.True(UdpView.TryParse(datagram, out UdpView udp));
        Assert.Equal((40000, 9, 13, 0x9e64), (udp.SourcePort, udp.DestinationPort, udp.Length, udp.Checksum));
        Assert.Equal("hello"u8, udp.Payload);
        Assert.True(udp.IsChecksumValid(One, Two));
        Assert.False(udp.IsChecksumValid(One, Two + 1));

        byte[] buffer = Poison.Buffer(20);
        int length = UdpView.Write(buffer, One, 40000, Two, 9, "hello"u8);
        Assert.Equal(datagram, Poison.Written(buffer, length));
    }

    [Fact]
    public void Udp_OverIpv6_IsReadAndRewritten()
    {
        byte[] datagram = KernelFrames.Udp6[54..];
        Assert.True(UdpView.TryParse(datagram, out UdpView udp));
        Assert.True(udp.IsChecksumValid(s_one, s_two));
        Assert.False(udp.IsChecksumValid(s_one, s_two + 1));

        byte[] buffer = Poison.Buffer(20);
        int length = UdpView.Write(buffer, s_one, 40000, s_two, 9, "hello6"u8);
        Assert.Equal(datagram, Poison.Written(buffer, length));
    }

    [Fact]
    public void Udp_ChecksumThatIsZero_IsSentAsAllOnes()
    {
        // The payload is chosen so that everything sums up to 0xFFFF.
        byte[] buffer = Poison.Buffer(10);
        UdpView.Write(buffer, One, 40000, Two, 9, [0, 0]);
        Assert.True(UdpView.TryParse(buffer, out UdpView probe));
        byte[] payload = [(byte)(probe.Checksum >> 8), (byte)probe.Checksum];
        UdpView.Write(buffer, One, 40000, Two, 9, payload);
        Assert.True(UdpView.TryParse(buffer, out UdpView udp));
        Assert.Equal(0xFFFF, udp.Checksum);
        Assert.True(udp.IsChecksumValid(One, Two));
    }

    [Fact]
    public void Udp_NoChecksum_IsValidOverIpv4Only()
    {
        byte[] datagram = KernelFrames.Udp4[34..];
        datagram[6] = datagram[7] = 0;
        Assert.True(UdpView.TryParse(datagram, out UdpView udp));
        Assert.True(udp.IsChecksumValid(One, Two));
        Assert.False(udp.IsChecksumValid(s_one, s_two));
    }

    [Fact]
    public void Udp_LengthField_DecidesWhatIsPayload()
    {
        byte[] datagram = KernelFrames.Udp4[34..];
        for (int length = 0; length < datagram.Length; length++) Assert.False(UdpView.TryParse(datagram.AsSpan(0, length), out _));
        Assert.True(UdpView.TryParse([.. datagram, 0xEE], out UdpView padded));
        Assert.Equal(5, padded.Payload.Length);
        datagram[5] = 7;
        Assert.False(UdpView.TryParse(datagram, out _));
    }

    [Fact]
    public void Udp_PayloadInPlace_IsKept()
    {
        byte[] buffer = Poison.Buffer(16);
        "hello"u8.CopyTo(buffer.AsSpan(UdpView.HeaderSize));
        int length = UdpView.Write(buffer, One, 40000, Two, 9, buffer.AsSpan(UdpView.HeaderSize, 5));
        Assert.Equal(KernelFrames.Udp4[34..], Poison.Written(buffer, length));
    }

    [Fact]
    public void Udp_PayloadAtTheFrontOfTheBuffer_IsMovedBehindTheHeader()
    {
        byte[] buffer = Poison.Buffer(16);
        "hello"u8.CopyTo(buffer);
        int length = UdpView.Write(buffer, One, 40000, Two, 9, buffer.AsSpan(0, 5));
        Assert.Equal(KernelFrames.Udp4[34..], Poison.Written(buffer, length));
    }

    [Fact]
    public void Udp_WhatDoesNotFit_Throws()
    {
        Assert.Throws<ArgumentException>(() => UdpView.Write(new byte[12], One, 1, Two, 2, "hello"u8));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => UdpView.Write(new byte[70000], One, 1, Two, 2, new byte[65528]));
        Assert.Equal(65535, UdpView.Write(new byte[70000], One, 1, Two, 2, new byte[65527]));
    }

    [Theory]
    [MemberData(nameof(TcpFrames))]
    public void Tcp_OfKernelPackets_IsReadAndRewritten(string name)
    {
        byte[] packet = KernelFrames.All[name][14..];
        Assert.True(Ipv4View.TryParse(packet, out Ipv4View ip));
        Assert.True(TcpView.TryParse(ip.Payload, out TcpView tcp));
        Assert.True(tcp.IsChecksumValid(ip.Source, ip.Destination));
        Assert.False(tcp.IsChecksumValid(ip.Source, ip.Destination + 1));

        byte[] buffer = Poison.Buffer(100);
        int length = TcpView.Write(buffer, ip.Source, ip.Destination, tcp.ToHeader(), tcp.OptionBytes, tcp.Payload);
        Assert.Equal(ip.Payload.ToArray(), Poison.Written(buffer, length));
    }

    [Fact]
    public void Tcp_Syn_ShowsItsOptions()
    {
        Assert.True(TcpView.TryParse(KernelFrames.TcpSyn.AsSpan(34), out TcpView tcp));
        Assert.Equal(
            (46516, 9, 1254836395u, 0u),
            (tcp.SourcePort, tcp.DestinationPort, tcp.SequenceNumber, tcp.AcknowledgmentNumber));
        Assert.Equal((TcpFlags.Syn, 64240, 40, 0), (tcp.Flags, tcp.WindowSize, tcp.HeaderLength, tcp.UrgentPointer));
        Assert.True(tcp.TryGetMaximumSegmentSize(out ushort size));
        Assert.True(tcp.TryGetWindowScale(out byte shift));
        Assert.True(tcp.TryGetTimestamps(out uint value, out uint echo));
        Assert.Equal((1460, 10, 810502026u, 0u), (size, shift, value, echo));
        Assert.True(tcp.IsSackPermitted);
    }

    [Fact]
    public void Tcp_Data_HasNoConnectionOptions()
    {
        Assert.True(TcpView.TryParse(KernelFrames.TcpData.AsSpan(34), out TcpView tcp));
        Assert.Equal("ping"u8, tcp.Payload);
        Assert.False(tcp.TryGetMaximumSegmentSize(out _));
        Assert.False(tcp.TryGetWindowScale(out _));
        Assert.False(tcp.IsSackPermitted);
    }

    [Fact]
    public void Tcp_OverIpv6_HasAValidChecksum()
    {
        byte[] buffer = Poison.Buffer(64);
        TcpHeader header = new()
        {
            SourcePort = 1,
            DestinationPort = 2,
            SequenceNumber = uint.MaxValue,
            AcknowledgmentNumber = 7,
            Flags = TcpFlags.Ack | TcpFlags.Urg | TcpFlags.AccurateEcn,
            WindowSize = 3,
            UrgentPointer = 4,
        };
        int length = TcpView.Write(buffer, s_one, s_two, header, [2, 4, 5, 0xB4, 4, 2], "odd"u8);
        Assert.True(TcpView.TryParse(Poison.Written(buffer, length), out TcpView tcp));
        Assert.Equal(header, tcp.ToHeader());
        Assert.Equal([2, 4, 5, 0xB4, 4, 2, 0, 0], tcp.OptionBytes.ToArray());
        Assert.Equal("odd"u8, tcp.Payload);
        Assert.True(tcp.IsChecksumValid(s_one, s_two));
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 0, 0 })] // a length that never ends
    [InlineData(new byte[] { 2, 1, 0, 0 })]
    [InlineData(new byte[] { 1, 1, 1, 2 })] // no room for a length
    [InlineData(new byte[] { 2, 5, 0, 0 })] // beyond the header
    public void Tcp_MalformedOption_EndsTheWalk(byte[] options)
    {
        byte[] buffer = new byte[40];
        int length = TcpView.Write(
            buffer, One, Two, new TcpHeader { SourcePort = 1, DestinationPort = 2 }, options, []);
        Assert.True(TcpView.TryParse(buffer.AsSpan(0, length), out TcpView tcp));
        HeaderOptions walk = tcp.Options;
        while (walk.MoveNext()) Assert.Equal((byte)TcpOptionKind.NoOperation, walk.Current.Kind);
        Assert.True(walk.IsMalformed);
        Assert.False(tcp.TryGetMaximumSegmentSize(out _));
    }

    [Fact]
    public void Tcp_HeaderNotWhole_IsRefused()
    {
        byte[] segment = KernelFrames.TcpSyn[34..];
        for (int length = 0; length < segment.Length; length++) Assert.False(TcpView.TryParse(segment.AsSpan(0, length), out _));
        segment[12] = 0x40; // 16 bytes of header
        Assert.False(TcpView.TryParse(segment, out _));
        Assert.Throws<ArgumentException>(() => TcpView.Write(new byte[100], One, Two, default, new byte[41], []));
        Assert.Throws<ArgumentException>(() => TcpView.Write(new byte[23], One, Two, default, [], new byte[4]));
    }
}
