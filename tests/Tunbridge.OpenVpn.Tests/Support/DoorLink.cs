// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>A client before a server's door, on virtual time and without loss; control datagrams only.</summary>
internal sealed class DoorLink : IDisposable
{
    private static readonly PeerAddress s_address = new() { Address = 1, Port = 1194 };

    private readonly Listener _listener;
    private readonly Listener? _own;
    private readonly SessionSettings _settings;
    private readonly byte[] _room = new byte[2048];
    private readonly byte[] _reply = new byte[Session.MaximumControlDatagram];

    internal DoorLink(SessionSettings server, SessionSettings client)
        : this(new Listener(server, BaseCrypto.Instance, new FakeTls(TlsRole.Server), new Link.SeededRandom(1)), server, client) => _own = _listener;

    internal DoorLink(Listener listener, SessionSettings server, SessionSettings client)
    {
        _listener = listener;
        _settings = client;
        ArgumentNullException.ThrowIfNull(server);
        Client = Session.Connect(client, BaseCrypto.Instance, new FakeTls(TlsRole.Client), new Link.SeededRandom(2), Link.Start);
    }

    internal DateTimeOffset Now { get; private set; } = Link.Start;

    internal Session Client { get; }

    internal Session? Server { get; private set; }

    /// <summary>Datagrams that the door itself has sent.</summary>
    internal int Replies { get; private set; }

    /// <summary>Sessions that have told of a new key.</summary>
    internal int Renegotiated { get; private set; }

    /// <summary>The client is one of openvpn 2.5: it does not say that it can repeat its wrapped key.</summary>
    internal bool IsOld { get; init; }

    /// <summary>Gets what the client sends, in order; null: not wanted.</summary>
    internal List<byte[]>? Seen { get; init; }

    internal void RunUntil(Func<bool> condition)
    {
        for (int i = 0; i < 1000 && !condition(); i++)
        {
            bool hasMoved = Exchange(Client, ToServer) | (Server is not null && Exchange(Server, d => Client.HandleDatagram(Now, d)));
            if (hasMoved)
                continue;
            DateTimeOffset next = new[] { Client.NextTimeout, Server?.NextTimeout }.Min() ?? Now.AddSeconds(1);
            Now = next > Now ? next : Now;
            Client.HandleTimeout(Now);
            Server?.HandleTimeout(Now);
        }
        Assert.True(condition());
    }

    public void Dispose()
    {
        Client.Dispose();
        Server?.Dispose();
        _own?.Dispose();
    }

    private bool Exchange(Session session, Action<byte[]> deliver)
    {
        bool hasMoved = false;
        while (session.TryPollEvent(out SessionEvent? happened))
        {
            hasMoved = true;
            Renegotiated += happened is SessionRekeyed ? 1 : 0;
            if (happened is not AuthenticationRequested request)
                continue;
            session.Accept(Now, request.KeyId, [], 7);
            request.Password.Dispose();
        }
        while (session.TryPollTransmit(Now, _room, out int length))
        {
            hasMoved = true;
            byte[] datagram = _room[..length];
            if (datagram[0] >> 3 is not (6 or 9))
                deliver(datagram);
        }
        return hasMoved;
    }

    private void ToServer(byte[] datagram)
    {
        if (IsOld && datagram[0] >> 3 == (int)Opcode.HardResetClientV3)
            datagram = AsOfOldClient(datagram);
        Seen?.Add([.. datagram]);
        if (Server is not null)
        {
            Server.HandleDatagram(Now, datagram);
            return;
        }
        _listener.HandleDatagram(Now, s_address, datagram, _reply, out int length, out Session? session);
        Server = session;
        if (length == 0)
            return;
        Replies++;
        Client.HandleDatagram(Now, _reply.AsSpan(0, length));
    }

    // The same reset under a first number that promises nothing.
    private byte[] AsOfOldClient(byte[] datagram)
    {
        TlsCryptV2ClientKey key = TlsCryptV2ClientKey.Parse(_settings.WrapKey.Span)!;
        Assert.True(TlsCryptV2ServerKey.TrySplit(datagram, out Span<byte> inner, out ReadOnlySpan<byte> wrapped));
        Assert.True(PacketHead.TryReadControl(inner, out PacketHead head, out ulong id));
        byte[] tail = wrapped.ToArray();
        using TlsCryptWrap server = new(BaseCrypto.Instance, key.Key, isServer: true);
        server.Unwrap(inner, replay: null, Now.ToUnixTimeMilliseconds(), out Span<byte> body, out _);
        byte[] room = new byte[Session.MaximumControlDatagram];
        using WrapState client = new(new TlsCryptWrap(BaseCrypto.Instance, key.Key, isServer: false), ownsWrap: true, new ControlPacketId(Now.ToUnixTimeSeconds()));
        int length = client.Send(head, id, body.ToArray(), room);
        return [.. room.AsSpan(0, length), .. tail];
    }
}
