// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Packets;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.Pumps;

public sealed class TunnelPumpTests
{
    private static readonly byte[] s_ping = [0];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Pump_OnePeer_CarriesPacketsBothWays()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        for (byte i = 0; i < 100; i++)
        {
            byte[] packet = PumpRig.Packet("10.8.0.1", "10.8.0.2", i);
            rig.Card.Write(packet);
            Assert.Equal(packet, rig.Receive(0));
            rig.Send(0, packet);
            Assert.Equal(packet, rig.ReadCard(Cancellation));
        }

        PeerCounters counters = rig.Peers[0].Counters;
        SpinWait.SpinUntil(() => counters.PacketsReceived == 100 && counters.PacketsSent == 100, Generous.Patience);
        Assert.Equal((100, 2900, 4100), (counters.PacketsSent, counters.BytesSent, counters.WireBytesSent));
        Assert.Equal((100, 2900, 4100), (counters.PacketsReceived, counters.BytesReceived, counters.WireBytesReceived));
        Assert.Equal(0, rig.Pump.Drops.Total);
    }

    [Fact]
    public void Inbound_ControlUnknownForgedReplayedPingAndExit_AreToldApart()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        Socket remote = rig.Remotes[0];
        remote.Send([0x38, 1, 2]);
        Assert.Equal("control 380102", rig.Owner.Next(Cancellation));
        Assert.Equal(PumpRig.PathOf(remote).Path.Remote, rig.Owner.Control.First().Path.Path.Remote);

        remote.Send([0xff, 1, 2]);
        Assert.Equal("dropped UnknownType", rig.Owner.Next(Cancellation));
        remote.Send(new PlainChannel(77).Seal(s_ping));
        Assert.Equal("dropped UnknownPeer", rig.Owner.Next(Cancellation));
        byte[] forged = rig.Channels[0].Seal(PumpRig.Packet("10.8.0.2", "10.8.0.1"));
        forged[^1] ^= 1;
        remote.Send(forged);
        Assert.Equal("dropped NotAuthentic", rig.Owner.Next(Cancellation));
        byte[] once = rig.Channels[0].Seal(PumpRig.Packet("10.8.0.2", "10.8.0.1", 5));
        remote.Send(once);
        remote.Send(once);
        Assert.Equal("dropped Replayed", rig.Owner.Next(Cancellation));
        rig.Send(0, s_ping);
        rig.Send(0, [1]);
        Assert.Equal("exit 1", rig.Owner.Next(Cancellation));
        Assert.Equal(5, rig.ReadCard(Cancellation)[^1]);
        Assert.False(rig.Card.TryRead(new byte[2048], out _, out _));
        Assert.Equal(1, rig.Pump.Drops[DropReason.NotAuthentic]);
        Assert.Equal(4, rig.Pump.Drops.Total);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Inbound_FromAnotherAddress_MovesOnlyWhenAuthenticAndAllowed(bool lets)
    {
        using PumpRig rig = new(new SinglePeerRouter());
        rig.Owner.LetsMove = lets;
        using Socket elsewhere = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        elsewhere.Connect(rig.Local);
        byte[] forged = rig.Channels[0].Seal(PumpRig.Packet("10.8.0.2", "10.8.0.1", 7));
        forged[20] ^= 1;
        elsewhere.Send(forged);
        Assert.Equal("dropped NotAuthentic", rig.Owner.Next(Cancellation));
        elsewhere.Send(rig.Channels[0].Seal(PumpRig.Packet("10.8.0.2", "10.8.0.1", 8)));
        Assert.Equal("moving 1", rig.Owner.Next(Cancellation));
        if (!lets)
        {
            Assert.Equal("dropped UnknownPeer", rig.Owner.Next(Cancellation));
            rig.Send(0, PumpRig.Packet("10.8.0.2", "10.8.0.1", 9));
            Assert.Equal(9, rig.ReadCard(Cancellation)[^1]);
            rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", 10));
            Assert.Equal(10, rig.Receive(0)[^1]);
            return;
        }

        Assert.Equal(8, rig.ReadCard(Cancellation)[^1]);
        Assert.Equal(PumpRig.PathOf(elsewhere).Path.Remote, rig.Peers[0].Path.Path.Remote);
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", 11));
        byte[] room = new byte[2048];
        Assert.Equal(11, room[elsewhere.Receive(room) - 1]);
    }

    [Fact]
    public void Move_ToAnotherPeersAddress_IsRefused()
    {
        using PumpRig rig = new(new SinglePeerRouter(), remotes: 2);
        Assert.False(rig.Pump.TryMove(rig.Peers[0], rig.Peers[1].Path));
        Assert.Equal(PumpRig.PathOf(rig.Remotes[0]), rig.Peers[0].Path);
        Assert.Throws<ArgumentException>(() => rig.Pump.Add(new TunnelPeer(new PlainChannel(2), PumpRig.PathOf(rig.Remotes[0])) { Index = 5 }));
        Assert.Throws<ArgumentException>(() => rig.Pump.Add(new TunnelPeer(new PlainChannel(2), default) { Index = 2 }));
        rig.Pump.Remove(rig.Peers[1]);
        rig.Pump.Add(new TunnelPeer(new PlainChannel(2), rig.Peers[1].Path) { Index = 2 });
    }

    [Fact]
    public void Outbound_NoKeysNoRoute_IsDroppedAndCounted()
    {
        RoutedPeerRouter router = new();
        using PumpRig rig = new(router, remotes: 2);
        router.AddRoute(IPNetwork.Parse("10.8.0.2/32"), rig.Peers[0]);
        router.AddRoute(IPNetwork.Parse("10.8.0.3/32"), rig.Peers[1]);
        rig.Channels[0].HasKeys = false;
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.9"));
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2"));
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.3", 3));
        Assert.Equal(3, rig.Receive(1)[^1]);
        Assert.Equal((1, 1), (rig.Pump.Drops[DropReason.NoRoute], rig.Pump.Drops[DropReason.NotEstablished]));
        rig.Channels[0].HasKeys = true;
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", 2));
        Assert.Equal(2, rig.Receive(0)[^1]);
    }

    [Fact]
    public void Inbound_ClientToClient_GoesToTheOtherPeerAndGroupsToAll()
    {
        RoutedPeerRouter router = new() { ClientToClient = true, Broadcast = IPAddress.Parse("10.8.0.255") };
        using PumpRig rig = new(router, remotes: 3);
        for (int i = 0; i < 3; i++)
            router.AddRoute(new IPNetwork(new IPAddress([10, 8, 0, (byte)(i + 2)]), 32), rig.Peers[i]);
        rig.Send(0, PumpRig.Packet("10.8.0.2", "10.8.0.3", 1));
        Assert.Equal(1, rig.Receive(1)[^1]);
        rig.Send(0, PumpRig.Packet("10.8.0.2", "10.8.0.255", 2));
        Assert.Equal(2, rig.Receive(1)[^1]);
        Assert.Equal(2, rig.Receive(2)[^1]);
        Assert.Equal(2, rig.ReadCard(Cancellation)[^1]);
        rig.Send(1, PumpRig.Packet("10.8.0.2", "10.8.0.4", 3));
        string dropped = rig.Owner.Next(Cancellation);
        Assert.StartsWith("dropped WrongSource 45", dropped, StringComparison.Ordinal);
        rig.Send(1, PumpRig.Packet("10.8.0.3", "10.8.0.4", 4));
        Assert.Equal(4, rig.Receive(2)[^1]);
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "224.0.0.5", 5));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(5, rig.Receive(i)[^1]));
        Assert.Equal(1, rig.Pump.Drops.Total);
    }

    [Fact]
    public void Outbound_SuperpacketOfTheCard_ArrivesAsItsSegments()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        byte[] payload = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 31))];
        byte[] packet = new byte[40 + payload.Length];
        TcpHeader tcp = new() { SourcePort = 1, DestinationPort = 2, SequenceNumber = 1000, Flags = TcpFlags.Ack | TcpFlags.Psh };
        TcpView.Write(packet.AsSpan(20), PumpRig.Number("10.8.0.1"), PumpRig.Number("10.8.0.2"), tcp, [], payload);
        Ipv4View.Write(packet, new Ipv4Header
        {
            Source = PumpRig.Number("10.8.0.1"),
            Destination = PumpRig.Number("10.8.0.2"),
            Protocol = IpProtocol.Tcp,
        }, packet.Length - 20);
        rig.Card.Write(packet, new GsoInfo
        {
            Kind = GsoKind.TcpV4,
            SegmentSize = 1400,
            HeaderLength = 40,
            NeedsChecksum = true,
            ChecksumStart = 20,
            ChecksumOffset = 16,
        });
        List<byte> received = [];
        while (received.Count < payload.Length)
        {
            byte[] segment = rig.Receive(0);
            Assert.True(Ipv4View.TryParse(segment, out Ipv4View ip) && InternetChecksum.Compute(segment.AsSpan(0, 20)) == 0);
            Assert.True(TcpView.TryParse(ip.Payload, out TcpView view));
            Assert.True(view.IsChecksumValid(ip.Source, ip.Destination));
            Assert.Equal((uint)(1000 + received.Count), view.SequenceNumber);
            received.AddRange(view.Payload);
        }

        Assert.Equal(payload, received);
    }

    [Fact]
    public void Both_SynSegments_HaveTheirSegmentSizeLowered()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        rig.Peers[0].MaximumSegmentSize = 1300;
        byte[] syn = new byte[44];
        TcpHeader tcp = new() { SourcePort = 1, DestinationPort = 2, Flags = TcpFlags.Syn };
        TcpView.Write(syn.AsSpan(20), 1u, 2u, tcp, [2, 4, 0x05, 0xb4], []);
        Ipv4View.Write(syn, new Ipv4Header { Source = 1, Destination = 2, Protocol = IpProtocol.Tcp }, 24);
        rig.Card.Write(syn);
        byte[] sent = rig.Receive(0);
        rig.Send(0, syn);
        byte[] received = rig.ReadCard(Cancellation);
        Assert.Equal(sent, received);
        Assert.Equal([0x05, 0x14], sent[42..]);
        Assert.True(TcpView.TryParse(sent.AsSpan(20), out TcpView view) && view.IsChecksumValid(1u, 2u));
    }

    [Fact]
    public async Task Remove_WhileTheKeysAreInUse_WaitsForTheBatch()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        using ManualResetEventSlim hold = new();
        PlainChannel channel = rig.Channels[0];
        channel.Hold = hold;
        rig.Send(0, s_ping);
        Assert.True(SpinWait.SpinUntil(() => channel.Opens > 0, Generous.Patience));
        Task removal = Task.Run(() =>
        {
            rig.Pump.Remove(rig.Peers[0]);
            channel.IsDisposed = true;
        }, Cancellation);
        await Task.WhenAny(removal, Task.Delay(50, Cancellation));
        Assert.False(removal.IsCompleted);
        hold.Set();
        await removal.WaitAsync(Generous.Patience, Cancellation);
        rig.Send(0, s_ping);
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2"));
        Assert.Equal("dropped UnknownPeer", rig.Owner.Next(Cancellation));
        Assert.False(channel.WasUsedAfterDispose);
    }

    [Fact]
    public void Remove_OfAPeerFoundInAnEarlierRound_LeavesItsKeysAlone()
    {
        using PumpRig rig = new(new SinglePeerRouter(), starts: false);
        using SealedOutput output = new(rig.Pump, slot: 3);
        byte[] packet = PumpRig.Packet("10.8.0.1", "10.8.0.2");
        output.Begin(0);
        Assert.True(output.TryAdd(rig.Peers[0], packet));
        // As when the slab was full: the round has ended, and another one begins with the same peer.
        output.End();
        rig.Pump.Remove(rig.Peers[0]);
        rig.Channels[0].IsDisposed = true;
        output.Begin(0);
        Assert.True(output.TryAdd(rig.Peers[0], packet));
        Assert.False(rig.Channels[0].WasUsedAfterDispose);
        Assert.Equal(1, rig.Pump.Drops[DropReason.NotEstablished]);
    }

    [Fact]
    public void Remove_InsideACallback_NeitherHangsNorLetsTheKeysBeUsedAgain()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        rig.Owner.Exits = peer =>
        {
            rig.Pump.Remove(peer);
            rig.Channels[0].IsDisposed = true;
        };
        rig.Send(0, [1]);
        for (int i = 0; i < 20; i++)
            rig.Send(0, s_ping);
        Assert.Equal("exit 1", rig.Owner.Next(Cancellation));
        Assert.Equal("dropped UnknownPeer", rig.Owner.Next(Cancellation));
        Assert.False(rig.Channels[0].WasUsedAfterDispose);
    }

    [Fact]
    public async Task Dispose_OfThePump_LeavesTheQueueForAnother()
    {
        (MemoryPacketQueue card, MemoryPacketQueue inner) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        using MemoryPacketQueue outer = card, own = inner;
        for (int round = 0; round < 3; round++)
        {
            using Socket remote = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
            remote.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            TunnelPump pump = new(new()
            {
                Queues = [inner],
                Link = DatagramLink.Open(new() { Local = new(IPAddress.Loopback, 0) }),
                Classifier = OpenVpnClassifier.Instance,
                Owner = new RecordingOwner(),
                Router = new SinglePeerRouter(),
            });
            pump.Add(new TunnelPeer(new PlainChannel(1), PumpRig.PathOf(remote)));
            pump.Start();
            Assert.Throws<InvalidOperationException>(pump.Start);
            card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", (byte)round));
            byte[] room = new byte[2048];
            Assert.Equal(round, room[remote.Receive(room) - 1]);
            Assert.False(pump.Completion.IsCompleted);
            pump.Dispose();
            await pump.Completion.WaitAsync(Generous.Patience, Cancellation);
            Assert.Throws<ObjectDisposedException>(pump.Start);
        }
    }

    [Fact]
    public async Task Completion_WhenTheCardIsGone_Fails()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        rig.Card.Dispose();
        await Assert.ThrowsAsync<EndOfStreamException>(() => rig.Pump.Completion.WaitAsync(Generous.Patience, Cancellation));
    }
}
