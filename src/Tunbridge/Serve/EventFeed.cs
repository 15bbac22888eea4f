// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;

namespace Tunbridge.Serve;

/// <summary>Hands events to whoever listens; a listener that does not read is cut off, not waited for.</summary>
internal sealed class EventFeed
{
    private const int Backlog = 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<Channel<ServiceEvent>> _listeners = [];

    internal Channel<ServiceEvent> Subscribe()
    {
        Channel<ServiceEvent> listener = Channel.CreateBounded<ServiceEvent>(Backlog);
        lock (_lock)
            _listeners.Add(listener);
        return listener;
    }

    internal void Unsubscribe(Channel<ServiceEvent> listener)
    {
        lock (_lock)
            _listeners.Remove(listener);
    }

    internal void Publish(ServiceEvent happened)
    {
        lock (_lock)
        {
            foreach (Channel<ServiceEvent> listener in _listeners)
            {
                if (!listener.Writer.TryWrite(happened))
                    listener.Writer.TryComplete();
            }
        }
    }

    /// <summary>Ends every listener's sequence, after what it has not read yet.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            foreach (Channel<ServiceEvent> listener in _listeners)
                listener.Writer.TryComplete();
        }
    }
}
