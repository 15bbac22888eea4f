// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Packets;

namespace Tunbridge.Hosting.Tests.Pumps;

/// <summary>
/// A server's pump between a card in memory and a UDP socket on the loopback, and plain sockets as its peers.
/// <code>
/// Card ═══ pump ── 127.0.0.1:P ── Remotes[0], Remotes[1] …
/// </code>
/// </summary>
internal sealed class PumpRig : IDisposable
{
    private readonly MemoryPacketQueue _inner;

    internal PumpRig(PeerRouter router, int remotes = 1, bool starts = true, DeviceLayer layer = DeviceLayer.Packet)
    {
        (Card, _inner) = MemoryPacketQueue.CreatePair(layer);
        DatagramLink link = DatagramLink.Open(new() { Local = new(IPAddress.Loopback, 0), MaximumDatagram = 4096 });
        Local = link.Local.ToEndPoint();
        Pump = new TunnelPump(new()
        {
            Queues = [_inner],
            Link = link,
            Classifier = OpenVpnClassifier.Instance,
            Owner = Owner,
            Router = router,
            BatchSize = 8,
        });
        for (int i = 0; i < remotes; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Connect(Local);
            Remotes.Add(socket);
            PlainChannel ours = new((uint)i + 1);
            Channels.Add(ours);
            Peers.Add(new TunnelPeer(ours, PathOf(socket)) { Index = (uint)i + 1 });
            Pump.Add(Peers[i]);
        }

        if (starts)
            Pump.Start();
    }

    internal RecordingOwner Owner { get; } = new();

    internal TunnelPump Pump { get; }

    internal MemoryPacketQueue Card { get; }

    internal IPEndPoint Local { get; }

    internal List<Socket> Remotes { get; } = [];

    internal List<TunnelPeer> Peers { get; } = [];

    /// <summary>The pump's end of each session; what the other end would seal is sealed with it, too.</summary>
    internal List<PlainChannel> Channels { get; } = [];

    internal static LinkPath PathOf(Socket socket) => new() { Path = new(new DatagramAddress((IPEndPoint)socket.LocalEndPoint!)) };

    /// <summary>What the peer sends.</summary>
    internal void Send(int remote, ReadOnlySpan<byte> packet) => Remotes[remote].Send(Channels[remote].Seal(packet));

    /// <summary>The packet in the next datagram for a peer.</summary>
    internal byte[] Receive(int remote)
    {
        byte[] room = new byte[4096];
        int count = Remotes[remote].Receive(room);
        PlainChannel theirs = new(0);
        Assert.Equal(Tunnels.DropReason.None, theirs.TryOpen(room.AsSpan(0, count), 0, out Span<byte> packet, out _));
        return packet.ToArray();
    }

    internal byte[] ReadCard(CancellationToken cancellation)
    {
        byte[] room = new byte[4096];
        return room[..Card.Read(room, out _, cancellation)];
    }

    /// <summary>An IPv4 packet of UDP without checksum.</summary>
    internal static byte[] Packet(string from, string to, byte mark = 0)
    {
        byte[] packet = new byte[29];
        Ipv4View.Write(packet, new Ipv4Header { Source = Number(from), Destination = Number(to), Protocol = IpProtocol.Udp }, 9);
        packet[23] = 9;
        packet[25] = 9;
        packet[28] = mark;
        return packet;
    }

    internal static uint Number(string address) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(address).GetAddressBytes());

    public void Dispose()
    {
        Pump.Dispose();
        Remotes.ForEach(s => s.Dispose());
        Card.Dispose();
        _inner.Dispose();
    }
}
