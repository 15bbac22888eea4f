// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Programs;

namespace Tunbridge.Demo;

/// <summary>Tunnels between two hosts in namespaces of their own: this program at both ends, and, where it is installed, against openvpn.</summary>
/// <remarks>The programs end with this one, however it ends; the namespaces and keys go with them.</remarks>
internal sealed class TunnelShow(TextWriter talk)
{
    private const string Ours = "tunbridge", Theirs = "openvpn";
    private const int Pings = 5;
    private const int Segment = 64 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pingTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_stream = TimeSpan.FromSeconds(1.5);

    internal List<TunnelRow> Run(CancellationToken cancellationToken)
    {
        string? openvpn = SystemTool.Find(Theirs);
        // A link of ours by that name is no comparison.
        if (openvpn is not null && new FileInfo(openvpn).ResolveLinkTarget(returnFinalTarget: true)?.FullName == ProgramRun.OwnPath)
            openvpn = null;
        talk.WriteLine("\nA server and a client with fresh keys, on two hosts in namespaces of their own (AES-256-GCM, tls-crypt-v2) …");
        List<TunnelRow> rows = [];
        foreach ((string server, string client) in ((string, string)[])[(Ours, Ours), (Ours, Theirs), (Theirs, Ours), (Theirs, Theirs)])
        {
            if (openvpn is not null || (server == Ours && client == Ours))
                rows.Add(Pair(server, client, openvpn, cancellationToken));
        }

        if (openvpn is null)
            talk.WriteLine("(openvpn is not installed: nothing to compare with)");
        return rows;
    }

    private static TunnelRow Pair(string server, string client, string? openvpn, CancellationToken cancellationToken)
    {
        using TunnelKeys keys = new();
        using TunnelEnd serverEnd = new(), clientEnd = new();
        Connect(serverEnd.Place, clientEnd.Place);
        RoundTrips trips = new("IPv4", TunnelKeys.Inside);
        TunnelRow row = new() { Server = server, Client = client, Pings = trips };
        serverEnd.Start(Command(server, openvpn, keys.Server));
        if (serverEnd.WaitUntilUp(s_patience, cancellationToken) is null)
            return row with { Trouble = serverEnd.LastWords };
        clientEnd.Start(Command(client, openvpn, keys.Client));
        if (clientEnd.WaitUntilUp(s_patience, cancellationToken) is not TimeSpan connected)
            return row with { Trouble = clientEnd.LastWords };
        using (EchoProbe probe = clientEnd.Place.Run(() => new EchoProbe(IPAddress.Parse(TunnelKeys.Inside), s_pingTimeout)))
        {
            for (ushort sequence = 1; sequence <= Pings; sequence++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                trips.Add(probe.Ping(sequence));
            }
        }

        return trips.Answered == 0 ? row with { Connected = connected, Trouble = clientEnd.LastWords } : row with
        {
            Connected = connected,
            ToServer = Stream(clientEnd.Place, serverEnd.Place, toListener: true, cancellationToken),
            ToClient = Stream(clientEnd.Place, serverEnd.Place, toListener: false, cancellationToken),
        };
    }

    private static void Connect(NetworkNamespace server, NetworkNamespace client)
    {
        using RouteNetlink netlink = RouteNetlink.Open(server), other = RouteNetlink.Open(client);
        netlink.Links.CreateVeth("cable", "cable", peer: new LinkChange { Namespace = client });
        foreach ((RouteNetlink end, string address) in ((RouteNetlink, string)[])[(netlink, TunnelKeys.ServerAddress), (other, TunnelKeys.ClientAddress)])
        {
            end.Links.Change("lo", new LinkChange { Up = true });
            end.Links.Change("cable", new LinkChange { Up = true });
            end.Addresses.Add(end.Links.Get("cable").Index, $"{address}/24");
        }
    }

    private static string[] Command(string program, string? openvpn, string file) =>
        program == Ours ? [ProgramRun.OwnPath, "openvpn", "--config", file] : [openvpn!, "--config", file];

    private static double Stream(NetworkNamespace client, NetworkNamespace server, bool toListener, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        using Socket listener = server.Run(() =>
        {
            Socket socket = new(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(TunnelKeys.Inside), 0));
            socket.Listen(1);
            return socket;
        });
        using Socket one = client.Run(() => new Socket(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        one.ConnectAsync(listener.LocalEndPoint!, patience.Token).AsTask().GetAwaiter().GetResult();
        using Socket two = listener.AcceptAsync(patience.Token).AsTask().GetAwaiter().GetResult();
        (Socket from, Socket to) = toListener ? (one, two) : (two, one);
        Task sending = Task.Factory.StartNew(() => Send(from), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        to.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        byte[] buffer = new byte[Segment];
        long bytes = 0, start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_stream)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bytes += to.Receive(buffer);
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        to.Close();
        from.Close();
        sending.GetAwaiter().GetResult();
        return bytes * 8 / elapsed.TotalSeconds;
    }

    private static void Send(Socket socket)
    {
        byte[] buffer = new byte[Segment];
        try
        {
            while (true)
                socket.Send(buffer);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The receiver has seen enough.
            return;
        }
    }
}
