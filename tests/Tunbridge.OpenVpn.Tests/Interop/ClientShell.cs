// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Interop;

/// <summary>The smallest shell around a client's session: one UDP socket in a namespace, one thread, no card.</summary>
internal sealed class ClientShell : IDisposable
{
    private readonly Socket _socket;
    private readonly ITlsContext _tls;
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private readonly byte[] _room = new byte[4096];

    internal ClientShell(TestNamespace space, SessionSettings settings, int port)
    {
        _socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _socket.Connect(IPAddress.Loopback, port);
        TestCertificates certificates = TestCertificates.Shared;
        _tls = new OpenSslTlsProvider().CreateContext(new TlsSettings
        {
            Role = TlsRole.Client,
            Authorities = System.Text.Encoding.ASCII.GetBytes(certificates.Authority),
            Certificate = System.Text.Encoding.ASCII.GetBytes(certificates.ClientCertificate),
            PrivateKey = System.Text.Encoding.ASCII.GetBytes(certificates.ClientKey),
            PeerExtendedKeyUsage = "TLS Web Server Authentication",
        });
        Session = Session.Connect(settings, CryptoProviders.Best, _tls, CryptoProviders.OpenSsl, Now);
    }

    internal Session Session { get; }

    internal List<SessionEvent> Events { get; } = [];

    internal List<byte[]> Packets { get; } = [];

    internal int Pings { get; private set; }

    internal List<DropReason> Drops { get; } = [];

    private DateTimeOffset Now => _start + _elapsed.Elapsed;

    internal void Send(byte[] packet)
    {
        DataSealer sealer = Session.Keys.Sealer!;
        byte[] buffer = new byte[packet.Length + sealer.Overhead];
        Assert.True(sealer.TrySeal(packet, buffer, Now.ToUnixTimeMilliseconds(), out int length));
        _socket.Send(buffer.AsSpan(0, length));
    }

    internal void Renegotiate() => Assert.True(Session.Renegotiate(Now));

    internal void Leave()
    {
        Session.Leave(Now);
        Drain();
    }

    /// <summary>Serves the session until the condition holds; false after the time.</summary>
    internal bool RunUntil(Func<bool> condition, TimeSpan limit, CancellationToken cancellation)
    {
        DateTimeOffset end = Now + limit;
        while (true)
        {
            Session.HandleTimeout(Now);
            Drain();
            if (condition())
                return true;
            if (Now >= end)
                return false;
            cancellation.ThrowIfCancellationRequested();
            TimeSpan wait = (Session.NextTimeout ?? end) - Now;
            wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromMilliseconds(100) ? TimeSpan.FromMilliseconds(100) : wait;
            if (_socket.Poll(wait, SelectMode.SelectRead))
                Receive();
        }
    }

    public void Dispose()
    {
        Session.Dispose();
        _tls.Dispose();
        _socket.Dispose();
    }

    private void Receive()
    {
        int count;
        try
        {
            count = _socket.Receive(_room);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return;     // the program is still starting
        }
        Span<byte> datagram = _room.AsSpan(0, count);
        Assert.True(PacketHead.TryRead(datagram, out PacketHead head));
        if (!head.IsData)
        {
            DropReason reason = Session.HandleDatagram(Now, datagram);
            if (reason is not (DropReason.None or DropReason.Replayed))
                Drops.Add(reason);
            return;
        }
        DropReason dropped = Session.Keys.TryOpen(datagram, Now.ToUnixTimeMilliseconds(), out Span<byte> payload, out _);
        if (dropped != DropReason.None)
            Drops.Add(dropped);
        else if (payload.IsEmpty)
            Pings++;
        else
            Packets.Add(payload.ToArray());
    }

    private void Drain()
    {
        while (Session.TryPollEvent(out SessionEvent? happened))
            Events.Add(happened);
        while (Session.TryPollTransmit(Now, _room, out int length))
        {
            try
            {
                _socket.Send(_room.AsSpan(0, length));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;     // the program is still starting; the session repeats what it has to say
            }
        }
    }
}
