// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>Joins a card and a wire: seals what the card sends, opens what the wire brings, and leaves the rest to its owner.</summary>
/// <remarks>
/// A thread for each queue of the card, and one for the wire. Theory of operation: docs/hosting.md. All members are thread-safe.
/// </remarks>
public sealed class TunnelPump : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly InboundThread _inbound;
    private readonly Lock _lock = new();        // for what begins and ends threads
    private volatile PumpThread[] _threads;     // the inbound one first; replaced as a whole
    private int _state;                         // 0 made, 1 started, 2 disposed

    /// <summary>A pump that does not run yet.</summary>
    /// <param name="options">What it joins.</param>
    /// <exception cref="ArgumentException">The queues are of two layers, or the batch size is outside 1 to 1,024.</exception>
    public TunnelPump(TunnelPumpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.BatchSize is < 1 or > 1024)
            throw new ArgumentException($"BatchSize is {options.BatchSize}; allowed are 1 to 1024.", nameof(options));
        Options = options;
        _inbound = new InboundThread(this, 0, _stop.Token);
        _threads = [_inbound];
        if (options.Queues.Count > 0)
            Attach(options.Queues);
    }

    /// <summary>Completes when the pump has been disposed; fails when the card is gone.</summary>
    public Task Completion => _completion.Task;

    /// <summary>What was dropped, by reason.</summary>
    public DropCounters Drops { get; } = new();

    /// <summary>The wire.</summary>
    public ITunnelLink Link => Options.Link;

    internal TunnelPumpOptions Options { get; }

    internal PeerDirectory Peers { get; } = new();

    /// <summary>Whose turn it is to read the card; null where its own threads always do.</summary>
    internal CardTurn? Turn { get; private set; }

    /// <summary>Starts the threads; peers may be there already.</summary>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    public void Start()
    {
        lock (_lock)
        {
            int before = Interlocked.CompareExchange(ref _state, 1, 0);
            ObjectDisposedException.ThrowIf(before == 2, this);
            if (before == 1)
                throw new InvalidOperationException("The pump runs already.");
            foreach (PumpThread thread in _threads)
                thread.Start();
        }
    }

    /// <summary>Brings the card's queues to a pump that was started without; control flows before that, packets from then on.</summary>
    /// <param name="queues">The queues, at least one; stay the caller's.</param>
    /// <exception cref="InvalidOperationException">It has queues already.</exception>
    /// <exception cref="ArgumentException">There is none, or they are of two layers.</exception>
    public void Attach(IReadOnlyList<IPacketQueue> queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        // A card stands for all of its queues: one that nobody read would lose packets.
        queues = [.. queues.SelectMany(q => q is VirtualDevice card ? card.Queues : (IEnumerable<IPacketQueue>)[q])];
        if (queues.Count == 0 || queues.Any(q => q.Layer != queues[0].Layer))
            throw new ArgumentException("A card has at least one queue, and all are of one layer.", nameof(queues));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_state == 2, this);
            if (_threads.Length > 1)
                throw new InvalidOperationException("The pump has queues already.");
            // With several queues a flow keeps to one, and to its thread.
            Turn = queues is [DeviceQueue only] && Options.Link is DatagramLink link ? new CardTurn(only, link) : null;
            PumpThread[] threads = [_inbound, .. queues.Select((queue, i) => new OutboundThread(this, queue, Turn, i + 1, _stop.Token))];
            _inbound.Attach(new CardOutput(queues, Options.BatchSize, Drops), Turn);
            _threads = threads;
            if (_state != 1)
                return;
            foreach (PumpThread thread in threads.AsSpan(1))
                thread.Start();
        }
    }

    /// <summary>Takes a peer in: from now on it is sent to and listened to.</summary>
    /// <param name="peer">The peer. Its index and its path must not be those of another.</param>
    /// <exception cref="ArgumentException">Another peer has the index or the path, or the peer is there already.</exception>
    public void Add(TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        Peers.Add(peer);
        Options.Router.AddPeer(peer);
    }

    /// <summary>
    /// Takes a peer out, of the router, too. When this returns, no thread of the pump uses its keys any more: they may be disposed.
    /// </summary>
    /// <param name="peer">The peer; nothing happens when it is not there.</param>
    /// <remarks>Waits for the batches under way, not for the network. Called inside a callback, it leaves the calling thread out.</remarks>
    public void Remove(TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        Options.Router.RemovePeer(peer);
        if (!Peers.Remove(peer))
            return;
        Interlocked.MemoryBarrier();
        foreach (PumpThread thread in _threads)
            thread.AwaitRound();
    }

    /// <summary>A peer is somewhere else now: what is for it goes there, and what comes from there is its.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="path">Where it is; must not be another peer's.</param>
    /// <returns>False, with nothing changed, when the path is another peer's, or the peer is not there.</returns>
    public bool TryMove(TunnelPeer peer, in LinkPath path)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return Peers.TryMove(peer, path);
    }

    /// <summary>Sends a control datagram; drops it when the link is full, as the network would.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="datagram">The datagram.</param>
    /// <returns>Whether it went out.</returns>
    public bool SendControl(in LinkPath to, ReadOnlySpan<byte> datagram)
    {
        if (!Options.Link.TrySend(to, datagram))
        {
            Drops.Add(DropReason.Overload);
            return false;
        }

        Peers.Find(to)?.Counters.AddSent(0, 0, datagram.Length);
        return true;
    }

    /// <summary>
    /// Stops the threads, waits for their end and closes the link; the queues stay open, for another pump. Called on a thread of the
    /// pump, it does not wait for that one.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (Interlocked.Exchange(ref _state, 2) == 2)
                return;
        }

        _stop.Cancel();
        Options.Link.Dispose();
        foreach (PumpThread thread in _threads)
            thread.Dispose();
        _stop.Dispose();
        _completion.TrySetResult();
    }

    internal void OnEnded(Exception error)
    {
        if (Volatile.Read(ref _state) != 2)
            _completion.TrySetException(error);
    }
}
