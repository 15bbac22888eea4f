// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.Pumps;

[Collection(Alone.Name)]
public sealed class PumpAllocationTests
{
    /// <summary>Counted for the whole process, so alone: the pump's threads are not the test's.</summary>
    [Fact]
    public void Pump_TenThousandPacketsEachWay_AllocatesNothingForEach()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        byte[] packet = PumpRig.Packet("10.8.0.1", "10.8.0.2");
        byte[][] datagrams = [.. Enumerable.Range(0, 6000).Select(_ => rig.Channels[0].Seal(packet))];
        byte[] room = new byte[2048];
        int next = 0;
        Rounds(500);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Rounds(5000);
        long perPacket = (GC.GetTotalAllocatedBytes(precise: true) - before) / 10_000;
        // Other tests may run beside this one; a pump that allocated would take 24 bytes or more for each packet.
        Assert.InRange(perPacket, 0, 23);

        void Rounds(int count)
        {
            for (int i = 0; i < count; i++)
            {
                rig.Card.Write(packet);
                _ = rig.Remotes[0].Receive(room, SocketFlags.None);
                _ = rig.Remotes[0].Send(datagrams[next++], SocketFlags.None);
                _ = rig.Card.Read(room, out _);
            }
        }
    }

    /// <summary>A card of the kernel, one packet at a time: mostly the wire's thread serves both.</summary>
    [Fact]
    public void PumpOverACard_TwoThousandPacketsEachWay_AllocatesNothingForEach()
    {
        using TestNamespace space = new();
        using VirtualDevice card = TunDevice.Create(new() { Name = "tun0", Namespace = space.Namespace, Offload = Offload.All });
        space.Ip("addr add 10.8.0.1/24 dev tun0");
        space.Ip("link set tun0 up");
        DatagramLink link = DatagramLink.Open(new() { Local = new(IPAddress.Loopback), Namespace = space.Namespace });
        using Socket remote = Open(space, new IPEndPoint(IPAddress.Loopback, 0)), local = Open(space, IPEndPoint.Parse("10.8.0.1:9"));
        SocketAddress wire = link.Local.ToEndPoint().Serialize(), inside = IPEndPoint.Parse("10.8.0.2:9").Serialize();
        PlainChannel channel = new(1);
        using TunnelPump pump = new(new()
        {
            Queues = [card],
            Link = link,
            Classifier = OpenVpnClassifier.Instance,
            Owner = new RecordingOwner(),
            Router = new SinglePeerRouter(),
        });
        pump.Add(new TunnelPeer(channel, PumpRig.PathOf(remote)) { Index = 1 });
        pump.Start();
        byte[] packet = PumpRig.Packet("10.8.0.2", "10.8.0.1"), room = new byte[2048];
        byte[][] datagrams = [.. Enumerable.Range(0, 2600).Select(_ => channel.Seal(packet))];
        int next = 0;
        Rounds(500);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Rounds(2000);
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / 4000, 0, 23);

        void Rounds(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _ = local.SendTo(packet, SocketFlags.None, inside);
                _ = remote.Receive(room, SocketFlags.None);
                _ = remote.SendTo(datagrams[next++], SocketFlags.None, wire);
                _ = local.Receive(room, SocketFlags.None);
            }
        }
    }

    private static Socket Open(TestNamespace space, IPEndPoint at)
    {
        Socket socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 60_000 });
        socket.Bind(at);
        return socket;
    }
}
