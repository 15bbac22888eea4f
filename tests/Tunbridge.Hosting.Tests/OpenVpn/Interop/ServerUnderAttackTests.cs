// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Control;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.OpenVpn.Interop;

/// <summary>Our whole server while strangers do what they can, and good clients want in.</summary>
public sealed class ServerUnderAttackTests
{
    private const int Allowed = 64;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HalfOpenHandshakes_FromManyPorts_AreBoundedAndGoodClientsGetIn()
    {
        await using ServerRig rig = ServerRig.Start($"keepalive 1 60\nmax-clients {Allowed}\nconnect-freq-initial 1000000 1");
        ClientEnd bad = rig.AddEnd();
        ClientEnd good = rig.AddEnd();
        using ITlsContext tls = Tls();
        List<(Socket Socket, Session Session)> open = [];
        int most = 0;
        Task<RealOpenVpn>? connecting = null;
        for (int i = 0; i < 1000; i++)
        {
            Cancellation.ThrowIfCancellationRequested();
            Socket socket = bad.Space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Connect(IPAddress.Parse(bad.ServerAddress), 1194);
            Session session = Session.Connect(new SessionSettings(), CryptoProviders.Best, tls, CryptoProviders.OpenSsl, DateTimeOffset.UtcNow);
            open.Add((socket, session));
            BeginAndStayAway(socket, session);
            most = Math.Max(most, rig.Server.Snapshot().Clients.Count);
            if (i == 300)
                connecting = rig.ConnectAsync(good);
        }
        RealOpenVpn client = await connecting!;
        Assert.True(good.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        // One more while its place is made, and the good one.
        Assert.InRange(most, Allowed / 2, Allowed + 2);
        foreach ((Socket socket, Session session) in open)
        {
            socket.Dispose();
            session.Dispose();
        }
    }

    [Fact]
    public async Task RandomAndReplayedDatagrams_ChangeNothingForAConnectedClient()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60");
        ClientEnd bad = rig.AddEnd();
        ClientEnd good = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(good);
        using Socket socket = bad.Space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Connect(IPAddress.Parse(bad.ServerAddress), 1194);
        Random random = new(5);
        byte[] datagram = new byte[1400];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(datagram);
            // Every opcode and key id, the client's peer id among them.
            datagram[0] = (byte)i;
            if ((datagram[0] >> 3) == 9)
                datagram.AsSpan(1, 3).Clear();
            socket.Send(datagram.AsSpan(0, random.Next(1, datagram.Length)));
        }
        Assert.True(good.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        Assert.Equal(good.Address, Assert.Single(rig.Server.Snapshot().Clients).Remote.ToIPAddress().ToString());
        Assert.Equal(1, client.Count("Initialization Sequence Completed"));
        // The log is not flooded either.
        Assert.InRange(rig.Log.Text.Split('\n').Length, 1, 5000);
    }

    [Fact]
    public async Task Client_ThatFlapsBetweenTwoAddresses_KeepsItsControlChannel()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 10 120");
        ClientEnd end = rig.AddEnd();
        using ITlsContext tls = Tls();
        using Socket home = Open(end);
        using Socket away = Open(end);
        using Session session = Session.Connect(new SessionSettings(), CryptoProviders.Best, tls, CryptoProviders.OpenSsl, DateTimeOffset.UtcNow);
        Drive(home, session, () => session.IsConnected);
        for (int i = 0; i < 200; i++)
        {
            away.Send(Seal(session));
            home.Send(Seal(session));
        }
        Assert.True(session.Renegotiate(DateTimeOffset.UtcNow));
        bool isRekeyed = false;
        Drive(home, session, () => isRekeyed |= session.TryPollEvent(out SessionEvent? happened) && happened is SessionRekeyed);
        Assert.Single(rig.Server.Snapshot().Clients);
        Assert.True(rig.Log.HasSaid("floated from"), rig.Log.Text);
    }

    [Fact]
    public async Task SilentConnections_OfOneAddress_LeaveRoomForOthersAndEnd()
    {
        // One client: room for 65 connections, of which one address may hold 16 before anybody is let in.
        await using ServerRig rig = ServerRig.Start("proto tcp-server\nkeepalive 1 60\nmax-clients 1\nhand-window 10");
        ClientEnd bad = rig.AddEnd();
        ClientEnd good = rig.AddEnd();
        List<Socket> open = [];
        for (int i = 0; i < 80; i++)
        {
            Socket socket = bad.Space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 });
            socket.Connect(IPAddress.Parse(bad.ServerAddress), 1194);
            open.Add(socket);
        }
        RealOpenVpn client = await rig.ConnectAsync(good, lines: "proto tcp-client");
        Assert.True(good.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        Assert.True(rig.Log.HasSaid("its address holds too many"), rig.Log.Text);
        foreach (Socket socket in open)
        {
            Assert.True(Links.StreamRig.IsClosed(socket));
            socket.Dispose();
        }
        Assert.Equal(1, client.Count("Initialization Sequence Completed"));
    }

    private static Socket Open(ClientEnd end)
    {
        Socket socket = end.Space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Connect(IPAddress.Parse(end.ServerAddress), 1194);
        return socket;
    }

    private static byte[] Seal(Session session)
    {
        byte[] packet = new byte[20];
        byte[] room = new byte[packet.Length + session.Keys.Sealer!.Overhead];
        Assert.True(session.Keys.Sealer.TrySeal(packet, room, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), out int length));
        return room[..length];
    }

    private static void Drive(Socket socket, Session session, Func<bool> isDone)
    {
        byte[] room = new byte[4096];
        DateTimeOffset limit = DateTimeOffset.UtcNow + Generous.Patience;
        while (!isDone())
        {
            Cancellation.ThrowIfCancellationRequested();
            Assert.True(DateTimeOffset.UtcNow < limit && !session.IsClosed, "the server does not answer");
            session.HandleTimeout(DateTimeOffset.UtcNow);
            Send(socket, session, room);
            if (socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead))
                session.HandleDatagram(DateTimeOffset.UtcNow, room.AsSpan(0, socket.Receive(room)));
            Send(socket, session, room);
        }
    }

    // Shows that it receives at its address, begins TLS, and is heard no more.
    private static void BeginAndStayAway(Socket socket, Session session)
    {
        byte[] room = new byte[4096];
        Send(socket, session, room);
        if (!socket.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead))
            return;
        int count = socket.Receive(room);
        session.HandleDatagram(DateTimeOffset.UtcNow, room.AsSpan(0, count));
        Send(socket, session, room);
    }

    private static void Send(Socket socket, Session session, byte[] room)
    {
        while (session.TryPollTransmit(DateTimeOffset.UtcNow, room, out int length))
            socket.Send(room.AsSpan(0, length));
    }

    private static ITlsContext Tls()
    {
        (string certificate, string key) = TestAuthority.Shared.Issue("client1");
        return new OpenSslTlsProvider().CreateContext(new TlsSettings
        {
            Role = TlsRole.Client,
            Authorities = Encoding.ASCII.GetBytes(TestAuthority.Shared.Certificate),
            Certificate = Encoding.ASCII.GetBytes(certificate),
            PrivateKey = Encoding.ASCII.GetBytes(key),
        });
    }
}
