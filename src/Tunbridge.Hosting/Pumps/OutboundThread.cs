// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>From one queue of the card to the peers: read a batch, route, cut, clamp, seal, send.</summary>
internal sealed class OutboundThread : PumpThread
{
    private readonly IPacketQueue _queue;
    private readonly PacketBatch _batch;
    private readonly SealedOutput _output;
    private readonly CancellationToken _stop;

    internal OutboundThread(TunnelPump pump, IPacketQueue queue, int slot, CancellationToken stop)
        : base(pump, $"tunbridge-out-{slot}", slot)
    {
        _queue = queue;
        _stop = stop;
        _batch = new PacketBatch(pump.Options.BatchSize);
        _output = new SealedOutput(pump, slot) { IsFrames = queue.Layer == DeviceLayer.Frame };
    }

    protected override void Work()
    {
        while (true)
        {
            _batch.Clear();
            _ = _queue.Read(_batch, _stop);
            EnterRound();
            _output.Begin(Pump.Options.Clock.Milliseconds);
            foreach (ref readonly Packet packet in _batch)
                Handle(packet);
            _output.End();
            LeaveRound();
            // Where the socket has no room the card waits, and its queue tells the kernel so.
            _output.Flush(_stop);
        }
    }

    protected override void Release() => _output.Dispose();

    private void Handle(in Packet packet)
    {
        RouteDecision decision = Pump.Options.Router.FromCard(packet.Span, _output.Now);
        if (decision.Drop != DropReason.None)
        {
            Pump.Drops.Add(decision.Drop);
            return;
        }

        if (!packet.Gso.IsSuperpacket && !packet.Gso.NeedsChecksum)
        {
            Seal(decision, packet.Span);
            return;
        }

        if (!Segmenter.TryStart(packet, _queue.Layer, out Segmenter segments, out _))
        {
            Pump.Drops.Add(DropReason.Malformed);
            return;
        }

        // Sealed before the next segment's headers go over its end.
        while (segments.TryNext(out Span<byte> segment))
            Seal(decision, segment);
    }

    private void Seal(in RouteDecision decision, Span<byte> packet)
    {
        if (!decision.ToAll)
        {
            SealFor(decision.Peer!, packet);
            return;
        }

        foreach (TunnelPeer peer in Pump.Peers.All)
            SealFor(peer, packet);
    }

    private void SealFor(TunnelPeer peer, Span<byte> packet)
    {
        while (!_output.TryAdd(peer, packet))
        {
            // The slab is full: no keys are held while the socket is waited for.
            _output.End();
            LeaveRound();
            _output.Flush(_stop);
            EnterRound();
            _output.Begin(Pump.Options.Clock.Milliseconds);
        }
    }
}
