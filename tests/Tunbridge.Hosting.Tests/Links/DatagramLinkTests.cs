// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Hosting.Tests.Pumps;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.Links;

public sealed class DatagramLinkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", false, "127.0.0.1")]
    [InlineData("::1", false, "::1")]
    [InlineData("::", true, "::1")]
    [InlineData("::", true, "127.0.0.1")]
    [InlineData("0.0.0.0", false, "127.0.0.1")]
    public void Server_OfEachFamily_AnswersFromWhereItWasAsked(string local, bool isDual, string peer)
    {
        foreach (bool multihome in (bool[])[false, true])
        {
            (MemoryPacketQueue card, MemoryPacketQueue inner) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
            using MemoryPacketQueue outer = card, own = inner;
            RecordingOwner owner = new();
            using TunnelPump pump = Pump(inner, owner, new()
            {
                Local = new(IPAddress.Parse(local), 0),
                IsDualStack = isDual,
                Multihome = multihome,
                ReceiveBufferSize = 100_000,
                SendBufferSize = 100_000,
            });
            IPAddress address = IPAddress.Parse(peer);
            using Socket remote = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
            remote.Connect(address, pump.Link.Local.Port);
            remote.Send([0x38, 1]);
            Assert.Equal("control 3801", owner.Next(Cancellation));
            Assert.True(owner.Control.TryDequeue(out (LinkPath From, byte[]) heard));
            Assert.Equal((IPEndPoint)remote.LocalEndPoint!, heard.From.Path.Remote.ToEndPoint());
            Assert.True(pump.SendControl(heard.From, [0x40, 2]));
            byte[] room = new byte[2048];
            Assert.Equal(2, remote.Receive(room));
            pump.Add(new TunnelPeer(new PlainChannel(1), heard.From));
            card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", 9));
            Assert.Equal(9, room[remote.Receive(room) - 1]);
        }
    }

    [Fact]
    public void Client_WithoutALocalPort_SendsToItsServer()
    {
        using Socket server = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        server.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        DatagramAddress remote = new((IPEndPoint)server.LocalEndPoint!);
        (MemoryPacketQueue card, MemoryPacketQueue inner) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        using MemoryPacketQueue outer = card, own = inner;
        using TunnelPump pump = Pump(inner, new RecordingOwner(), new() { Remote = remote, PathMtuDiscovery = PathMtuDiscovery.Do });
        Assert.True(pump.SendControl(new() { Path = new(remote) }, [0x38, 3]));
        byte[] room = new byte[2048];
        Assert.Equal(2, server.Receive(room));
    }

    // a 10.5.0.1, 10.5.0.9 ── veth ── 10.5.0.2 b: the client asks the second address, and hears from that one only with multihome.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Multihome_AskedAtASecondAddress_AnswersFromThatOne(bool multihome)
    {
        using TestNamespace a = new(), b = new();
        a.Ip($"link add veth0 type veth peer name veth0 netns /proc/{Environment.ProcessId}/fd/{b.Namespace.Descriptor.Number}");
        a.Ip("addr add 10.5.0.1/24 dev veth0");
        a.Ip("addr add 10.5.0.9/24 dev veth0");
        a.Ip("link set veth0 up");
        b.Ip("addr add 10.5.0.2/24 dev veth0");
        b.Ip("link set veth0 up");
        (MemoryPacketQueue card, MemoryPacketQueue inner) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        using MemoryPacketQueue outer = card, own = inner;
        RecordingOwner owner = new();
        using TunnelPump pump = Pump(inner, owner, new()
        {
            Local = new(IPAddress.Any, 0),
            Multihome = multihome,
            Namespace = a.Namespace,
        });
        using Socket remote = b.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 });
        remote.Bind(new IPEndPoint(IPAddress.Parse("10.5.0.2"), 0));
        remote.SendTo([0x38, 1], new IPEndPoint(IPAddress.Parse("10.5.0.9"), pump.Link.Local.Port));
        Assert.Equal("control 3801", owner.Next(Cancellation));
        Assert.True(owner.Control.TryDequeue(out (LinkPath From, byte[]) heard));
        Assert.True(pump.SendControl(heard.From, [0x40, 2]));
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        remote.ReceiveFrom(new byte[100], ref from);
        Assert.Equal(multihome ? "10.5.0.9" : "10.5.0.1", ((IPEndPoint)from).Address.ToString());
    }

    private static TunnelPump Pump(IPacketQueue queue, RecordingOwner owner, DatagramLinkOptions options)
    {
        TunnelPump pump = new(new()
        {
            Queues = [queue],
            Link = DatagramLink.Open(options),
            Classifier = OpenVpnClassifier.Instance,
            Owner = owner,
            Router = new SinglePeerRouter(),
            BatchSize = 4,
        });
        pump.Start();
        return pump;
    }
}
