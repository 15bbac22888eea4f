// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>ICMP and ICMPv6 without neighbour discovery.</summary>
public sealed class IcmpViewTests
{
    private static readonly UInt128 s_one = new(0xFD00_0000_0000_0000, 1);
    private static readonly UInt128 s_two = new(0xFD00_0000_0000_0000, 2);

    [Fact]
    public void Echo_OfAKernelPacket_IsReadAndRewritten()
    {
        byte[] message = KernelFrames.IcmpEchoRequest[34..];
        Assert.True(IcmpView.TryParse(message, out IcmpView icmp));
        Assert.Equal(
            (IcmpType.EchoRequest, 0, 4610, 1, 0x0829),
            (icmp.Type, icmp.Code, icmp.Identifier, icmp.SequenceNumber, icmp.Checksum));
        Assert.Equal(56, icmp.Payload.Length);
        Assert.True(icmp.IsChecksumValid);

        byte[] buffer = Poison.Buffer(80);
        int length = IcmpView.WriteEcho(buffer, IcmpType.EchoRequest, 4610, 1, icmp.Payload);
        Assert.Equal(message, Poison.Written(buffer, length));
        length = IcmpView.WriteEcho(buffer, IcmpType.EchoReply, 4610, 1, icmp.Payload);
        Assert.Equal(KernelFrames.IcmpEchoReply[34..], buffer[..length]);
    }

    [Fact]
    public void PortUnreachable_AboutAKernelPacket_IsTheKernelsMessage()
    {
        byte[] buffer = Poison.Buffer(64);
        int length = IcmpView.WriteDestinationUnreachable(
            buffer, IcmpUnreachableCode.Port, KernelFrames.Udp4.AsSpan(14));
        Assert.Equal(KernelFrames.IcmpPortUnreachable[34..], Poison.Written(buffer, length));
    }

    [Fact]
    public void TimeExceeded_AboutAKernelPacket_IsTheKernelsMessage()
    {
        Assert.True(IcmpView.TryParse(KernelFrames.IcmpTimeExceeded.AsSpan(34), out IcmpView icmp));
        Assert.Equal((IcmpType.TimeExceeded, 0), (icmp.Type, icmp.Code));
        Assert.True(icmp.IsChecksumValid);
        byte[] buffer = Poison.Buffer(120);
        int length = IcmpView.WriteTimeExceeded(buffer, icmp.Payload);
        Assert.Equal(KernelFrames.IcmpTimeExceeded[34..], Poison.Written(buffer, length));
    }

    [Fact]
    public void FragmentationNeeded_OfAKernelPacket_NamesTheMtu()
    {
        Assert.True(IcmpView.TryParse(KernelFrames.IcmpFragmentationNeededSnapped.AsSpan(34), out IcmpView icmp));
        Assert.Equal(
            (IcmpType.DestinationUnreachable, IcmpUnreachableCode.FragmentationNeeded),
            (icmp.Type, (IcmpUnreachableCode)icmp.Code));
        Assert.Equal(576, icmp.NextHopMtu);
        byte[] buffer = Poison.Buffer(120);
        IcmpView.WriteDestinationUnreachable(
            buffer, IcmpUnreachableCode.FragmentationNeeded, icmp.Payload, nextHopMtu: 576);
        Assert.Equal(KernelFrames.IcmpFragmentationNeededSnapped[38..96], buffer[4..62]); // the checksum is of the whole quotation
    }

    [Fact]
    public void Quotation_LongPacket_IsCutToTheLimit()
    {
        Assert.Equal(
            556, IcmpView.WriteDestinationUnreachable(new byte[2000], IcmpUnreachableCode.Host, new byte[1500]));
        Assert.Equal(1240, Icmpv6View.WritePacketTooBig(new byte[2000], 1, 2, 1280, new byte[1500]));
    }

    [Fact]
    public void Icmpv6Echo_OfAKernelPacket_IsReadAndRewritten()
    {
        byte[] message = KernelFrames.Icmpv6EchoRequest[54..];
        Assert.True(Icmpv6View.TryParse(message, out Icmpv6View icmp));
        Assert.Equal(
            (Icmpv6Type.EchoRequest, 0, 4611, 1, 0x3593),
            (icmp.Type, icmp.Code, icmp.Identifier, icmp.SequenceNumber, icmp.Checksum));
        Assert.False(icmp.IsError);
        Assert.True(icmp.IsChecksumValid(s_one, s_two));
        Assert.False(icmp.IsChecksumValid(s_one, s_one));

        byte[] buffer = Poison.Buffer(80);
        int length = Icmpv6View.WriteEcho(buffer, s_one, s_two, Icmpv6Type.EchoRequest, 4611, 1, icmp.Payload);
        Assert.Equal(message, Poison.Written(buffer, length));
    }

    [Fact]
    public void Icmpv6PortUnreachable_AboutAKernelPacket_IsTheKernelsMessage()
    {
        byte[] buffer = Poison.Buffer(80);
        int length = Icmpv6View.WriteDestinationUnreachable(
            buffer, s_two, s_one, Icmpv6UnreachableCode.Port, KernelFrames.Udp6.AsSpan(14));
        Assert.Equal(KernelFrames.Icmpv6PortUnreachable[54..], Poison.Written(buffer, length));
    }

    [Fact]
    public void Icmpv6Errors_Written_AreReadBack()
    {
        byte[] buffer = Poison.Buffer(80);
        int length = Icmpv6View.WritePacketTooBig(buffer, s_two, s_one, 1280, KernelFrames.Udp6.AsSpan(14));
        Assert.True(Icmpv6View.TryParse(Poison.Written(buffer, length), out Icmpv6View big));
        Assert.Equal((Icmpv6Type.PacketTooBig, 1280u, true), (big.Type, big.Mtu, big.IsError));
        Assert.True(big.IsChecksumValid(s_two, s_one));
        Assert.True(big.Payload.SequenceEqual(KernelFrames.Udp6.AsSpan(14)));

        length = Icmpv6View.WriteTimeExceeded(buffer, s_two, s_one, "quoted"u8, isReassembly: true);
        Assert.True(Icmpv6View.TryParse(buffer.AsSpan(0, length), out Icmpv6View late));
        Assert.Equal((Icmpv6Type.TimeExceeded, 1, 0u), (late.Type, late.Code, late.Mtu));
        Assert.True(late.IsChecksumValid(s_two, s_one));
    }

    [Fact]
    public void Messages_TooShort_AreRefused()
    {
        for (int length = 0; length < 8; length++)
        {
            Assert.False(IcmpView.TryParse(KernelFrames.IcmpEchoRequest.AsSpan(34, length), out _));
            Assert.False(Icmpv6View.TryParse(KernelFrames.Icmpv6EchoRequest.AsSpan(54, length), out _));
        }

        Assert.Throws<ArgumentException>(() => IcmpView.WriteEcho(new byte[10], IcmpType.EchoRequest, 1, 1, "abc"u8));
        Assert.Throws<ArgumentException>(
            () => Icmpv6View.WriteEcho(new byte[10], 1, 2, Icmpv6Type.EchoRequest, 1, 1, "abc"u8));
    }
}
