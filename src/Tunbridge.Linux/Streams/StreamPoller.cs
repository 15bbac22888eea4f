// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Tells one thread which of many sockets can be read or written (epoll(7), level-triggered).</summary>
/// <remarks>
/// Sockets go by numbers that the caller gives and never uses again. Any thread may add, change and remove; one waits. A socket that is
/// closed leaves by itself. Allocates nothing after construction.
/// </remarks>
public sealed unsafe class StreamPoller : IDisposable
{
    private const int MaximumEvents = 64;
    private const int EventSize = 16;

    // struct epoll_event is packed on x64 (12 bytes) and naturally aligned elsewhere (16 bytes).
    private static readonly int s_keyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly FileDescriptor _epoll;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaximumEvents * EventSize, pinned: true);
    private int _count;

    /// <summary>Makes a poller that watches nothing yet.</summary>
    /// <exception cref="LinuxException">No descriptor left.</exception>
    public StreamPoller()
    {
        Libc.AssertPlatform();
        int fd = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        _epoll = fd >= 0 ? new FileDescriptor(fd) : throw new LinuxException(Libc.LastErrno, "epoll_create1", "");
    }

    /// <summary>How many sockets the last wait found.</summary>
    public int Count => _count;

    /// <summary>Watches a descriptor.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="key">Its number.</param>
    /// <param name="reads">Whether bytes that wait are told.</param>
    /// <param name="writes">Whether room to write is told.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Add(FileDescriptor descriptor, long key, bool reads, bool writes) =>
        Control(Libc.EPOLL_CTL_ADD, descriptor, key, reads, writes);

    /// <summary>Changes what is told of a descriptor.</summary>
    /// <param name="descriptor">The descriptor, which was added.</param>
    /// <param name="key">Its number.</param>
    /// <param name="reads">Whether bytes that wait are told.</param>
    /// <param name="writes">Whether room to write is told.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Change(FileDescriptor descriptor, long key, bool reads, bool writes) =>
        Control(Libc.EPOLL_CTL_MOD, descriptor, key, reads, writes);

    /// <summary>Watches a descriptor no more: not even errors are told.</summary>
    /// <param name="descriptor">The descriptor, which was added.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Remove(FileDescriptor descriptor) => Control(Libc.EPOLL_CTL_DEL, descriptor, 0, reads: false, writes: false);

    /// <summary>Waits until something can be read or written, or is in error.</summary>
    /// <param name="timeoutMilliseconds">How long; −1 for ever.</param>
    /// <returns>How many sockets; 0 when the time is over.</returns>
    /// <exception cref="LinuxException">The kernel refused the wait.</exception>
    public int Wait(int timeoutMilliseconds = -1)
    {
        using FileDescriptor.Borrow borrow = new(_epoll);
        fixed (byte* events = _events)
        {
            while (true)
            {
                _count = Libc.epoll_wait(borrow.Number, events, MaximumEvents, timeoutMilliseconds);
                if (_count >= 0)
                    return _count;
                _count = 0;
                Errno errno = Libc.LastErrno;
                if (errno != Errno.EINTR)
                    throw new LinuxException(errno, "epoll_wait", "");
            }
        }
    }

    /// <summary>One of the sockets that the last wait found.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="canRead">Bytes wait, or the other end has closed, or it is in error.</param>
    /// <param name="canWrite">There is room, or it is in error.</param>
    /// <returns>Its number.</returns>
    public long Get(int index, out bool canRead, out bool canWrite)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
        ReadOnlySpan<byte> bytes = _events.AsSpan(index * (s_keyOffset + sizeof(long)));
        uint events = MemoryMarshal.Read<uint>(bytes);
        bool isBroken = (events & (Libc.EPOLLERR | Libc.EPOLLHUP)) != 0;
        canRead = isBroken || (events & Libc.EPOLLIN) != 0;
        canWrite = isBroken || (events & Libc.EPOLLOUT) != 0;
        return MemoryMarshal.Read<long>(bytes[s_keyOffset..]);
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private static string NameOf(int operation) => operation switch
    {
        Libc.EPOLL_CTL_ADD => "EPOLL_CTL_ADD",
        Libc.EPOLL_CTL_DEL => "EPOLL_CTL_DEL",
        _ => "EPOLL_CTL_MOD",
    };

    private void Control(int operation, FileDescriptor descriptor, long key, bool reads, bool writes)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        Span<byte> bytes = stackalloc byte[EventSize];
        bytes.Clear();
        uint events = (reads ? Libc.EPOLLIN : 0) | (writes ? Libc.EPOLLOUT : 0);
        MemoryMarshal.Write(bytes, in events);
        MemoryMarshal.Write(bytes[s_keyOffset..], in key);
        using FileDescriptor.Borrow borrow = new(descriptor);
        using FileDescriptor.Borrow epoll = new(_epoll);
        fixed (byte* p = bytes)
        {
            if (Libc.epoll_ctl(epoll.Number, operation, borrow.Number, p) != 0)
                throw new LinuxException(Libc.LastErrno, "epoll_ctl", NameOf(operation));
        }
    }
}
