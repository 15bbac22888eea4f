// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Hosting.Tests.Links;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.Pumps;

/// <summary>Anything may come from the wire, and anything authentic from a peer: the pump lives on and serves the others.</summary>
public sealed class HostilePumpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Datagrams_OfAnyBytes_LeaveThePumpAlive()
    {
        RoutedPeerRouter router = new() { ClientToClient = true };
        using PumpRig rig = new(router, remotes: 2);
        router.AddRoute(IPNetwork.Parse("10.8.0.2/32"), rig.Peers[0]);
        router.AddRoute(IPNetwork.Parse("10.8.0.3/32"), rig.Peers[1]);
        Random random = new(5);
        byte[] room = new byte[3000];
        for (int i = 0; i < 4000; i++)
        {
            Span<byte> bytes = room.AsSpan(0, random.Next(random.Next(2) == 0 ? 40 : 3000));
            random.NextBytes(bytes);
            if (bytes.Length > 4 && random.Next(2) == 0)
            {
                bytes[0] = 0x48;
                bytes[1] = bytes[2] = 0;
                bytes[3] = (byte)random.Next(4);
            }

            rig.Remotes[0].Send(bytes);
            // Authentic, and of any content: half of them with the right source.
            byte[] packet = bytes[..Math.Min(bytes.Length, 1500)].ToArray();
            if (packet.Length > 20 && random.Next(2) == 0)
                PumpRig.Packet("10.8.0.2", random.Next(2) == 0 ? "10.8.0.3" : "10.8.0.1").AsSpan(0, 20).CopyTo(packet);
            rig.Send(0, packet.Length == 1 ? [0] : packet);
            // The pump keeps up, so that nothing is lost that the test waits for.
            if (i % 100 == 99)
                AwaitPing(rig, (byte)(i / 100));
        }

        Assert.False(rig.Pump.Completion.IsCompleted);
        rig.Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", 3));
        while (rig.Receive(0)[^1] != 3)
            Assert.False(rig.Pump.Completion.IsCompleted);
    }

    [Fact]
    public void Streams_OfAnyBytes_EndAloneOrLiveOn()
    {
        using StreamRig rig = new(new() { MaximumPacket = 2000 });
        (Socket good, PlainChannel channel, _) = rig.Connect(1, Cancellation);
        using Socket own = good;
        Random random = new(6);
        for (int i = 0; i < 200; i++)
        {
            using Socket bad = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            bad.Connect(rig.Link.Local.ToEndPoint());
            byte[] bytes = new byte[random.Next(4000)];
            random.NextBytes(bytes);
            for (int at = 0; at < bytes.Length && random.Next(4) != 0;)
            {
                // Frames that make sense, of any content; then whatever comes.
                int length = random.Next(1, 300);
                if (at + 2 + length > bytes.Length)
                    break;
                (bytes[at], bytes[at + 1]) = ((byte)(length >> 8), (byte)length);
                at += 2 + length;
            }

            try
            {
                bad.Send(bytes);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
            {
                continue;   // closed while we were still sending
            }
        }

        good.Send(StreamRig.Frame(channel.Seal(PumpRig.Packet("10.8.0.2", "10.8.0.1", 9))));
        byte[] room = new byte[2048];
        Assert.Equal(9, room[rig.Card.Read(room, out _, Cancellation) - 1]);
        Assert.True(SpinWait.SpinUntil(() => rig.Link.ConnectionCount == 1, Generous.Patience));
        Assert.False(rig.Pump.Completion.IsCompleted);
    }

    // A packet of the other peer that gets through: everything before it has been dealt with.
    private static void AwaitPing(PumpRig rig, byte mark)
    {
        rig.Send(1, PumpRig.Packet("10.8.0.3", "9.9.9.9", mark));
        byte[] packet;
        do
            packet = rig.ReadCard(Cancellation);
        while (packet.Length != 29 || packet[16] != 9 || packet[28] != mark);
    }
}
