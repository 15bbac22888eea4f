// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>A client at a server's door over one stream, on virtual time, that ends after so many bytes of both directions together.</summary>
internal sealed class StreamPair : IDisposable
{
    private readonly Listener _door;
    private readonly StreamFrames _toServer = new(2000);
    private readonly StreamFrames _toClient = new(2000);
    private readonly ICryptoProvider _crypto;
    private readonly byte[] _room = new byte[4096];
    private readonly long _limit;
    private DateTimeOffset _now = Link.Start;

    internal StreamPair(Listener door, SessionSettings client, ICryptoProvider crypto, ITlsContext tls, int seed, long limit = long.MaxValue)
    {
        (_door, _crypto, _limit) = (door, crypto, limit);
        Client = Session.Connect(client, _crypto, tls, new Link.SeededRandom(seed), _now);
    }

    internal Session Client { get; }

    internal Session? Server { get; private set; }

    /// <summary>Bytes that have arrived, both ways together.</summary>
    internal long Passed { get; private set; }

    /// <summary>Datagrams that came out of the stream whole.</summary>
    internal int Datagrams { get; private set; }

    internal bool IsCut => Passed >= _limit;

    internal bool IsConnected => Client.IsConnected && Server?.IsConnected == true;

    /// <summary>Runs until both are connected, or the stream has ended.</summary>
    internal void Run()
    {
        for (int idle = 0; !IsConnected && !IsCut;)
        {
            if (Exchange(Client, _toServer, ToServer) | (Server is not null && Exchange(Server, _toClient, d => Client.HandleDatagram(_now, d))))
            {
                idle = 0;
                continue;
            }
            Assert.True(++idle < 100, "nothing more happens");
            DateTimeOffset next = new[] { Client.NextTimeout, Server?.NextTimeout }.Min() ?? _now.AddSeconds(1);
            _now = next > _now ? next : _now;
            Client.HandleTimeout(_now);
            Server?.HandleTimeout(_now);
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server?.Dispose();
    }

    private bool Exchange(Session session, StreamFrames stream, Action<byte[]> deliver)
    {
        bool hasMoved = false;
        while (session.TryPollEvent(out SessionEvent? happened))
        {
            hasMoved = true;
            if (happened is not AuthenticationRequested request)
                continue;
            session.Accept(_now, request.KeyId, ["ping 10", "ifconfig 10.8.0.2 255.255.255.0"], 7);
            request.Password.Dispose();
        }
        while (!IsCut && session.TryPollTransmit(_now, _room.AsSpan(2), out int length))
        {
            hasMoved = true;
            BinaryPrimitives.WriteUInt16BigEndian(_room, (ushort)length);
            int count = (int)Math.Min(length + 2, _limit - Passed);
            _room.AsSpan(0, count).CopyTo(stream.GetSpan());
            stream.Commit(count);
            Passed += count;
            while (stream.TryRead(out ReadOnlySpan<byte> datagram))
            {
                Datagrams++;
                // A tunnel of data may begin before both have been asked for their events.
                if (datagram[0] >> 3 is not (6 or 9))
                    deliver(datagram.ToArray());
            }
            Assert.False(stream.IsBroken);
        }
        return hasMoved;
    }

    private void ToServer(byte[] datagram)
    {
        if (Server is not null)
        {
            Server.HandleDatagram(_now, datagram);
            return;
        }
        Assert.Equal(DropReason.None, _door.HandleStream(_now, datagram, out Session? session));
        Server = session;
    }
}
