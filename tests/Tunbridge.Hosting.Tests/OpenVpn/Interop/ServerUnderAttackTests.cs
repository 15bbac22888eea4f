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
