// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.Devices;
using Tunbridge.Hosting;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Bench;

/// <summary>The body of a process that bench/run measures: one end of an OpenVPN tunnel of ours, in the namespace it is started in.</summary>
/// <remarks>The data path of the library around a session; one client, no configuration file.</remarks>
internal sealed class TunnelEnd : IPumpOwner, IDisposable
{
    private const int MaximumSegmentSize = 1400;    // what openvpn's mssfix makes of UDP over IPv4 with AES-GCM

    private readonly BlockingCollection<(LinkPath From, byte[] Datagram)> _control = [];
    private readonly TunnelClock _clock = TunnelClock.System;
    private readonly ICryptoProvider _crypto;
    private readonly ITlsContext _tls;
    private readonly bool _isServer;
    private readonly TunDevice _card;
    private readonly TunnelPump _pump;
    private readonly byte[] _room = new byte[4096];
    private readonly Listener? _listener;
    private Session? _session;
    private SessionChannel? _channel;
    private LinkPath _peer;

    private TunnelEnd(bool isServer, string provider, string folder, string card, string address, int port, string remote)
    {
        _isServer = isServer;
        _crypto = provider == "openssl" ? CryptoProviders.OpenSsl : CryptoProviders.Best;
        byte[] Read(string file) => Encoding.ASCII.GetBytes(File.ReadAllText(Path.Combine(folder, file)));
        _tls = new OpenSslTlsProvider().CreateContext(new()
        {
            Role = isServer ? TlsRole.Server : TlsRole.Client,
            Authorities = Read("ca.pem"),
            Certificate = Read(isServer ? "server.pem" : "client.pem"),
            PrivateKey = Read(isServer ? "server.key" : "client.key"),
        });
        _card = TunDevice.Create(new() { Name = card, Offload = Offload.All });
        using (RouteNetlink netlink = RouteNetlink.Open())
        {
            int index = netlink.Links.Get(card).Index;
            netlink.Addresses.Add(index, address);
            netlink.Links.Change(index, new() { Up = true, Mtu = 1500 });
        }

        DatagramAddress server = new(IPAddress.Parse(remote), port);
        DatagramLink link = DatagramLink.Open(isServer ? new() { Local = server } : new() { Remote = server });
        _peer = new() { Path = new(server) };
        _pump = new(new()
        {
            Queues = [.. _card.Queues],
            Link = link,
            Classifier = OpenVpnClassifier.Instance,
            Owner = this,
            Router = new SinglePeerRouter(),
        });
        SessionSettings settings = new()
        {
            DataCiphers = ["AES-256-GCM"],
            AllowKeyExport = true,
            Ping = TimeSpan.FromSeconds(10),
            PingRestart = TimeSpan.FromSeconds(60),
        };
        if (isServer)
            _listener = new(settings, _crypto, _tls, CryptoProviders.OpenSsl);
        else
            Begin(Session.Connect(settings, _crypto, _tls, CryptoProviders.OpenSsl, _clock.Now));
    }

    internal static int Run(string role, string provider, string folder, string card, string address, string port, string remote)
    {
        using TunnelEnd end = new(
            role == "server", provider, folder, card, address, int.Parse(port, CultureInfo.InvariantCulture), remote);
        end.Serve();
        return 0;
    }

    public void OnControl(in LinkPath from, ReadOnlySpan<byte> datagram) => _control.Add((from, datagram.ToArray()));

    public bool OnMoving(TunnelPeer peer, in LinkPath to) => false;

    public void OnExit(TunnelPeer peer)
    {
        // The benchmark kills both ends.
    }

    public void OnConnected(in LinkPath path)
    {
        // Over UDP there is nothing to hear.
    }

    public void OnDisconnected(in LinkPath path, string reason)
    {
        // Likewise.
    }

    public void Dispose()
    {
        _pump.Dispose();
        _channel?.Dispose();
        _session?.Dispose();
        _listener?.Dispose();
        _tls.Dispose();
        _card.Dispose();
        _control.Dispose();
    }

    private void Serve()
    {
        _pump.Start();
        Console.WriteLine("listening");
        Drain();
        while (_session is not { IsClosed: true })
        {
            if (_control.TryTake(out (LinkPath From, byte[] Datagram) next, TimeSpan.FromMilliseconds(200)))
                Handle(next.From, next.Datagram);
            _session?.HandleTimeout(_clock.Now);
            Drain();
        }
    }

    private void Handle(in LinkPath from, byte[] datagram)
    {
        if (_session is not null)
        {
            _session.HandleDatagram(_clock.Now, datagram);
            return;
        }

        DatagramAddress remote = from.Path.Remote;
        PeerAddress address = new()
        {
            Address = BinaryPrimitives.ReadUInt128BigEndian(remote.ToIPAddress().MapToIPv6().GetAddressBytes()),
            Port = (ushort)remote.Port,
        };
        _listener!.HandleDatagram(_clock.Now, address, datagram, _room, out int length, out Session? session);
        if (length > 0)
            _pump.SendControl(from, _room.AsSpan(0, length));
        if (session is null)
            return;
        _peer = from;
        Begin(session);
    }

    private void Begin(Session session)
    {
        _session = session;
        _channel = new SessionChannel(session);
        _pump.Add(new TunnelPeer(_channel, _peer) { MaximumSegmentSize = MaximumSegmentSize });
    }

    private void Drain()
    {
        if (_session is not { } session)
            return;
        while (session.TryPollEvent(out SessionEvent? happened))
        {
            if (happened is AuthenticationRequested request)
            {
                request.Password.Dispose();
                session.Accept(_clock.Now, request.KeyId, request.KeyId > 0 ? [] : ["ping 10", "ping-restart 60", .. Pushed()], peerId: 0);
            }
            else if (happened is SessionClosed closed)
            {
                Console.WriteLine($"closed: {closed.Reason}: {closed.Text}");
            }
            else if (happened is SessionConnected)
            {
                Console.WriteLine("connected");
            }
        }

        while (session.TryPollTransmit(_clock.Now, _room, out int length))
            _pump.SendControl(_peer, _room.AsSpan(0, length));
    }

    // What an openvpn at the other end wants to hear; ours has its address from the command line.
    private string[] Pushed()
    {
        if (!_isServer)
            return [];
        using RouteNetlink netlink = RouteNetlink.Open();
        string own = netlink.Addresses.List(netlink.Links.Get(_card.Name).Index).First(a => a.Address.GetAddressBytes().Length == 4).Address.ToString();
        string prefix = own[..(own.LastIndexOf('.') + 1)];
        return ["topology subnet", $"route-gateway {own}", $"ifconfig {prefix}2 255.255.255.0"];
    }
}
