// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Hosting.Tests.Pumps;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Packets;

namespace Tunbridge.Hosting.Tests.Links;

/// <summary>A server's pump between a card in memory and a TCP door on the loopback.</summary>
internal sealed class StreamRig : IDisposable
{
    private readonly MemoryPacketQueue _inner;

    internal StreamRig(StreamLinkOptions? options = null, PeerRouter? router = null)
    {
        (Card, _inner) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet, 65536);
        Link = StreamLink.Listen((options ?? new()) with { Local = new(IPAddress.Loopback, 0) });
        Pump = new TunnelPump(new()
        {
            Queues = [_inner],
            Link = Link,
            Classifier = OpenVpnClassifier.Instance,
            Owner = Owner,
            Router = router ?? new SinglePeerRouter(),
        });
        Pump.Start();
    }

    internal StreamLink Link { get; }

    internal TunnelPump Pump { get; }

    internal RecordingOwner Owner { get; } = new();

    internal MemoryPacketQueue Card { get; }

    /// <summary>A client that is connected, and is a peer.</summary>
    internal (Socket Client, PlainChannel Channel, TunnelPeer Peer) Connect(uint index, CancellationToken cancellation)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000, NoDelay = true };
        client.Connect(Link.Local.ToEndPoint());
        Assert.Equal("connected", Owner.Next(cancellation));
        Assert.True(Owner.Connections.TryDequeue(out LinkPath path));
        Assert.Equal((IPEndPoint)client.LocalEndPoint!, path.Path.Remote.ToEndPoint());
        PlainChannel channel = new(index);
        TunnelPeer peer = new(channel, path) { Index = index };
        Pump.Add(peer);
        return (client, channel, peer);
    }

    internal static byte[] Frame(byte[] datagram) => [(byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram];

    /// <summary>The packet in the next frame.</summary>
    internal static byte[] Receive(Socket client, PlainChannel opener)
    {
        byte[] datagram = ReceiveFrame(client);
        Assert.Equal(Tunnels.DropReason.None, opener.TryOpen(datagram, 0, out Span<byte> packet, out _));
        return packet.ToArray();
    }

    internal static byte[] ReceiveFrame(Socket client)
    {
        byte[] prefix = ReceiveExactly(client, 2);
        return ReceiveExactly(client, BinaryPrimitives.ReadUInt16BigEndian(prefix));
    }

    /// <summary>Whether the other end has closed.</summary>
    internal static bool IsClosed(Socket client)
    {
        try
        {
            return client.Receive(new byte[1]) == 0;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    public void Dispose()
    {
        Pump.Dispose();
        Card.Dispose();
        _inner.Dispose();
    }

    private static byte[] ReceiveExactly(Socket client, int count)
    {
        byte[] bytes = new byte[count];
        for (int got = 0, n; got < count; got += n)
            Assert.NotEqual(0, n = client.Receive(bytes.AsSpan(got)));
        return bytes;
    }
}
