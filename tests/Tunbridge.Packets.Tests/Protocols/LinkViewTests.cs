// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>Ethernet, VLAN tags and ARP.</summary>
public sealed class LinkViewTests
{
    private static readonly MacAddress s_one = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly MacAddress s_two = MacAddress.Parse("02:00:00:00:00:02");

    [Fact]
    public void Ethernet_OfAKernelFrame_ReadsItsHeader()
    {
        Assert.True(EthernetView.TryParse(KernelFrames.IcmpEchoRequest, out EthernetView frame));
        Assert.Equal(s_two, frame.Destination);
        Assert.Equal(s_one, frame.Source);
        Assert.Equal(EtherType.Ipv4, frame.EtherType);
        Assert.False(frame.IsLogicalLinkControl);
        Assert.Equal(84, frame.Payload.Length);
        Assert.True(frame.TrySkipTags(out EtherType inner, out int offset));
        Assert.Equal((EtherType.Ipv4, 14), (inner, offset));
    }

    [Fact]
    public void Ethernet_Written_IsTheKernelsHeader()
    {
        byte[] buffer = Poison.Buffer(16);
        int length = EthernetView.Write(buffer, s_two, s_one, EtherType.Ipv4);
        Assert.Equal(KernelFrames.IcmpEchoRequest[..14], Poison.Written(buffer, length));
        Assert.Throws<ArgumentException>(() => EthernetView.Write(new byte[13], s_two, s_one, EtherType.Ipv4));
    }

    [Fact]
    public void Vlan_NestedTags_AreFollowedToTheProtocol()
    {
        byte[] buffer = Poison.Buffer(64);
        int length = EthernetView.Write(buffer, s_two, s_one, EtherType.ServiceVlan);
        length += VlanView.Write(buffer.AsSpan(length), 100, EtherType.Vlan, priority: 5, isDropEligible: true);
        length += VlanView.Write(buffer.AsSpan(length), 4094, EtherType.Arp);
        Assert.Equal(
            Convert.FromHexString("020000000002" + "020000000001" + "88a8" + "b064" + "8100" + "0ffe" + "0806"),
            Poison.Written(buffer, length));

        Assert.True(EthernetView.TryParse(buffer, out EthernetView frame));
        Assert.True(VlanView.TryParse(frame.Payload, out VlanView outer));
        Assert.Equal(
            (100, 5, true, EtherType.Vlan), (outer.VlanId, outer.Priority, outer.IsDropEligible, outer.EtherType));
        Assert.True(VlanView.TryParse(outer.Payload, out VlanView inner));
        Assert.Equal(
            (4094, 0, false, EtherType.Arp), (inner.VlanId, inner.Priority, inner.IsDropEligible, inner.EtherType));
        Assert.True(frame.TrySkipTags(out EtherType carried, out int offset));
        Assert.Equal((EtherType.Arp, 22), (carried, offset));
    }

    [Fact]
    public void Vlan_MoreTagsThanFollowed_IsRefused()
    {
        byte[] buffer = new byte[64];
        EthernetView.Write(buffer, s_two, s_one, EtherType.Vlan);
        for (int tag = 0; tag <= EthernetView.MaximumTagCount; tag++)
        {
            bool isLast = tag == EthernetView.MaximumTagCount - 1;
            VlanView.Write(buffer.AsSpan(14 + (tag * 4)), 1, isLast ? EtherType.Ipv4 : EtherType.Vlan);
        }

        Assert.True(EthernetView.TryParse(buffer, out EthernetView frame));
        Assert.True(frame.TrySkipTags(out EtherType carried, out int offset));
        Assert.Equal((EtherType.Ipv4, 14 + (EthernetView.MaximumTagCount * 4)), (carried, offset));

        VlanView.Write(buffer.AsSpan(14 + ((EthernetView.MaximumTagCount - 1) * 4)), 1, EtherType.Vlan);
        Assert.False(frame.TrySkipTags(out _, out _));
    }

    [Fact]
    public void Vlan_NumberOrPriorityOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => VlanView.Write(new byte[4], 4096, EtherType.Ipv4));
        Assert.Throws<ArgumentOutOfRangeException>(() => VlanView.Write(new byte[4], 1, EtherType.Ipv4, priority: 8));
    }

    [Fact]
    public void Arp_OfKernelFrames_ReadsAndRewritesThem()
    {
        Assert.True(ArpView.TryParse(KernelFrames.ArpRequest.AsSpan(14), out ArpView request));
        Assert.Equal(ArpOperation.Request, request.Operation);
        Assert.Equal((s_one, 0xC0A80001u), (request.SenderMac, request.SenderAddress));
        Assert.Equal((default(MacAddress), 0xC0A80002u), (request.TargetMac, request.TargetAddress));
        Assert.False(request.IsProbe);
        Assert.False(request.IsGratuitous);

        byte[] buffer = Poison.Buffer(32);
        int length = ArpView.Write(buffer, ArpOperation.Reply, s_two, 0xC0A80002, s_one, 0xC0A80001);
        Assert.Equal(KernelFrames.ArpReply[14..], Poison.Written(buffer, length));
    }

    [Theory]
    [InlineData(1)] // hardware type
    [InlineData(2)] // protocol type
    [InlineData(4)] // hardware address size
    [InlineData(5)] // protocol address size
    public void Arp_NotIpv4OnEthernet_IsRefused(int offset)
    {
        byte[] message = KernelFrames.ArpRequest[14..];
        message[offset] ^= 0x10;
        Assert.False(ArpView.TryParse(message, out _));
    }

    [Fact]
    public void Arp_ProbeAndAnnouncement_AreTold()
    {
        byte[] buffer = new byte[ArpView.Size];
        ArpView.Write(buffer, ArpOperation.Request, s_one, 0, default, 0xC0A80001);
        Assert.True(ArpView.TryParse(buffer, out ArpView probe));
        Assert.True(probe.IsProbe);
        Assert.False(probe.IsGratuitous);
        ArpView.Write(buffer, ArpOperation.Request, s_one, 0xC0A80001, default, 0xC0A80001);
        Assert.True(ArpView.TryParse(buffer, out ArpView announcement));
        Assert.False(announcement.IsProbe);
        Assert.True(announcement.IsGratuitous);
    }
}
