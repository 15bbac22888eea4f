// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A counter that a waiter can poll (eventfd(2)): how one thread wakes another out of a wait.</summary>
/// <remarks>Thread-safe. Setting an event that is set already does nothing.</remarks>
public sealed class EventFd : IDisposable
{
    /// <summary>Creates an event that is not set.</summary>
    /// <exception cref="LinuxException">No descriptor left.</exception>
    public EventFd()
    {
        Libc.AssertPlatform();
        int fd = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        Descriptor = fd >= 0 ? new FileDescriptor(fd) : throw new LinuxException(Libc.LastErrno, "eventfd", "");
    }

    /// <summary>The descriptor that becomes readable when the event is set.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Sets the event: every wait on it returns, until <see cref="Reset"/>.</summary>
    public void Set()
    {
        ulong one = 1;
        // EAGAIN means that the counter is full, so the event is set all the same.
        _ = Descriptor.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in one)), out _);
    }

    /// <summary>Clears the event.</summary>
    public void Reset()
    {
        ulong value = 0;
        // EAGAIN means that it was not set.
        _ = Descriptor.Read(MemoryMarshal.AsBytes(new Span<ulong>(ref value)), out _);
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();
}
