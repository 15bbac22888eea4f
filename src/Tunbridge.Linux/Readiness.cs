// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Blocking waits for one descriptor together with wake-up events (poll(2)).</summary>
/// <remarks>
/// poll over two or three descriptors needs no descriptor of its own and leaves no state behind; epoll earns its
/// keep only where one thread watches many cards (<see cref="ReadinessLoop"/>).
/// </remarks>
public static class Readiness
{
    /// <summary>Waits until a descriptor is readable or an event is set.</summary>
    /// <param name="descriptor">The descriptor to read.</param>
    /// <param name="wake">Set by whoever closes the descriptor's owner; it has precedence.</param>
    /// <param name="cancel">Set by whoever cancels this wait, or null.</param>
    /// <param name="timeoutMilliseconds">How long to wait; -1 for ever.</param>
    /// <exception cref="LinuxException">The kernel refused the wait.</exception>
    public static WaitOutcome WaitReadable(
        FileDescriptor descriptor, EventFd wake, EventFd? cancel = null, int timeoutMilliseconds = -1) =>
        Wait(descriptor, writable: false, wake, cancel, timeoutMilliseconds);

    internal static unsafe WaitOutcome Wait(
        FileDescriptor descriptor, bool writable, EventFd wake, EventFd? cancel = null, int timeoutMilliseconds = -1)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(wake);
        using FileDescriptor.Borrow borrow = new(descriptor);
        using FileDescriptor.Borrow wakeBorrow = new(wake.Descriptor);
        Libc.pollfd* fds = stackalloc Libc.pollfd[3];
        fds[0] = new() { fd = borrow.Number, events = writable ? Libc.POLLOUT : Libc.POLLIN };
        fds[1] = new() { fd = wakeBorrow.Number, events = Libc.POLLIN };
        fds[2] = new() { fd = cancel is null ? -1 : cancel.Descriptor.Number, events = Libc.POLLIN };
        long deadline = timeoutMilliseconds < 0 ? 0 : Environment.TickCount64 + timeoutMilliseconds;
        while (true)
        {
            int remaining = timeoutMilliseconds < 0 ? -1 : (int)Math.Max(0, deadline - Environment.TickCount64);
            int n = Libc.poll(fds, 3, remaining);
            if (n == 0)
                return WaitOutcome.TimedOut;
            if (n > 0)
                return (fds[1].revents | fds[2].revents) != 0 ? WaitOutcome.Woken : WaitOutcome.Ready;
            Errno errno = Libc.LastErrno;
            if (errno != Errno.EINTR)
                throw new LinuxException(errno, "poll", "");
        }
    }
}
