// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>The waits of one owner of a descriptor: closing the owner or cancelling a wait ends it at once.</summary>
/// <remarks>Thread-safe; any number of waits may be under way. Waiting allocates nothing once it is warm.</remarks>
public sealed class ClosableWait : IDisposable
{
    private readonly EventFd _closing = new();
    private readonly CancelEvents _cancelEvents = new();
    private int _disposed;

    /// <summary>Whether it was disposed: every wait, present and later, ends.</summary>
    public bool IsClosed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Waits until a descriptor is readable, or in error.</summary>
    /// <param name="descriptor">The owner's descriptor.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The owner was closed.</exception>
    /// <exception cref="LinuxException">The kernel refused the wait.</exception>
    public void WaitReadable(FileDescriptor descriptor, CancellationToken cancellationToken) =>
        Wait(descriptor, writable: false, cancellationToken);

    /// <summary>Waits until a descriptor has room to write, or is in error.</summary>
    /// <inheritdoc cref="WaitReadable"/>
    public void WaitWritable(FileDescriptor descriptor, CancellationToken cancellationToken) =>
        Wait(descriptor, writable: true, cancellationToken);

    /// <summary>Ends the waits under way and every later one.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _closing.Set();
        _closing.Dispose();
        _cancelEvents.Dispose();
    }

    private void Wait(FileDescriptor descriptor, bool writable, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            _ = Readiness.Wait(descriptor, writable, _closing);
        }
        else
        {
            EventFd cancel = _cancelEvents.Rent();
            CancellationTokenRegistration registration =
                cancellationToken.UnsafeRegister(static state => ((EventFd)state!).Set(), cancel);
            try
            {
                _ = Readiness.Wait(descriptor, writable, _closing, cancel);
            }
            finally
            {
                // Waits for a callback under way, so that none can set the event for its next user.
                registration.Dispose();
                _cancelEvents.Return(cancel, cancellationToken.IsCancellationRequested);
            }
        }

        ObjectDisposedException.ThrowIf(IsClosed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
