// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

public sealed class Ipv6ViewTests
{
    private static readonly UInt128 s_one = new(0xFD00_0000_0000_0000, 1);
    private static readonly UInt128 s_two = new(0xFD00_0000_0000_0000, 2);

    [Fact]
    public void Header_OfAKernelPacket_IsReadAndRewritten()
    {
        byte[] packet = KernelFrames.Icmpv6EchoRequest[14..];
        Assert.True(Ipv6View.TryParse(packet, out Ipv6View view));
        Assert.Equal((s_one, s_two), (view.Source, view.Destination));
        Assert.Equal((64, IpProtocol.Icmpv6, 64), (view.PayloadLength, view.NextHeader, view.HopLimit));
        Assert.Equal((0, 0xC1D46u), (view.TrafficClass, view.FlowLabel));
        Assert.True(view.TryGetUpperLayer(out Ipv6UpperLayer upper));
        Assert.Equal((IpProtocol.Icmpv6, 40, false), (upper.Protocol, upper.Offset, upper.IsFragment));

        byte[] buffer = Poison.Buffer(48);
        int length = Ipv6View.Write(buffer, view.ToHeader(), view.PayloadLength);
        Assert.Equal(packet[..40], Poison.Written(buffer, length));
    }

    [Fact]
    public void TrafficClass_AndFlow_DoNotMix()
    {
        byte[] buffer = Poison.Buffer(40);
        Ipv6Header header = new()
        {
            Source = 1,
            Destination = 2,
            NextHeader = IpProtocol.Tcp,
            TrafficClass = 0xA5,
            FlowLabel = 0xF0F0F,
            HopLimit = 1,
        };
        Ipv6View.Write(buffer, header, 0);
        Assert.Equal([0x6A, 0x5F, 0x0F, 0x0F], buffer[..4]);
        Assert.True(Ipv6View.TryParse(buffer, out Ipv6View view));
        Assert.Equal(header, view.ToHeader());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Ipv6View.Write(new byte[40], header with { FlowLabel = 0x100000 }, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ipv6View.Write(new byte[40], header, 65536));
        Assert.Throws<ArgumentException>(() => Ipv6View.Write(new byte[39], header, 0));
    }

    [Fact]
    public void UpperLayer_BehindHopByHop_IsFound()
    {
        Assert.True(Ipv6View.TryParse(KernelFrames.MulticastListenerReport.AsSpan(14), out Ipv6View view));
        Assert.Equal(IpProtocol.HopByHopOptions, view.NextHeader);
        Assert.True(view.TryGetUpperLayer(out Ipv6UpperLayer upper));
        Assert.Equal((IpProtocol.Icmpv6, 48, false), (upper.Protocol, upper.Offset, upper.HasFragmentHeader));
    }

    [Fact]
    public void UpperLayer_LaterFragment_EndsTheWalk()
    {
        Assert.True(Ipv6View.TryParseQuoted(KernelFrames.Ipv6LaterFragmentSnapped.AsSpan(14), out Ipv6View view));
        Assert.True(view.TryGetUpperLayer(out Ipv6UpperLayer upper));
        Assert.Equal((IpProtocol.Icmpv6, 48, 1448), (upper.Protocol, upper.Offset, upper.FragmentOffset));
        Assert.Equal(
            (true, true, false, 0xF0E2E645u),
            (upper.HasFragmentHeader, upper.IsFragment, upper.HasMoreFragments, upper.FragmentIdentification));

        byte[] buffer = Poison.Buffer(10);
        int length = Ipv6View.WriteFragmentHeader(buffer, IpProtocol.Icmpv6, 1448, hasMoreFragments: false, 0xF0E2E645);
        Assert.Equal(KernelFrames.Ipv6LaterFragmentSnapped[54..62], Poison.Written(buffer, length));
    }

    [Fact]
    public void UpperLayer_BehindEveryKindOfHeader_IsFound()
    {
        // hop-by-hop 8, destination options 16, routing 24, first fragment 8, AH 12 + 12, destination options 8, then UDP
        byte[] packet = Packet(
            IpProtocol.HopByHopOptions,
            Extension(IpProtocol.DestinationOptions, 0, 8),
            Extension(IpProtocol.Routing, 1, 16),
            Extension(IpProtocol.Fragment, 2, 24),
            [(byte)IpProtocol.AuthenticationHeader, 0, 0, 1, 0, 0, 0, 9],
            Extension(IpProtocol.DestinationOptions, 4, 24),
            Extension(IpProtocol.Udp, 0, 8),
            [1, 2, 3]);
        Assert.True(Ipv6View.TryParse(packet, out Ipv6View view));
        Assert.True(view.TryGetUpperLayer(out Ipv6UpperLayer upper));
        Assert.Equal(
            new Ipv6UpperLayer
            {
                Protocol = IpProtocol.Udp,
                Offset = packet.Length - 3,
                HasFragmentHeader = true,
                HasMoreFragments = true,
                FragmentIdentification = 9,
            },
            upper);
        Assert.True(upper.IsFragment);

        // Every cut inside a header is refused, or lies between two and leaves nothing of the next.
        for (int length = 40; length < packet.Length - 3; length++)
        {
            Assert.True(Ipv6View.TryParseQuoted(packet.AsSpan(0, length), out Ipv6View cut));
            Assert.False(cut.TryGetUpperLayer(out Ipv6UpperLayer last));
            Assert.InRange(last.Offset, 40, length);
        }
    }

    [Fact]
    public void UpperLayer_MoreHeadersThanFollowed_IsRefused()
    {
        Assert.True(Walk(Ipv6View.MaximumExtensionCount));
        Assert.False(Walk(Ipv6View.MaximumExtensionCount + 1));

        static bool Walk(int count)
        {
            byte[][] parts = new byte[count][];
            for (int i = 0; i < count; i++) parts[i] = Extension(i == count - 1 ? IpProtocol.Tcp : IpProtocol.DestinationOptions, 0, 8);
            Assert.True(Ipv6View.TryParse(Packet(IpProtocol.DestinationOptions, parts), out Ipv6View view));
            return view.TryGetUpperLayer(out _);
        }
    }

    [Theory]
    [InlineData(IpProtocol.Esp)]
    [InlineData(IpProtocol.NoNextHeader)]
    [InlineData(IpProtocol.HopByHopOptions)] // only right after the IPv6 header
    [InlineData((IpProtocol)253)]
    public void UpperLayer_WhatEndsAWalk_IsGivenAsIs(IpProtocol protocol)
    {
        Assert.True(Ipv6View.TryParse(Packet(IpProtocol.DestinationOptions, Extension(protocol, 0, 8), new byte[8]), out Ipv6View view));
        Assert.True(view.TryGetUpperLayer(out Ipv6UpperLayer upper));
        Assert.Equal((protocol, 48), (upper.Protocol, upper.Offset));
    }

    [Fact]
    public void TryParse_CutAtEveryLength_AcceptsOnlyTheWhole()
    {
        byte[] packet = KernelFrames.Udp6[14..];
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.False(Ipv6View.TryParse(packet.AsSpan(0, length), out _));
            Assert.Equal(length >= 40, Ipv6View.TryParseQuoted(packet.AsSpan(0, length), out _));
        }

        Assert.True(Ipv6View.TryParse([.. packet, 0xEE, 0xEE], out Ipv6View padded));
        Assert.Equal(14, padded.Payload.Length);
    }

    private static byte[] Extension(IpProtocol next, byte lengthField, int size)
    {
        byte[] bytes = new byte[size];
        bytes[0] = (byte)next;
        bytes[1] = lengthField;
        return bytes;
    }

    private static byte[] Packet(IpProtocol first, params byte[][] parts)
    {
        byte[] payload = [.. parts.SelectMany(p => p)];
        byte[] packet = new byte[40 + payload.Length];
        Ipv6View.Write(
            packet, new Ipv6Header { Source = s_one, Destination = s_two, NextHeader = first }, payload.Length);
        payload.CopyTo(packet, 40);
        return packet;
    }
}
