// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Control;
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>Clients come, are served, move and go.</content>
public sealed partial class OpenVpnServer
{
    // A handshake needs ten times the memory that stays afterwards; libssl leaves it in pieces.
    private const int ManyHandshakes = 32;
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_leastWait = TimeSpan.FromMilliseconds(5);

    private DateTimeOffset _frequencyStart;
    private int _frequencyCount;
    private int _handshakes;
    private DateTimeOffset _lastHandshake;

    private ServerClient? Find(ClientKey key) =>
        _clients.TryGetValue(key, out ServerClient? client) || _newcomers.TryGetValue(key, out client) ? client : null;

    // A session answers UnknownPeer, with nothing changed, to what belongs to another one.
    private void HandleDatagram(in LinkPath path, Span<byte> datagram)
    {
        DateTimeOffset now = _clock.Now;
        ClientKey key = ClientKey.Of(path);
        if ((_clients.TryGetValue(key, out ServerClient? client) && TryHandle(client, now, datagram)) ||
            (_newcomers.TryGetValue(key, out client) && TryHandle(client, now, datagram)))
            return;
        // Over a connection there is one session; what one had sent that was hung up meanwhile begins none.
        if (path.Connection > 0 ? !_clients.ContainsKey(key) && _unproven.Contains(path) : !_configuration.Server.IsSingleSession || !_clients.ContainsKey(key))
            HandleStranger(now, path, datagram);
    }

    private bool TryHandle(ServerClient client, DateTimeOffset now, Span<byte> datagram)
    {
        int length = datagram.Length;
        DropReason reason = client.Session.HandleDatagram(now, datagram);
        if (reason == DropReason.UnknownPeer)
            return false;
        if (reason == DropReason.NotAuthentic)
            TellUnwrapped(client.Path.Path.Remote);
        else if (client.Peer is null)
            Interlocked.Add(ref client.ControlReceived, length);    // from then on the pump counts
        Serve(client);
        return true;
    }

    private void HandleConnected(in LinkPath path)
    {
        if (_unproven.TryAdd(path, _clock.Now + _settings.HandWindow))
        {
            Tell(3, $"TCP connection established with {Named(path.Path.Remote)}");
            return;
        }
        Tell(1, $"TCP connection from {Named(path.Path.Remote)} closed: its address holds too many whose clients are not let in yet");
        HangUp(path);
    }

    // The owner does not hear of connections that it ends itself.
    private void HangUp(in LinkPath path)
    {
        _unproven.Remove(path);
        _link.Disconnect(path);
    }

    private void HandleStranger(DateTimeOffset now, in LinkPath path, ReadOnlySpan<byte> datagram)
    {
        if (_isEnding)
        {
            Tell(1, $"MULTI: Connection attempt from {Named(path.Path.Remote)} ignored while server is shutting down");
            return;
        }
        int length = 0;
        Session? session;
        DropReason reason = path.Connection > 0
            ? _listener.HandleStream(now, datagram, out session)
            : _listener.HandleDatagram(now, AddressOf(path.Path.Remote), datagram, _room, out length, out session);
        if (length > 0)
            _pump.SendControl(path, _room.AsSpan(0, length));
        if (session is not null)
            Welcome(now, session, path, datagram.Length);
        else
            TellStranger(path.Path.Remote, reason);
    }

    // A client that has shown that it is where it says: its handshake begins.
    private void Welcome(DateTimeOffset now, Session session, in LinkPath path, int length)
    {
        if (!MayBegin(now))
        {
            Tell(1, $"MULTI: new connection attempt from {Named(path.Path.Remote)} exceeds connect-freq, ignored");
            session.Dispose();
            return;
        }
        ServerClient client = new(_nextId++, session, path, _options.Clock.GetUtcNow()) { ControlReceived = length };
        client.IsNewcomer = !_clients.TryAdd(client.Key, client);
        if (client.IsNewcomer)
        {
            // Whoever came last has shown most lately that it is there.
            if (_newcomers.TryGetValue(client.Key, out ServerClient? earlier))
                Remove(earlier);
            _newcomers[client.Key] = client;
        }
        if (_halfOpen.Add(client) is { } crowdedOut)
        {
            Remove(crowdedOut);
            if (crowdedOut == client)
                return;
        }
        Tell(3, $"{client.Label} TLS: Initial packet from {Named(path.Path.Remote)}, sid={session.RemoteId >> 32:x8} {session.RemoteId & 0xffffffff:x8}");
        if (_policy.KeyVerify is not null && session.ClientKeyMetadata.Length > 0)
        {
            client.IsHeld = true;
            Judge(VerifyClientKeyAsync(client));
        }
        Serve(client);
    }

    private bool MayBegin(DateTimeOffset now)
    {
        if (_configuration.Server.NewClients is not { } limit)
            return true;
        if (now - _frequencyStart >= limit.Interval)
            (_frequencyStart, _frequencyCount) = (now, 0);
        return ++_frequencyCount <= limit.Count;
    }

    // After every call of a session: its events, its datagrams, its next time.
    private void Serve(ServerClient client)
    {
        if (client.IsGone)
            return;
        TakeEvents(client);
        DateTimeOffset now = _clock.Now;
        while (!client.IsGone && !client.IsHeld && client.Session.TryPollTransmit(now, _room, out int length))
        {
            _pump.SendControl(client.Path, _room.AsSpan(0, length));
            if (client.Peer is null)
                Interlocked.Add(ref client.ControlSent, length);
        }
        TakeEvents(client);
        if (client.IsGone)
            return;
        if (client.Session.IsClosed)
            Remove(client);
        else
            Schedule(client);
    }

    private void TakeEvents(ServerClient client)
    {
        while (!client.IsGone && client.Session.TryPollEvent(out SessionEvent? happened))
        {
            switch (happened)
            {
                case AuthenticationRequested request:
                    Judge(AdmitAsync(client, request));
                    break;
                case SessionConnected connected:
                    Connect(client, connected);
                    break;
                case SessionNote note when note.Text.StartsWith("WARNING: Received", StringComparison.Ordinal):
                    Tell(1, $"{client.Label} {note.Text}");     // a client's word causes each of them
                    break;
                case SessionNote note:
                    Log(client, note.Text.Contains("Error", StringComparison.Ordinal) || note.Text.StartsWith("WARNING", StringComparison.Ordinal) ? 1 : 3, note.Text);
                    break;
                case SessionClosed closed:
                    TellClosed(client, closed);
                    break;
                default:
                    break;
            }
        }
    }

    // Takes a client out, wherever it stands; nothing happens the second time.
    private void Remove(ServerClient client)
    {
        if (client.IsGone)
            return;
        client.IsGone = true;
        _halfOpen.Remove(client);
        _clients.TryRemove(new(client.Key, client));
        if (_newcomers.TryGetValue(client.Key, out ServerClient? newcomer))
        {
            if (newcomer == client)
            {
                _newcomers.Remove(client.Key);
            }
            else if (_clients.TryAdd(client.Key, newcomer))
            {
                newcomer.IsNewcomer = false;
                _newcomers.Remove(client.Key);
            }
        }
        if (client.CommonName is { } name && _names.TryGetValue(name, out HashSet<ServerClient>? sharing) && sharing.Remove(client) && sharing.Count == 0)
            _names.Remove(name);
        if (client.Peer is { } peer)
        {
            _pump.Remove(peer);
            _peers.TryRemove(peer, out _);
        }
        if (client.Path.Connection > 0)
            HangUp(client.Path);
        if (client.IsAnnounced)
            Judge(DisconnectedAsync(client));
        ReleaseAddresses(client);
        client.Channel?.Dispose();
        client.Session.Dispose();
    }

    private void Schedule(ServerClient client)
    {
        // A held one waits for its script, which has a time of its own.
        if (client.IsHeld || client.Session.NextTimeout is not { } next)
            return;
        // Everything that is due was done just now; whatever says otherwise must not keep the owner from the others.
        DateTimeOffset least = _clock.Now + s_leastWait;
        next = next > least ? next : least;
        if (client.QueuedAt <= next)
            return;
        client.QueuedAt = next;
        _times.Enqueue(client, next);
    }

    private DateTimeOffset? NextTime()
    {
        DateTimeOffset? next = _times.TryPeek(out _, out DateTimeOffset time) ? time : null;
        if (_unproven.NextTime is { } silent && !(next <= silent))
            next = silent;
        if (_nextPoolFile is { } pool && !(next <= pool))
            next = pool;
        if (_nextStations is { } stations && !(next <= stations))
            next = stations;
        return next;
    }

    // An entry may be of an earlier plan: the session knows what is due, and asking it too often does no harm.
    private void HandleTimes(DateTimeOffset now)
    {
        while (_times.TryPeek(out ServerClient? client, out DateTimeOffset time) && time <= now)
        {
            _times.Dequeue();
            if (client.IsGone || client.QueuedAt != time)
                continue;
            client.QueuedAt = null;
            if (client.Peer is { } peer)
                client.Session.TunnelBytes = peer.Counters.BytesSent + peer.Counters.BytesReceived;
            client.Session.HandleTimeout(now);
            Serve(client);
        }
        if (now >= _nextPoolFile)
            WritePoolFile();
        if (now >= _nextStations)
            FollowStations();
        if (_handshakes >= ManyHandshakes && now >= _lastHandshake + s_calm)
        {
            _handshakes = 0;
            _ = Task.Run(GiveMemoryBack);
        }
        while (_unproven.TryTakeDue(now, out LinkPath silent))
        {
            if (Find(ClientKey.Of(silent)) is null)
                HangUp(silent);
        }
    }

    // Handshakes leave a heap full of holes, which nothing else fills for an hour. Stops all threads for some milliseconds.
    private static void GiveMemoryBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }

    // On a thread of the data path: takes the new address for the peer, unless somebody else has it.
    private bool MayMove(TunnelPeer peer, LinkPath to)
    {
        if (to.Connection > 0 || !_peers.TryGetValue(peer, out ServerClient? client))
            return false;
        ClientKey key = ClientKey.Of(to);
        ServerClient there = _clients.GetOrAdd(key, client);
        if (there == client)
            return true;
        if (!there.IsConnected || there.HasCertificatesOf(client))
        {
            // Once it is out of the way, the peer's next packet asks again.
            _mailbox.Post(() =>
            {
                if (!there.IsGone && there.Key == key)
                    Remove(there);
            });
        }
        return false;
    }

    private void HandleMoved(TunnelPeer peer, in LinkPath to)
    {
        ClientKey key = ClientKey.Of(to);
        if (!_peers.TryGetValue(peer, out ServerClient? client))
        {
            // It left while it moved.
            if (_clients.TryGetValue(key, out ServerClient? stale) && stale.IsGone)
                _clients.TryRemove(new(key, stale));
            return;
        }
        DatagramAddress before = client.Path.Path.Remote;
        if (client.Key != key)
            _clients.TryRemove(new(client.Key, client));
        string label = client.Label;
        client.Path = to;
        // It came back to where it had been before that was taken down above, and maybe somebody has begun there meanwhile.
        while (!_clients.TryAdd(key, client) && _clients.TryGetValue(key, out ServerClient? there) && there != client)
        {
            Remove(there);
            _clients.TryRemove(new(key, there));
        }
        Tell(3, $"{label} peer {client.Peer?.Index} ({client.CommonName}) floated from {before} to {Named(to.Path.Remote)}");
    }

    private static PeerAddress AddressOf(DatagramAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.ToIPAddress().MapToIPv6().TryWriteBytes(bytes, out _);
        return new() { Address = BinaryPrimitives.ReadUInt128BigEndian(bytes), Port = (ushort)address.Port, Scope = (uint)address.ScopeId };
    }
}
