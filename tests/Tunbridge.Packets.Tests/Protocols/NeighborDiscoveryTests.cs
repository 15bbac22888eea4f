// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

public sealed class NeighborDiscoveryTests
{
    private static readonly UInt128 s_one = new(0xFD00_0000_0000_0000, 1);
    private static readonly UInt128 s_two = new(0xFD00_0000_0000_0000, 2);
    private static readonly UInt128 s_linkLocal = new(0xFE80_0000_0000_0000, 0x0000_00FF_FE00_0001);
    private static readonly UInt128 s_allNodes = new(0xFF02_0000_0000_0000, 1);
    private static readonly UInt128 s_allRouters = new(0xFF02_0000_0000_0000, 2);
    private static readonly MacAddress s_mac1 = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly MacAddress s_mac2 = MacAddress.Parse("02:00:00:00:00:02");

    [Fact]
    public void Solicitation_OfTheKernel_IsReadAndRewritten()
    {
        byte[] message = KernelFrames.NeighborSolicitation[54..];
        Assert.True(NeighborView.TryParse(message, out NeighborView neighbor));
        Assert.True(neighbor.IsSolicitation);
        Assert.Equal(s_two, neighbor.Target);
        Assert.True(neighbor.Options.TryFindLinkLayerAddress(NdpOptionType.SourceLinkLayerAddress, out MacAddress mac));
        Assert.Equal(s_mac1, mac);
        Assert.False(neighbor.Options.TryFindLinkLayerAddress(NdpOptionType.TargetLinkLayerAddress, out _));

        byte[] buffer = Poison.Buffer(40);
        int length = NeighborView.WriteSolicitation(buffer, s_one, s_two.ToSolicitedNodeAddress(), s_two, s_mac1);
        Assert.Equal(message, Poison.Written(buffer, length));
    }

    [Fact]
    public void Solicitation_ToDetectDuplicates_HasNoSourceOption()
    {
        Assert.True(NeighborView.TryParse(KernelFrames.NeighborSolicitationProbe.AsSpan(54), out NeighborView probe));
        Assert.Equal(s_linkLocal, probe.Target);
        Assert.False(probe.Options.TryFindLinkLayerAddress(NdpOptionType.SourceLinkLayerAddress, out _));
        List<NdpOptionType> types = [];
        foreach (NdpOption option in probe.Options) types.Add(option.Type);
        Assert.Equal([NdpOptionType.Nonce], types); // the kernel's, RFC 7527

        byte[] buffer = Poison.Buffer(40);
        int length = NeighborView.WriteSolicitation(buffer, 0, s_two.ToSolicitedNodeAddress(), s_two, s_mac1);
        Assert.Equal(NeighborView.HeaderSize, length);
        Assert.True(Icmpv6View.TryParse(Poison.Written(buffer, length), out Icmpv6View icmp));
        Assert.True(icmp.IsChecksumValid(0, s_two.ToSolicitedNodeAddress()));
    }

    [Fact]
    public void Advertisement_OfTheKernel_IsReadAndRewritten()
    {
        byte[] message = KernelFrames.NeighborAdvertisement[54..];
        Assert.True(NeighborView.TryParse(message, out NeighborView neighbor));
        Assert.Equal(
            (false, false, true, true),
            (neighbor.IsSolicitation, neighbor.IsRouter, neighbor.IsSolicited, neighbor.IsOverride));
        Assert.Equal(s_two, neighbor.Target);

        byte[] buffer = Poison.Buffer(40);
        int length = NeighborView.WriteAdvertisement(buffer, s_two, s_one, s_two, s_mac2, isSolicited: true);
        Assert.Equal(message, Poison.Written(buffer, length));
    }

    [Theory]
    [InlineData(1, 1)]     // code
    [InlineData(8, 0xFF)]  // multicast target
    [InlineData(25, 0)]    // option of length 0
    [InlineData(25, 2)]    // option beyond the end
    [InlineData(0, 133)]   // another message
    public void Solicitation_Invalid_IsRefused(int offset, byte value)
    {
        byte[] message = KernelFrames.NeighborSolicitation[54..];
        message[offset] = value;
        Assert.False(NeighborView.TryParse(message, out _));
    }

    [Fact]
    public void RouterSolicitation_OfTheKernel_IsReadAndRewritten()
    {
        byte[] message = KernelFrames.RouterSolicitation[54..];
        Assert.True(RouterView.TryParse(message, out RouterView router));
        Assert.True(router.IsSolicitation);
        Assert.Equal(default, router.ToAdvertisement());
        Assert.True(router.Options.TryFindLinkLayerAddress(NdpOptionType.SourceLinkLayerAddress, out MacAddress mac));
        Assert.Equal(s_mac1, mac);

        byte[] option = Poison.Buffer(8);
        NdpOption.WriteLinkLayerAddress(option, NdpOptionType.SourceLinkLayerAddress, s_mac1);
        byte[] buffer = Poison.Buffer(20);
        int length = RouterView.WriteSolicitation(buffer, s_linkLocal, s_allRouters, option);
        Assert.Equal(message, Poison.Written(buffer, length));
    }

    [Fact]
    public void RouterAdvertisement_Written_IsReadBack()
    {
        RouterAdvertisement advertisement = new()
        {
            CurrentHopLimit = 64,
            IsManaged = false,
            IsOtherConfiguration = true,
            RouterLifetimeSeconds = 1800,
            ReachableTimeMilliseconds = 30_000,
            RetransmitTimeMilliseconds = 1_000,
        };
        NdpPrefix prefix = new()
        {
            Prefix = s_one - 1,
            PrefixLength = 64,
            IsOnLink = true,
            IsAutonomous = true,
            ValidLifetimeSeconds = 86_400,
            PreferredLifetimeSeconds = 14_400,
        };
        byte[] message = RouterAdvertisementMessage(advertisement, prefix);

        // RFC 4861 sections 4.2, 4.6.1, 4.6.2 and 4.6.4, byte by byte.
        string expected = "40400708" + "00007530" + "000003e8"
            + "0101020000000001"
            + "0304" + "40c0" + "00015180" + "00003840" + "00000000" + "fd000000000000000000000000000000"
            + "0501000000000578";
        Assert.Equal(Convert.FromHexString(expected), message[4..]);
        Assert.Equal([134, 0], message[..2]);

        Assert.True(RouterView.TryParse(message, out RouterView router));
        Assert.False(router.IsSolicitation);
        Assert.Equal(advertisement, router.ToAdvertisement());
        Assert.True(Icmpv6View.TryParse(message, out Icmpv6View icmp));
        Assert.True(icmp.IsChecksumValid(s_linkLocal, s_allNodes));
        int found = 0;
        foreach (NdpOption option in router.Options)
        {
            if (option.TryGetLinkLayerAddress(out MacAddress mac) && mac == s_mac1) found |= 1;
            if (option.TryGetPrefix(out NdpPrefix read) && read == prefix) found |= 2;
            if (option.TryGetMtu(out uint mtu) && mtu == 1400) found |= 4;
        }

        Assert.Equal(7, found);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => NdpOption.WritePrefix(new byte[32], prefix with { PrefixLength = 129 }));
    }

    [Fact]
    public void RouterAdvertisement_CutAtEveryLength_IsTakenOnlyBetweenOptions()
    {
        byte[] message = RouterAdvertisementMessage(default, new NdpPrefix { Prefix = 0, PrefixLength = 0 });
        for (int length = 0; length <= message.Length; length++)
            Assert.Equal(length is 16 or 24 or 56 or 64, RouterView.TryParse(message.AsSpan(0, length), out _));
    }

    internal static byte[] RouterAdvertisementMessage(in RouterAdvertisement advertisement, in NdpPrefix prefix)
    {
        byte[] buffer = Poison.Buffer(80);
        Span<byte> options = buffer.AsSpan(RouterView.AdvertisementSize);
        int length = NdpOption.WriteLinkLayerAddress(options, NdpOptionType.SourceLinkLayerAddress, s_mac1);
        length += NdpOption.WritePrefix(options[length..], prefix);
        length += NdpOption.WriteMtu(options[length..], 1400);
        length = RouterView.WriteAdvertisement(buffer, s_linkLocal, s_allNodes, advertisement, options[..length]);
        return Poison.Written(buffer, length);
    }
}
