// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.Pumps;

/// <summary>
/// Two cards of the kernel, joined by two pumps.
/// <code>
/// namespace a                                             namespace b
/// sockets ── tun0 10.8.0.1 ══ pump ── UDP over lo of a ── pump ══ tun0 10.8.0.2 ── sockets
/// </code>
/// </summary>
public sealed class PumpOverCardsTests
{
    private const int Length = 24 << 20;

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(2, true, false)]
    [InlineData(1, false, false)]
    [InlineData(1, true, true)]
    public async Task Streams_ThroughTheTunnel_ArriveUnchanged(int queues, bool offloads, bool isTap)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using TestNamespace a = new(), b = new();
        using VirtualDevice cardA = Card(a, "10.8.0.1/24", queues, offloads, isTap), cardB = Card(b, "10.8.0.2/24", queues, offloads, isTap);
        DatagramLink linkA = Link(a), linkB = Link(a);
        DatagramAddress addressA = linkA.Local, addressB = linkB.Local;
        RecordingOwner ownerA = new(), ownerB = new();
        using TunnelPump pumpA = Pump(cardA, linkA, ownerA), pumpB = Pump(cardB, linkB, ownerB);
        PlainChannel channelA = new(1), channelB = new(1);
        TunnelPeer peerA = new(channelA, new() { Path = new(addressB) }) { Index = 1, MaximumSegmentSize = 1300 };
        pumpA.Add(peerA);
        pumpB.Add(new TunnelPeer(channelB, new() { Path = new(addressA) }) { Index = 1, MaximumSegmentSize = 1300 });
        pumpA.Start();
        pumpB.Start();
        using Socket listener = b.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Parse("10.8.0.2"), 0));
        listener.Listen();
        using Socket client = a.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync(listener.LocalEndPoint!, cancellation).AsTask().WaitAsync(Generous.Patience, cancellation);
        using Socket server = await listener.AcceptAsync(cancellation);
        byte[] there = RandomNumberGenerator.GetBytes(Length), back = RandomNumberGenerator.GetBytes(Length);
        Task<byte[]>[] received = [Receive(server, cancellation), Receive(client, cancellation)];
        await Task.WhenAll(Send(client, there, cancellation), Send(server, back, cancellation)).WaitAsync(Generous.Patience, cancellation);
        byte[][] arrived = await Task.WhenAll(received).WaitAsync(Generous.Patience, cancellation);
        Assert.True(there.AsSpan().SequenceEqual(arrived[0]));
        Assert.True(back.AsSpan().SequenceEqual(arrived[1]));
        Assert.InRange(peerA.Counters.BytesSent, Length, long.MaxValue);
        Assert.InRange(peerA.Counters.BytesReceived, Length, long.MaxValue);
        Assert.Equal(0, pumpA.Drops[Tunnels.DropReason.Refused]);
        Assert.Equal(0, pumpB.Drops[Tunnels.DropReason.NotAuthentic] + pumpB.Drops[Tunnels.DropReason.Malformed]);
        Assert.False(pumpA.Completion.IsCompleted);
    }

    [Fact]
    public async Task Card_Deleted_EndsThePumpWithTheKernelsError()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using TestNamespace a = new();
        using VirtualDevice card = Card(a, "10.8.0.1/24", 1, offloads: true, isTap: false);
        using TunnelPump pump = Pump(card, Link(a), new RecordingOwner());
        pump.Start();
        a.Ip("link del tun0");
        await Assert.ThrowsAsync<LinuxException>(() => pump.Completion.WaitAsync(Generous.Patience, cancellation));
    }

    private static VirtualDevice Card(TestNamespace space, string address, int queues, bool offloads, bool isTap)
    {
        DeviceOptions options = new()
        {
            Name = "tun0",
            Namespace = space.Namespace,
            Queues = queues,
            MultiQueue = queues > 1,
            Offload = offloads ? Offload.All : Offload.None,
        };
        VirtualDevice card = isTap ? TapDevice.Create(options) : TunDevice.Create(options);
        space.Ip($"addr add {address} dev tun0");
        space.Ip("link set tun0 up");
        return card;
    }

    private static DatagramLink Link(TestNamespace space) =>
        DatagramLink.Open(new() { Local = new(IPAddress.Loopback), Namespace = space.Namespace });

    private static TunnelPump Pump(VirtualDevice card, DatagramLink link, RecordingOwner owner) => new(new()
    {
        Queues = [card],
        Link = link,
        Classifier = OpenVpnClassifier.Instance,
        Owner = owner,
        Router = new SinglePeerRouter(),
    });

    private static async Task Send(Socket socket, byte[] bytes, CancellationToken cancellation)
    {
        for (int sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent, Math.Min(1 << 18, bytes.Length - sent)), cancellation);
    }

    private static async Task<byte[]> Receive(Socket socket, CancellationToken cancellation)
    {
        byte[] bytes = new byte[Length];
        for (int got = 0, n; got < Length; got += n)
        {
            n = await socket.ReceiveAsync(bytes.AsMemory(got), cancellation);
            Assert.NotEqual(0, n);
        }

        return bytes;
    }
}
