// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>Which thread reads the card: its own, or, while little goes on, the wire's.</summary>
/// <remarks>
/// An answer lies in the card's queue as soon as the question was written there, and the thread that wrote it is awake: it sends the
/// answer sooner than one that has to be woken. Under load two threads do more than one. So the card's own thread lends it when the
/// last load is a while ago and nothing waits, and gets it back with the first load; a pause does not change it.
/// </remarks>
internal sealed class CardTurn : IDisposable
{
    private const long CalmMilliseconds = 20;

    private readonly DeviceQueue _queue;
    private readonly DatagramLink _link;
    private readonly EventFd _back = new();
    private long _lastLoad;
    private volatile bool _isLent;

    internal CardTurn(DeviceQueue queue, DatagramLink link)
    {
        _queue = queue;
        _link = link;
    }

    internal DeviceQueue Queue => _queue;

    /// <summary>The wire's thread reads the card.</summary>
    internal bool IsLent => _isLent;

    /// <summary>Notes load, on either thread.</summary>
    internal void NoteLoad(long nowMilliseconds) => Volatile.Write(ref _lastLoad, nowMilliseconds);

    /// <summary>The last load is so long ago that the card may be lent.</summary>
    internal bool IsCalm(long nowMilliseconds) => nowMilliseconds - Volatile.Read(ref _lastLoad) >= CalmMilliseconds;

    /// <summary>Lends the card to the wire's thread, and waits until it is given back. On the card's thread, when nothing waits in the queue.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The queue, or the link, was closed.</exception>
    internal void Lend(CancellationToken stop)
    {
        _link.Watch(_queue.Descriptor);
        _isLent = true;     // not before: what is not watched cannot be given back
        _queue.WaitFor(_back, stop);
        _back.Reset();
    }

    /// <summary>Gives the card back. On the wire's thread, while it is lent.</summary>
    internal void GiveBack()
    {
        _isLent = false;
        try
        {
            _link.Unwatch(_queue.Descriptor);
        }
        catch (ObjectDisposedException)
        {
            // What is closed has left by itself; the card's thread learns of it where it waits.
            return;
        }

        _back.Set();
    }

    public void Dispose() => _back.Dispose();
}
