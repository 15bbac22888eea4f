// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>
/// Events that cancellation tokens set, kept for reuse: a wait that can be cancelled needs one for itself.
/// </summary>
/// <remarks>Thread-safe. Holds as many events as waits were under way at once.</remarks>
internal sealed class CancelEvents : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<EventFd> _free = [];
    private bool _disposed;

    internal EventFd Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out EventFd? free))
                return free;
        }

        return new EventFd();
    }

    /// <summary>Takes an event back that no token will set any more.</summary>
    internal void Return(EventFd used, bool wasSet)
    {
        if (wasSet)
            used.Reset();
        lock (_lock)
        {
            if (!_disposed)
            {
                _free.Push(used);
                return;
            }
        }

        used.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_free.TryPop(out EventFd? free))
                free.Dispose();
        }
    }
}
