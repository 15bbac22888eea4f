// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>
/// Brings what the pump's threads hear to the one task that owns the sessions, together with its time and what others ask of it.
/// </summary>
/// <remarks>
/// The owner loops: <see cref="WaitAsync"/>, then <see cref="TryTake"/> until it is empty, then what time brings. Datagrams are copies, at most
/// <see cref="Capacity"/> of them; what is too much is dropped and counted, as the network would; as many moves and exits may wait, which a
/// peer can cause with each packet. Everything else always fits: there is only so much of it as there are connections and scripts.
/// </remarks>
internal sealed class ControlMailbox : IPumpOwner, IDisposable
{
    // Longer than any control packet of this protocol.
    private const int MaximumDatagram = 2048;

    // Of a dropped packet: enough to say where it came from.
    private const int LongestHeaders = 64;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    private readonly Channel<ControlMail> _mail = Channel.CreateUnbounded<ControlMail>(new() { SingleReader = true });
    private readonly Func<TunnelPeer, LinkPath, bool> _mayMove;
    private readonly ITimer _timer;
    private int _datagrams;
    private int _notices;       // moves and exits
    private long _dropped;

    // The owner's: until when the timer is set.
    private DateTimeOffset? _armed;

    /// <summary>An empty mailbox.</summary>
    /// <param name="clock">The owner's time.</param>
    /// <param name="mayMove">Asked on a thread of the data path whether a peer may move; must be thread-safe and return at once.</param>
    internal ControlMailbox(TunnelClock clock, Func<TunnelPeer, LinkPath, bool> mayMove)
    {
        Clock = clock;
        _mayMove = mayMove;
        _timer = clock.Provider.CreateTimer(static state => ((ControlMailbox)state!).Put(new ControlMail(ControlMailKind.Tick)), this,
            Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Datagrams that may wait.</summary>
    internal const int Capacity = 2048;

    internal TunnelClock Clock { get; }

    internal DateTimeOffset Now => Clock.Now;

    /// <summary>Datagrams that were dropped because too many waited.</summary>
    internal long Dropped => Interlocked.Read(ref _dropped);

    void IPumpOwner.OnControl(in LinkPath from, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > MaximumDatagram || Interlocked.Increment(ref _datagrams) > Capacity)
        {
            if (datagram.Length <= MaximumDatagram)
                Interlocked.Decrement(ref _datagrams);
            Interlocked.Increment(ref _dropped);
            return;
        }
        Put(new ControlMail(ControlMailKind.Datagram, from, datagram));
    }

    bool IPumpOwner.OnMoving(TunnelPeer peer, in LinkPath to)
    {
        if (!TryCount())
            return false;
        if (!_mayMove(peer, to))
        {
            Interlocked.Decrement(ref _notices);
            return false;
        }
        Put(new ControlMail(ControlMailKind.Moved) { Peer = peer, Path = to });
        return true;
    }

    void IPumpOwner.OnExit(TunnelPeer peer)
    {
        if (TryCount())
            Put(new ControlMail(ControlMailKind.Exit) { Peer = peer });
    }

    void IPumpOwner.OnDropped(in LinkPath from, TunnelPeer? peer, DropReason reason, ReadOnlySpan<byte> packet) =>
        Put(new ControlMail(ControlMailKind.Dropped, from, packet[..Math.Min(packet.Length, LongestHeaders)]) { Peer = peer, Drop = reason });

    void IPumpOwner.OnConnected(in LinkPath path) => Put(new ControlMail(ControlMailKind.Connected) { Path = path });

    void IPumpOwner.OnDisconnected(in LinkPath path, string reason) =>
        Put(new ControlMail(ControlMailKind.Disconnected) { Path = path, Reason = reason });

    /// <summary>Has the owner call something; from any thread.</summary>
    /// <param name="command">Called by the owner; must not throw.</param>
    internal void Post(Action command) => Put(new ControlMail(ControlMailKind.Command) { Command = command });

    /// <summary>Awaits work that is done elsewhere, and goes on as the owner: <c>await mailbox.Resume(work)</c>.</summary>
    /// <param name="work">What is awaited.</param>
    internal OwnerAwaitable<T> Resume<T>(Task<T> work) => new(this, work);

    /// <summary>The owner: waits for a letter or for the time.</summary>
    /// <param name="until">Until when; null for no time.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async ValueTask WaitAsync(DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (until is { } time && !(_armed <= time))
        {
            TimeSpan wait = time - Now;
            if (wait <= TimeSpan.Zero)
                return;
            wait = wait < s_longestWait ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : s_longestWait;
            _armed = Now + wait;
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
        await _mail.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The owner: takes the next letter.</summary>
    /// <param name="mail">The letter; the caller disposes it.</param>
    /// <returns>False when there is none.</returns>
    internal bool TryTake(out ControlMail mail)
    {
        while (_mail.Reader.TryRead(out mail))
        {
            if (mail.Kind == ControlMailKind.Datagram)
                Interlocked.Decrement(ref _datagrams);
            else if (mail.Kind is ControlMailKind.Moved or ControlMailKind.Exit)
                Interlocked.Decrement(ref _notices);
            if (mail.Kind != ControlMailKind.Tick)
                return true;
            _armed = null;
        }
        return false;
    }

    /// <summary>Takes no more letters and forgets those that wait.</summary>
    public void Dispose()
    {
        _mail.Writer.TryComplete();
        _timer.Dispose();
        while (_mail.Reader.TryRead(out ControlMail mail))
            mail.Dispose();
    }

    private bool TryCount()
    {
        if (Interlocked.Increment(ref _notices) <= Capacity)
            return true;
        Interlocked.Decrement(ref _notices);
        Interlocked.Increment(ref _dropped);
        return false;
    }

    private void Put(ControlMail mail)
    {
        if (!_mail.Writer.TryWrite(mail))
            mail.Dispose();
    }
}
