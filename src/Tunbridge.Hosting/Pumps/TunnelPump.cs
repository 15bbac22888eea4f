// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>Joins a card and a wire: seals what the card sends, opens what the wire brings, and leaves the rest to its owner.</summary>
/// <remarks>
/// A thread for each queue of the card, and one for the wire. Theory of operation: docs/hosting.md. All members are thread-safe.
/// </remarks>
public sealed class TunnelPump : IDisposable
{
    private readonly TunnelPumpOptions _options;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A pump that does not run yet.</summary>
    /// <param name="options">What it joins.</param>
    public TunnelPump(TunnelPumpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Completes when the pump has been disposed; fails when the card is gone.</summary>
    public Task Completion => _completion.Task;

    /// <summary>What was dropped, by reason.</summary>
    public DropCounters Drops { get; } = new();

    /// <summary>Starts the threads; peers may be there already.</summary>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    public void Start() => ObjectDisposedException.ThrowIf(_completion.Task.IsCompleted, this);

    /// <summary>Brings the card's queues to a pump that was started without; control flows before that, packets from then on.</summary>
    /// <param name="queues">The queues, at least one; stay the caller's.</param>
    /// <exception cref="InvalidOperationException">It has queues already.</exception>
    public void Attach(IReadOnlyList<Packets.IPacketQueue> queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        ObjectDisposedException.ThrowIf(_completion.Task.IsCompleted, this);
    }

    /// <summary>Takes a peer in: from now on it is sent to and listened to.</summary>
    /// <param name="peer">The peer. Its index and its path must not be those of another.</param>
    /// <exception cref="ArgumentException">Another peer has the index or the path.</exception>
    public void Add(TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _options.Router.AddPeer(peer);
    }

    /// <summary>
    /// Takes a peer out, of the router, too. When this returns, no thread of the pump uses its keys any more: they may be disposed.
    /// </summary>
    /// <param name="peer">The peer; nothing happens when it is not there.</param>
    public void Remove(TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _options.Router.RemovePeer(peer);
    }

    /// <summary>A peer is somewhere else now: what is for it goes there, and what comes from there is its.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="path">Where it is; must not be another peer's.</param>
    /// <returns>False, with nothing changed, when the path is another peer's.</returns>
    public bool TryMove(TunnelPeer peer, in LinkPath path)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ObjectDisposedException.ThrowIf(_completion.Task.IsCompleted, this);
        peer.Path = path;
        return true;
    }

    /// <summary>Sends a control datagram; drops it when the link is full, as the network would.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="datagram">The datagram.</param>
    /// <returns>Whether it went out.</returns>
    public bool SendControl(in LinkPath to, ReadOnlySpan<byte> datagram) => _options.Link.TrySend(to, datagram);

    /// <summary>Stops the threads and closes the link; the queues stay open, for another pump.</summary>
    public void Dispose()
    {
        _options.Link.Dispose();
        _completion.TrySetResult();
    }
}
