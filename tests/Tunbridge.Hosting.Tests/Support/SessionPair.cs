// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Control;
using Tunbridge.Testing;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests;

/// <summary>A client's and a server's session with real TLS, connected in memory on a clock that only <see cref="Pass"/> moves.</summary>
internal sealed class SessionPair : IDisposable
{
    private readonly ITlsContext _clientTls = Tls(TlsRole.Client, "client1");
    private readonly ITlsContext _serverTls = Tls(TlsRole.Server, "server");
    private readonly Listener _listener;
    private readonly byte[] _room = new byte[4096];

    internal SessionPair(string cipher = "AES-256-GCM")
    {
        SessionSettings settings = new() { DataCiphers = [cipher], AllowKeyExport = true, RenegotiateAfter = TimeSpan.Zero };
        _listener = new(settings, CryptoProviders.Best, _serverTls, CryptoProviders.OpenSsl);
        Client = Session.Connect(settings, CryptoProviders.Best, _clientTls, CryptoProviders.OpenSsl, Now);
        Exchange();
        Assert.True(Client.IsConnected && Server is { IsConnected: true });
    }

    internal Session Client { get; }

    internal Session? Server { get; private set; }

    internal DateTimeOffset Now { get; private set; } = DateTimeOffset.UtcNow;

    internal void Pass(TimeSpan time)
    {
        Now += time;
        Exchange();
    }

    internal void Renegotiate()
    {
        Assert.True(Client.Renegotiate(Now));
        Exchange();
    }

    public void Dispose()
    {
        Client.Dispose();
        Server?.Dispose();
        _listener.Dispose();
        _clientTls.Dispose();
        _serverTls.Dispose();
    }

    // Until neither has anything to say.
    private void Exchange()
    {
        bool goesOn = true;
        while (goesOn)
        {
            Client.HandleTimeout(Now);
            Server?.HandleTimeout(Now);
            Take(Client);
            Take(Server);
            goesOn = Move(Client, toServer: true) | Move(Server, toServer: false);
        }
    }

    private bool Move(Session? from, bool toServer)
    {
        bool hasMoved = false;
        while (from is not null && from.TryPollTransmit(Now, _room, out int length))
        {
            hasMoved = true;
            byte[] datagram = _room[..length];
            if (!toServer)
                Client.HandleDatagram(Now, datagram);
            else if (Server is not null)
                Server.HandleDatagram(Now, datagram);
            else
                Begin(datagram);
        }

        return hasMoved;
    }

    private void Begin(byte[] datagram)
    {
        byte[] reply = new byte[4096];
        _listener.HandleDatagram(Now, new PeerAddress { Address = 1, Port = 1 }, datagram, reply, out int length, out Session? session);
        Server = session;
        if (length > 0)
            Client.HandleDatagram(Now, reply.AsSpan(0, length));
    }

    private void Take(Session? session)
    {
        while (session is not null && session.TryPollEvent(out SessionEvent? happened))
        {
            if (happened is not AuthenticationRequested request)
                continue;
            request.Password.Dispose();
            session.Accept(Now, request.KeyId, [], 5);
        }
    }

    private static ITlsContext Tls(TlsRole role, string name)
    {
        (string certificate, string key) = TestAuthority.Shared.Issue(name);
        return new OpenSslTlsProvider().CreateContext(new()
        {
            Role = role,
            Authorities = Encoding.ASCII.GetBytes(TestAuthority.Shared.Certificate),
            Certificate = Encoding.ASCII.GetBytes(certificate),
            PrivateKey = Encoding.ASCII.GetBytes(key),
        });
    }
}
