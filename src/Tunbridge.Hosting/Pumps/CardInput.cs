// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>What the card sends, on its way to the peers: route, cut, clamp, seal. For one thread, within its rounds.</summary>
internal sealed class CardInput
{
    private readonly TunnelPump _pump;
    private readonly PumpThread _thread;
    private readonly SealedOutput _output;
    private readonly DeviceLayer _layer;
    private readonly bool _waits;
    private readonly CancellationToken _stop;

    /// <param name="pump">The pump.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="output">Its way out.</param>
    /// <param name="layer">What the card carries.</param>
    /// <param name="waits">Whether the thread may wait for room in the socket.</param>
    /// <param name="stop">Ends such a wait.</param>
    internal CardInput(TunnelPump pump, PumpThread thread, SealedOutput output, DeviceLayer layer, bool waits, CancellationToken stop)
    {
        _pump = pump;
        _thread = thread;
        _output = output;
        _layer = layer;
        _waits = waits;
        _stop = stop;
    }

    internal void Handle(in Packet packet)
    {
        RouteDecision decision = _pump.Options.Router.FromCard(packet.Span, _output.Now);
        if (decision.Drop != DropReason.None)
        {
            _pump.Drops.Add(decision.Drop);
            return;
        }

        if (!packet.Gso.IsSuperpacket && !packet.Gso.NeedsChecksum)
        {
            Seal(decision, packet.Span);
            return;
        }

        if (!Segmenter.TryStart(packet, _layer, out Segmenter segments, out _))
        {
            _pump.Drops.Add(DropReason.Malformed);
            return;
        }

        // Sealed before the next segment's headers go over its end.
        while (segments.TryNext(out Span<byte> segment))
            Seal(decision, segment);
    }

    /// <summary>Sends what was sealed, outside of a round.</summary>
    internal void Flush()
    {
        if (_waits)
            _output.Flush(_stop);
        else
            Dropped += _output.FlushWithoutWaiting();
    }

    /// <summary>Datagrams that the socket had no room for, on a thread that may not wait.</summary>
    internal int Dropped { get; private set; }

    private void Seal(in RouteDecision decision, Span<byte> packet)
    {
        if (!decision.ToAll)
        {
            SealFor(decision.Peer!, packet);
            return;
        }

        foreach (TunnelPeer peer in _pump.Peers.All)
            SealFor(peer, packet);
    }

    private void SealFor(TunnelPeer peer, Span<byte> packet)
    {
        while (!_output.TryAdd(peer, packet))
        {
            // The slab is full: no keys are held while the socket is waited for.
            _output.End();
            _thread.LeaveRound();
            Flush();
            _thread.EnterRound();
            _output.Begin(_pump.Options.Clock.Milliseconds);
        }
    }
}
