// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>From the wire to the card and to other peers: classify, find the peer, open in place, check the source, join, write.</summary>
internal sealed class InboundThread : PumpThread, ILinkReceiver, ILinkCompanion
{
    private volatile CardOutput? _attached;     // null while the pump has no card
    private CardOutput? _card;                  // of this round
    private volatile CardTurn? _turn;           // null where the card is always read by its own threads
    private PacketBatch? _single;               // what is read while the card is lent to this thread
    private CardInput? _input;
    private LoadGauge _gauge;
    private int _load;                          // packets of this round
    private readonly SealedOutput _output;
    private readonly DropReports _reports;
    private readonly bool _isStream;
    private readonly CancellationToken _stop;
    private bool _isInRound;

    // Of this run of datagrams: the peer before, and what came from it.
    private TunnelPeer? _peer;
    private uint _name;         // the index, or MaxValue for none
    private bool _isAtHome;
    private int _packets;
    private long _bytes;
    private long _wireBytes;

    internal InboundThread(TunnelPump pump, int slot, CancellationToken stop)
        : base(pump, "tunbridge-in", slot)
    {
        _stop = stop;
        _isStream = pump.Options.Link.IsStream;
        _output = new SealedOutput(pump, slot);
        _reports = new DropReports();
    }

    /// <summary>From the next round on, packets go to this card.</summary>
    internal void Attach(CardOutput card, CardTurn? turn)
    {
        _turn = turn;
        _attached = card;
    }

    protected override void Work() => Pump.Options.Link.Run(this, Pump.Options.BatchSize, _stop);

    protected override void Release() => _output.Dispose();

    public bool OnDatagrams(in LinkPath from, Memory<byte> slab, int offset, int length, int segmentSize)
    {
        BeginRound();
        _card?.Use(slab);
        int end = offset + length;
        bool goesOn = true;
        do
        {
            int part = Math.Min(segmentSize, end - offset);
            goesOn = Handle(from, slab.Span.Slice(offset, part), offset);
            offset += part;
            _load++;
        }
        while (goesOn && offset < end);
        Forget();
        return goesOn;
    }

    public void OnIdle()
    {
        if (!_isInRound)
            return;
        _card?.Write();
        _output.End();
        _isInRound = false;
        LeaveRound();
        // Only a full socket drops: the card's own thread may wait for it.
        if (_output.FlushWithoutWaiting() > 0)
            _load += LoadGauge.Load;
        if (_turn is { } turn)
            Weigh(turn);
    }

    // The card is lent to this thread and has a packet: one, since nothing is gained by looking for more before it is sent.
    public void OnReady()
    {
        CardTurn turn = _turn!;
        if (!turn.IsLent)
            return;
        _single ??= new PacketBatch(1);
        _input ??= new CardInput(Pump, this, _output, turn.Queue.Layer, waits: false, _stop);
        _single.Clear();
        try
        {
            if (turn.Queue.TryRead(_single) == 0)
                return;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The card's own thread will meet the same, and tells of it; the wire goes on.
            turn.GiveBack();
            return;
        }

        BeginRound();
        int dropped = _input.Dropped;
        _input.Handle(_single[0]);
        if (_input.Dropped != dropped)
            _load += LoadGauge.Load;
        GsoInfo gso = _single[0].Gso;
        _load += gso.IsSuperpacket ? 1 + (_single[0].Length / Math.Max(1, (int)gso.SegmentSize)) : 1;
        OnIdle();
    }

    private void Weigh(CardTurn turn)
    {
        bool isLoad = _gauge.Add(_load, _output.Now);
        _load = 0;
        if (!isLoad)
            return;
        turn.NoteLoad(_output.Now);
        if (turn.IsLent)
            turn.GiveBack();
    }

    public void OnConnected(in LinkPath path) => Pump.Options.Owner.OnConnected(path);

    public void OnDisconnected(in LinkPath path, string reason) => Pump.Options.Owner.OnDisconnected(path, reason);

    private void BeginRound()
    {
        if (_isInRound)
            return;
        _isInRound = true;
        EnterRound();
        _card = _attached;
        _output.IsFrames = _card?.IsFrames ?? false;
        _output.Begin(Pump.Options.Clock.Milliseconds);
    }

    // False when a stream has to be closed.
    private bool Handle(in LinkPath from, Span<byte> datagram, int offset)
    {
        DatagramClass kind = Pump.Options.Classifier.Classify(datagram, out uint index);
        switch (kind)
        {
            case DatagramClass.DataByIndex or DatagramClass.DataByAddress:
                break;
            case DatagramClass.Control:
                Pump.Peers.Find(from)?.Counters.AddReceived(0, 0, datagram.Length);
                Pump.Options.Owner.OnControl(from, datagram);
                // Whatever the owner did with its peers in the meantime is seen by the next datagram.
                Forget();
                return true;
            default:
                return Drop(from, null, DropReason.UnknownType, default);
        }

        // All datagrams of a run have one sender: only what they name can differ.
        uint name = kind == DatagramClass.DataByIndex ? index : uint.MaxValue;
        TunnelPeer? peer = _peer is not null && name == _name ? _peer : Find(from, kind, index);
        if (peer is null)
            return Drop(from, null, DropReason.UnknownPeer, default);
        int wireBytes = datagram.Length;
        DropReason reason = peer.Channel.TryOpen(datagram, _output.Now, out Span<byte> packet, out bool isExit);
        if (reason != DropReason.None)
        {
            // A stream brings what was sent: wrong bytes in it were made so.
            return Drop(from, peer, reason, default) && (!_isStream || reason is not (DropReason.NotAuthentic or DropReason.Malformed));
        }

        if (!_isAtHome && !TryMove(peer, from))
            return Drop(from, peer, DropReason.UnknownPeer, default);
        _wireBytes += wireBytes;
        if (isExit)
        {
            Pump.Options.Owner.OnExit(peer);
            Forget();
            return true;
        }

        if (!packet.IsEmpty)
            Deliver(from, peer, packet, datagram, offset);
        return true;
    }

    private TunnelPeer? Find(in LinkPath from, DatagramClass kind, uint index)
    {
        Forget();
        TunnelPeer? peer;
        if (_isStream)
        {
            // A connection is its peer's, whatever the datagram says.
            peer = Pump.Peers.Find(from);
            if (kind == DatagramClass.DataByIndex && peer?.Index is { } own && own != index)
                return null;
        }
        else
        {
            peer = kind == DatagramClass.DataByIndex ? Pump.Peers.Find(index) : null;
            // A peer that has no index of its own may still be sent one.
            if (peer is null)
            {
                peer = Pump.Peers.Find(from);
                if (kind == DatagramClass.DataByIndex && peer?.Index is not null)
                    return null;
            }
        }

        if (peer is null)
            return null;
        _isAtHome = _isStream || peer.Path.Path.Remote == from.Path.Remote;
        _peer = peer;
        _name = kind == DatagramClass.DataByIndex ? index : uint.MaxValue;
        return peer;
    }

    private bool TryMove(TunnelPeer peer, in LinkPath from)
    {
        _isAtHome = Pump.Options.Owner.OnMoving(peer, from) && Pump.Peers.TryMove(peer, from);
        // The owner may have taken the peer out.
        if (!_isAtHome)
            Forget();
        return _isAtHome;
    }

    private void Deliver(in LinkPath from, TunnelPeer peer, Span<byte> packet, Span<byte> datagram, int offset)
    {
        RouteDecision decision = Pump.Options.Router.FromPeer(peer, packet, _output.Now);
        if (decision.Drop != DropReason.None)
        {
            if (decision.Drop == DropReason.NoRoute)
                Pump.Drops.Add(decision.Drop);
            else
                _ = Drop(from, peer, decision.Drop, packet);
            return;
        }

        _packets++;
        _bytes += packet.Length;
        if (peer.MaximumSegmentSize > 0)
            _output.Clamp(packet, peer.MaximumSegmentSize);
        if (decision.Peer is { } other)
            Forward(other, packet);
        if (decision.ToAll)
        {
            foreach (TunnelPeer each in Pump.Peers.All)
            {
                if (each != peer)
                    Forward(each, packet);
            }
        }

        // The card comes last: what it is given stays in the slab until it is written.
        if (decision.ToCard && _card is { } card)
            card.Add(packet, datagram, offset);
        else if (decision.ToCard)
            Pump.Drops.Add(DropReason.NotEstablished);
    }

    private void Forward(TunnelPeer peer, Span<byte> packet)
    {
        while (!_output.TryAdd(peer, packet))
            _ = _output.FlushWithoutWaiting();
    }

    private bool Drop(in LinkPath from, TunnelPeer? peer, DropReason reason, ReadOnlySpan<byte> packet)
    {
        Pump.Drops.Add(reason);
        if (_reports.IsDue(reason, _output.Now))
        {
            Pump.Options.Owner.OnDropped(from, peer, reason, packet);
            Forget();
        }

        return true;
    }

    private void Forget()
    {
        if (_peer is not null && _wireBytes != 0)
        {
            _peer.Counters.AddReceived(_packets, _bytes, _wireBytes);
            _packets = 0;
            _bytes = _wireBytes = 0;
        }

        _peer = null;
    }
}
