// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Hosting;

/// <summary>From one queue of the card to the peers: read a batch, route, cut, clamp, seal, send.</summary>
internal sealed class OutboundThread : PumpThread
{
    private readonly IPacketQueue _queue;
    private readonly PacketBatch _batch;
    private readonly SealedOutput _output;
    private readonly CardInput _input;
    private readonly CardTurn? _turn;
    private readonly CancellationToken _stop;
    private LoadGauge _gauge;

    /// <param name="pump">The pump.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="turn">Whose turn it is to read it; null when it is always this thread's. Disposed by this.</param>
    /// <param name="slot">The thread's number.</param>
    /// <param name="stop">Ends it.</param>
    internal OutboundThread(TunnelPump pump, IPacketQueue queue, CardTurn? turn, int slot, CancellationToken stop)
        : base(pump, $"tunbridge-out-{slot}", slot)
    {
        _queue = queue;
        _turn = turn;
        _stop = stop;
        _batch = new PacketBatch(pump.Options.BatchSize);
        _output = new SealedOutput(pump, slot) { IsFrames = queue.Layer == DeviceLayer.Frame };
        _input = new CardInput(pump, this, _output, queue.Layer, waits: true, stop);
    }

    protected override void Work()
    {
        while (true)
        {
            _batch.Clear();
            Read();
            EnterRound();
            _output.Begin(Pump.Options.Clock.Milliseconds);
            foreach (ref readonly Packet packet in _batch)
                _input.Handle(packet);
            _output.End();
            LeaveRound();
            // Where the socket has no room the card waits, and its queue tells the kernel so.
            _input.Flush();
        }
    }

    protected override void Release()
    {
        _output.Dispose();
        _turn?.Dispose();
    }

    private void Read()
    {
        while (_turn is not null && _turn.IsCalm(Pump.Options.Clock.Milliseconds))
        {
            if (_queue.TryRead(_batch) == 0)
            {
                _turn.Lend(_stop);
                continue;
            }

            NoteLoad(_turn);
            return;
        }

        _ = _queue.Read(_batch, _stop);
        if (_turn is not null)
            NoteLoad(_turn);
    }

    private void NoteLoad(CardTurn turn)
    {
        long now = Pump.Options.Clock.Milliseconds;
        if (_gauge.Add(_batch.Count, now))
            turn.NoteLoad(now);
    }
}
