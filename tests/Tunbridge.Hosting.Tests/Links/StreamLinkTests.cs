// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Hosting.Tests.Pumps;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Packets;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.Links;

public sealed class StreamLinkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(100_000)]
    public void Frames_CutAnywhere_ArriveWhole(int pieceSize)
    {
        using StreamRig rig = new();
        (Socket client, PlainChannel channel, _) = rig.Connect(1, Cancellation);
        using Socket own = client;
        byte[] stream = [.. Enumerable.Range(0, 30).SelectMany(i =>
            StreamRig.Frame(channel.Seal([.. PumpRig.Packet("10.8.0.2", "10.8.0.1", (byte)i), .. new byte[i * 40]])))];
        for (int i = 0; i < stream.Length; i += pieceSize)
            client.Send(stream.AsSpan(i, Math.Min(pieceSize, stream.Length - i)));
        byte[] room = new byte[2048];
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(29 + (i * 40), rig.Card.Read(room, out _, Cancellation));
            Assert.Equal(i, room[28]);
        }

        client.Send(StreamRig.Frame([0x38, 7]));
        Assert.Equal("control 3807", rig.Owner.Next(Cancellation));
        Assert.Equal(0, rig.Pump.Drops.Total);
    }

    [Fact]
    public void Packets_OfTheCardAndControl_ComeAsFrames()
    {
        using StreamRig rig = new(new() { NoDelay = true });
        (Socket client, _, TunnelPeer peer) = rig.Connect(1, Cancellation);
        using Socket own = client;
        PlainChannel opener = new(1);
        for (byte i = 0; i < 200; i++)
            rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", i));
        for (byte i = 0; i < 200; i++)
            Assert.Equal(i, StreamRig.Receive(client, opener)[^1]);
        Assert.True(rig.Pump.SendControl(peer.Path, [0x20, 1, 2, 3]));
        Assert.Equal([0x20, 1, 2, 3], StreamRig.ReceiveFrame(client));
        Assert.False(rig.Pump.SendControl(new() { Path = peer.Path.Path, Connection = 99 }, [1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2049)]
    [InlineData(65535)]
    public void Length_ThatMakesNoSense_EndsTheConnectionAlone(int length)
    {
        using StreamRig rig = new(new() { MaximumPacket = 2048 });
        (Socket client, PlainChannel channel, _) = rig.Connect(1, Cancellation);
        (Socket other, PlainChannel otherChannel, _) = rig.Connect(2, Cancellation);
        using Socket own = client, ownOther = other;
        client.Send([.. StreamRig.Frame(channel.Seal(PumpRig.Packet("10.8.0.2", "10.8.0.1", 1))), (byte)(length >> 8), (byte)length, 1, 2, 3]);
        Assert.Equal($"disconnected WARNING: Bad encapsulated packet length from peer ({length}), which must be > 0 and <= 2048",
            rig.Owner.Next(Cancellation));
        Assert.True(StreamRig.IsClosed(client));
        byte[] room = new byte[2048];
        Assert.Equal(1, room[rig.Card.Read(room, out _, Cancellation) - 1]);
        other.Send(StreamRig.Frame(otherChannel.Seal(PumpRig.Packet("10.8.0.3", "10.8.0.1", 2))));
        Assert.Equal(2, room[rig.Card.Read(room, out _, Cancellation) - 1]);
        Assert.Equal(1, rig.Link.ConnectionCount);
    }

    [Fact]
    public void Forgery_EndsTheConnection()
    {
        using StreamRig rig = new();
        (Socket client, PlainChannel channel, _) = rig.Connect(1, Cancellation);
        using Socket own = client;
        byte[] forged = channel.Seal(PumpRig.Packet("10.8.0.2", "10.8.0.1"));
        forged[^1] ^= 1;
        client.Send(StreamRig.Frame(forged));
        Assert.Equal("dropped NotAuthentic", rig.Owner.Next(Cancellation));
        Assert.StartsWith("disconnected ", rig.Owner.Next(Cancellation), StringComparison.Ordinal);
        Assert.True(StreamRig.IsClosed(client));
    }

    [Fact]
    public void Peer_ThatDoesNotRead_HasItsPacketsDroppedAndHindersNobody()
    {
        RoutedPeerRouter router = new();
        using StreamRig rig = new(new() { SendBufferSize = 4096 }, router);
        (Socket slow, _, TunnelPeer slowPeer) = rig.Connect(1, Cancellation);
        (Socket quick, _, TunnelPeer quickPeer) = rig.Connect(2, Cancellation);
        using Socket ownSlow = slow, ownQuick = quick;
        router.AddRoute(IPNetwork.Parse("10.8.0.2/32"), slowPeer);
        router.AddRoute(IPNetwork.Parse("10.8.0.3/32"), quickPeer);
        PlainChannel slowOpener = new(1), quickOpener = new(2);
        byte[] large = [.. PumpRig.Packet("10.8.0.1", "10.8.0.2"), .. new byte[1400]];
        long sent = 0;
        while (rig.Pump.Drops[DropReason.Overload] < 100)
        {
            rig.Card.Write(large);
            sent++;
            rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.3", (byte)sent));
            Assert.Equal((byte)sent, StreamRig.Receive(quick, quickOpener)[^1]);
        }

        // What was kept comes whole and in order, however the kernel cut it.
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.3", 77));
        Assert.Equal(77, StreamRig.Receive(quick, quickOpener)[^1]);
        long arrives = sent - rig.Pump.Drops[DropReason.Overload];
        for (long i = 0; i < arrives; i++)
            Assert.Equal(large, StreamRig.Receive(slow, slowOpener));
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", 78));
        Assert.Equal(78, StreamRig.Receive(slow, slowOpener)[^1]);
        Assert.InRange(arrives, 64, sent - 100);
    }

    [Fact]
    public void Connection_EndedByEitherSide_IsToldOnceOrNotAtAll()
    {
        using StreamRig rig = new();
        (Socket first, _, TunnelPeer firstPeer) = rig.Connect(1, Cancellation);
        (Socket second, _, _) = rig.Connect(2, Cancellation);
        using Socket ownFirst = first, ownSecond = second;
        rig.Pump.Link.Disconnect(firstPeer.Path);
        Assert.True(StreamRig.IsClosed(first));
        second.Shutdown(SocketShutdown.Both);
        Assert.Equal("disconnected Connection reset, restarting [0]", rig.Owner.Next(Cancellation));
        Assert.True(SpinWait.SpinUntil(() => rig.Link.ConnectionCount == 0, Generous.Patience));
        rig.Pump.Link.Disconnect(firstPeer.Path);
    }

    [Fact]
    public void Door_WithTheMostConnections_ClosesFurtherOnes()
    {
        using StreamRig rig = new(new() { MaximumConnections = 1 });
        (Socket first, _, _) = rig.Connect(1, Cancellation);
        using Socket ownFirst = first;
        using Socket second = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        second.Connect(rig.Link.Local.ToEndPoint());
        Assert.True(StreamRig.IsClosed(second));
        Assert.Equal(1, rig.Link.ConnectionCount);
    }

    [Fact]
    public void Door_FiveHundredConnections_AreServedByOneThread()
    {
        RoutedPeerRouter router = new();
        using StreamRig rig = new(router: router);
        List<(Socket Client, PlainChannel Channel, TunnelPeer Peer)> all = [];
        for (uint i = 0; i < 500; i++)
        {
            all.Add(rig.Connect(i, Cancellation));
            router.AddRoute(new IPNetwork(new IPAddress([10, 8, (byte)(i >> 8), (byte)i]), 32), all[^1].Peer);
        }

        foreach ((Socket client, PlainChannel channel, _) in all)
            client.Send(StreamRig.Frame(channel.Seal(PumpRig.Packet("10.8.0.0", "10.9.0.1"))));
        // Only the first has that source.
        byte[] room = new byte[2048];
        Assert.Equal(29, rig.Card.Read(room, out _, Cancellation));
        for (int i = 0; i < 500; i++)
            rig.Card.Write(PumpRig.Packet("10.9.0.1", $"10.8.{i >> 8}.{i & 255}", (byte)i));
        for (int i = 0; i < 500; i++)
            Assert.Equal((byte)i, StreamRig.Receive(all[i].Client, new PlainChannel(0))[^1]);
        Assert.True(SpinWait.SpinUntil(() => rig.Pump.Drops[DropReason.WrongSource] == 499, Generous.Patience));
        all.ForEach(a => a.Client.Dispose());
        Assert.True(SpinWait.SpinUntil(() => rig.Link.ConnectionCount == 0, Generous.Patience));
    }

    [Fact]
    public void Client_ConnectsCarriesAndHearsOfTheEnd()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        (MemoryPacketQueue card, MemoryPacketQueue inner) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet, 65536);
        using MemoryPacketQueue outer = card, own = inner;
        RecordingOwner owner = new();
        using TunnelPump pump = Client(inner, owner, (IPEndPoint)listener.LocalEndPoint!);
        using Socket server = listener.Accept();
        server.ReceiveTimeout = 30_000;
        Assert.Equal("connected", owner.Next(Cancellation));
        Assert.True(owner.Connections.TryDequeue(out LinkPath path));
        PlainChannel channel = new(3);
        pump.Add(new TunnelPeer(channel, path));
        // More than the kernel holds: the card waits, nothing is dropped.
        byte[] large = [.. PumpRig.Packet("10.8.0.2", "10.8.0.1"), .. new byte[1400]];
        const int Count = 20_000;
        for (int i = 0; i < Count; i++)
            card.Write(large);
        PlainChannel opener = new(3);
        for (int i = 0; i < Count; i++)
            Assert.Equal(large, StreamRig.Receive(server, opener));
        Assert.Equal(0, pump.Drops.Total);
        server.Send(StreamRig.Frame(channel.Seal(PumpRig.Packet("10.8.0.1", "10.8.0.2", 4))));
        byte[] room = new byte[2048];
        Assert.Equal(4, room[card.Read(room, out _, Cancellation) - 1]);
        server.Dispose();
        Assert.Equal("disconnected Connection reset, restarting [0]", owner.Next(Cancellation));
    }

    [Fact]
    public void Client_WithoutAServer_HearsWhy()
    {
        using Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        (MemoryPacketQueue card, MemoryPacketQueue inner) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        using MemoryPacketQueue outer = card, own = inner;
        RecordingOwner owner = new();
        using TunnelPump pump = Client(inner, owner, (IPEndPoint)closed.LocalEndPoint!);
        Assert.Equal("disconnected Connection refused", owner.Next(Cancellation));
    }

    private static TunnelPump Client(IPacketQueue queue, RecordingOwner owner, IPEndPoint server)
    {
        TunnelPump pump = new(new()
        {
            Queues = [queue],
            Link = StreamLink.Connect(new() { Remote = new DatagramAddress(server) }),
            Classifier = OpenVpnClassifier.Instance,
            Owner = owner,
            Router = new SinglePeerRouter(),
        });
        pump.Start();
        return pump;
    }
}
