// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Packets;
using Tunbridge.Packets.Switching;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.Pumps;

public sealed class RouterTests
{
    private readonly TunnelPeer _first = new(new PlainChannel(1), default) { Index = 1 };
    private readonly TunnelPeer _second = new(new PlainChannel(2), default) { Index = 2 };

    [Fact]
    public void Routed_OfThePeer_GoesWhereItMay()
    {
        RoutedPeerRouter router = new() { ClientToClient = true, Broadcast = IPAddress.Parse("10.8.0.255") };
        router.AddRoute(IPNetwork.Parse("10.8.0.2/32"), _first);
        router.AddRoute(IPNetwork.Parse("192.168.7.0/24"), _first);
        router.AddRoute(IPNetwork.Parse("10.8.0.3/32"), _second);
        router.AddRoute(IPNetwork.Parse("2001:db8::2/128"), _first);
        Assert.Equal("card", Go(router, _first, "10.8.0.2", "10.8.0.1"));
        Assert.Equal("card", Go(router, _first, "192.168.7.200", "1.1.1.1"));
        Assert.Equal("peer 2", Go(router, _first, "192.168.7.200", "10.8.0.3"));
        Assert.Equal("card", Go(router, _first, "10.8.0.2", "192.168.7.5"));    // its own network: the kernel decides
        Assert.Equal("WrongSource", Go(router, _second, "192.168.7.200", "10.8.0.2"));
        Assert.Equal("WrongSource", Go(router, _first, "0.0.0.0", "255.255.255.255"));
        Assert.Equal("card all", Go(router, _first, "10.8.0.2", "255.255.255.255"));
        Assert.Equal("card all", Go(router, _first, "10.8.0.2", "10.8.0.255"));
        Assert.Equal("card all", Go(router, _first, "10.8.0.2", "239.1.1.1"));
        Assert.Equal("card", Go(router, _first, "10.8.0.2", "240.1.1.1"));
        Assert.Equal("card all", Go(router, _first, "2001:db8::2", "ff02::1"));
        Assert.Equal("NoRoute", Go(router, _first, "fe80::1", "ff02::2"));
        Assert.Equal("WrongSource", Go(router, _first, "2001:db8::9", "ff02::2"));
        Assert.Equal("WrongSource", Describe(router.FromPeer(_first, [], 0)));
        Assert.Equal("WrongSource", Describe(router.FromPeer(_first, [0x45, 0, 0], 0)));
        Assert.Equal("WrongSource", Describe(router.FromPeer(_first, new byte[60], 0)));

        RoutedPeerRouter apart = new();
        apart.AddRoute(IPNetwork.Parse("10.8.0.2/32"), _first);
        apart.AddRoute(IPNetwork.Parse("10.8.0.3/32"), _second);
        Assert.Equal("card", Go(apart, _first, "10.8.0.2", "10.8.0.3"));
        Assert.Equal("card", Go(apart, _first, "10.8.0.2", "255.255.255.255"));
    }

    [Fact]
    public void Routed_OfTheCard_GoesToTheNearestOrToAll()
    {
        RoutedPeerRouter router = new() { Broadcast = IPAddress.Parse("10.8.0.255") };
        router.AddRoute(IPNetwork.Parse("10.0.0.0/8"), _first);
        router.AddRoute(IPNetwork.Parse("10.8.0.3/32"), _second);
        Assert.Equal("peer 1", Out(router, "10.8.0.2"));
        Assert.Equal("peer 2", Out(router, "10.8.0.3"));
        Assert.Equal("all", Out(router, "10.8.0.255"));
        Assert.Equal("all", Out(router, "224.0.0.1"));
        Assert.Equal("all", Out(router, "ff02::1"));
        Assert.Equal("NoRoute", Out(router, "11.0.0.1"));
        Assert.Equal("NoRoute", Out(router, "2001:db8::1"));
        Assert.Equal("NoRoute", Describe(router.FromCard([0x45], 0)));
        router.RemovePeer(_second);
        Assert.Equal("peer 1", Out(router, "10.8.0.3"));
        Assert.False(router.RemoveRoute(IPNetwork.Parse("10.0.0.0/8"), _second));
        Assert.True(router.RemoveRoute(IPNetwork.Parse("10.0.0.0/8"), _first));
        Assert.Equal("NoRoute", Out(router, "10.8.0.3"));
        Assert.Equal(IPAddress.Parse("10.8.0.255"), router.Broadcast);
    }

    [Fact]
    public void Switched_Frames_AreLearnedFloodedAndBounded()
    {
        SwitchedPeerRouter router = new(new() { MaximumPerPort = 2 }) { ClientToClient = true };
        router.AddPeer(_first);
        router.AddPeer(_second);
        Assert.Equal("card all", Describe(router.FromPeer(_first, Frame(0x10, 0xff), 0)));
        Assert.Equal("card all", Describe(router.FromPeer(_first, Frame(0x10, 0x20), 0)));
        Assert.Equal("peer 1", Describe(router.FromPeer(_second, Frame(0x20, 0x10), 0)));
        Assert.Equal("peer 2", Describe(router.FromPeer(_first, Frame(0x10, 0x20), 0)));
        Assert.Equal("peer 2", Describe(router.FromCard(Frame(0x30, 0x20), 0)));
        Assert.Equal("card", Describe(router.FromPeer(_first, Frame(0x10, 0x30), 0)));
        Assert.Equal("all", Describe(router.FromCard(Frame(0x30, 0x40), 0)));
        Assert.Equal("NoRoute", Describe(router.FromCard(Frame(0x32, 0x30), 0)));
        Assert.Equal("NoRoute", Describe(router.FromPeer(_first, Frame(0x10, 0x10), 0)));
        Assert.Equal("card all", Describe(router.FromPeer(_first, Frame(0x12, 0xff), 0)));
        Assert.Equal("WrongSource", Describe(router.FromPeer(_first, Frame(0x14, 0xff), 0)));
        Assert.Equal("WrongSource", Describe(router.FromPeer(_first, Frame(0xff, 0x20), 0)));
        Assert.Equal("TooShort", Describe(router.FromPeer(_first, new byte[13], 0)));
        Assert.Equal("all", Describe(router.FromCard(Frame(0x30, 0x20), 400_000)));    // aged
        router.RemovePeer(_first);
        Assert.Equal("UnknownPeer", Describe(router.FromPeer(_first, Frame(0x10, 0xff), 0)));
        router.AddPeer(_first);
        Assert.Equal("all", Describe(router.FromCard(Frame(0x30, 0x10), 0)));

        SwitchedPeerRouter apart = new(new());
        apart.AddPeer(_first);
        Assert.Equal("card", Describe(apart.FromPeer(_first, Frame(0x10, 0xff), 0)));
    }

    [Fact]
    public void Switched_RefusedAddress_IsForgottenAndItsFramesAreDropped()
    {
        SwitchedPeerRouter router = new(new()) { ClientToClient = true };
        router.AddPeer(_first);
        router.AddPeer(_second);
        _ = router.FromPeer(_first, Frame(0x10, 0xff), 5);
        _ = router.FromPeer(_first, Frame(0x12, 0xff), 6);
        _ = router.FromCard(Frame(0x30, 0x10), 7);
        Assert.Equal([5L, 6L], router.Snapshot(8).Select(s => s.SeenMilliseconds).Order());
        Assert.All(router.Snapshot(8), s => Assert.Same(_first, s.Peer));
        Assert.True(router.Refuse(_first, router.Snapshot(8).Single(s => s.SeenMilliseconds == 5).Address));
        Assert.Equal("WrongSource", Describe(router.FromPeer(_first, Frame(0x10, 0xff), 9)));
        Assert.Equal("all", Describe(router.FromCard(Frame(0x30, 0x10), 9)));
        // Somebody else may have it.
        Assert.Equal("card all", Describe(router.FromPeer(_second, Frame(0x10, 0xff), 10)));
        Assert.Equal("peer 2", Describe(router.FromCard(Frame(0x30, 0x10), 11)));
        router.RemovePeer(_first);
        Assert.False(router.Refuse(_first, default));
        router.AddPeer(_first);
        Assert.Equal("card all", Describe(router.FromPeer(_first, Frame(0x10, 0xff), 12)));
    }

    private static string Go(RoutedPeerRouter router, TunnelPeer from, string source, string destination) =>
        Describe(router.FromPeer(from, Build(source, destination), 0));

    private static string Out(RoutedPeerRouter router, string destination) =>
        Describe(router.FromCard(Build(destination.Contains(':', StringComparison.Ordinal) ? "::" : "1.1.1.1", destination), 0));

    private static string Describe(in RouteDecision decision) => string.Join(' ', ((string?[])[
        decision.Drop == DropReason.None ? null : decision.Drop.ToString(),
        decision.ToCard ? "card" : null,
        decision.ToAll ? "all" : null,
        decision.Peer is { } peer ? $"peer {peer.Index}" : null]).Where(w => w is not null));

    private static byte[] Build(string source, string destination)
    {
        IPAddress from = IPAddress.Parse(source), to = IPAddress.Parse(destination);
        bool isV6 = from.GetAddressBytes().Length == 16;
        byte[] packet = new byte[isV6 ? 40 : 20];
        packet[0] = (byte)(isV6 ? 0x60 : 0x45);
        from.GetAddressBytes().CopyTo(packet, isV6 ? 8 : 12);
        to.GetAddressBytes().CopyTo(packet, isV6 ? 24 : 16);
        return packet;
    }

    private static byte[] Frame(byte from, byte to)
    {
        byte[] frame = new byte[60];
        MacAddress Address(byte last) => last == 0xff ? MacAddress.Broadcast : new MacAddress([2, 0, 0, 0, 0, last]);
        EthernetView.Write(frame, Address(to), Address(from), EtherType.Arp);
        return frame;
    }
}
