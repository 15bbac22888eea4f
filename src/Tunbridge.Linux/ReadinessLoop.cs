// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>One thread that waits for many descriptors (epoll(7)) and calls back when one becomes readable.</summary>
/// <remarks>Thread-safe. The thread is a background thread, started with the first registration.</remarks>
public sealed class ReadinessLoop
{
    private static readonly Lazy<ReadinessLoop> s_shared = new(() => new ReadinessLoop());

    private readonly FileDescriptor _epoll;
    private readonly Lock _lock = new();

    // Guarded by _lock. Keys are ours, not descriptor numbers: a number may be reused while an event is on its way.
    private readonly Dictionary<long, Registration> _registrations = [];
    private long _nextKey;

    private ReadinessLoop()
    {
        Libc.AssertPlatform();
        int fd = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        _epoll = fd >= 0 ? new FileDescriptor(fd) : throw new LinuxException(Libc.LastErrno, "epoll_create1", "");
        new Thread(Run) { IsBackground = true, Name = "tunbridge-epoll" }.Start();
    }

    /// <summary>The process's loop.</summary>
    public static ReadinessLoop Shared => s_shared.Value;

    /// <summary>Adds a descriptor, not yet armed.</summary>
    /// <param name="descriptor">The descriptor; it must stay open until the registration is disposed.</param>
    /// <param name="onReady">
    /// Called on the loop's thread, once for each <see cref="Registration.Arm"/>; must not block.
    /// </param>
    /// <exception cref="LinuxException">The descriptor cannot be watched, or is registered already.</exception>
    public Registration Register(FileDescriptor descriptor, Action onReady)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(onReady);
        Registration registration;
        lock (_lock)
        {
            registration = new Registration(this, descriptor, onReady, ++_nextKey);
            _registrations.Add(registration.Key, registration);
        }

        Errno errno = Control(Libc.EPOLL_CTL_ADD, registration, events: 0);
        if (errno == Errno.None)
            return registration;
        registration.Forget();
        throw new LinuxException(errno, "epoll_ctl", "EPOLL_CTL_ADD");
    }

    private unsafe Errno Control(int operation, Registration registration, uint events)
    {
        // struct epoll_event is packed on x64 (12 bytes) and naturally aligned elsewhere (16 bytes).
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        MemoryMarshal.Write(bytes, in events);
        long key = registration.Key;
        MemoryMarshal.Write(bytes[DataOffset..], in key);
        using FileDescriptor.Borrow borrow = new(registration.Descriptor);
        fixed (byte* p = bytes)
            return Libc.epoll_ctl(_epoll.Number, operation, borrow.Number, p) == 0 ? Errno.None : Libc.LastErrno;
    }

    private static int DataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private unsafe void Run()
    {
        const int Maximum = 64;
        int size = DataOffset + 8;
        byte* events = stackalloc byte[Maximum * 16];
        while (true)
        {
            int n = Libc.epoll_wait(_epoll.Number, events, Maximum, -1);
            // Anything but a signal is a defect of this class; going on would spin.
            if (n < 0 && Libc.LastErrno is Errno errno and not Errno.EINTR)
                throw new LinuxException(errno, "epoll_wait", "");
            for (int i = 0; i < n; i++)
            {
                long key = MemoryMarshal.Read<long>(new ReadOnlySpan<byte>(events + (i * size) + DataOffset, 8));
                Registration? registration;
                lock (_lock)
                    _registrations.TryGetValue(key, out registration);
                registration?.OnReady();
            }
        }
    }

    /// <summary>One watched descriptor.</summary>
    public sealed class Registration : IDisposable
    {
        private readonly ReadinessLoop _loop;

        internal Registration(ReadinessLoop loop, FileDescriptor descriptor, Action onReady, long key)
        {
            _loop = loop;
            Descriptor = descriptor;
            OnReady = onReady;
            Key = key;
        }

        internal FileDescriptor Descriptor { get; }

        internal Action OnReady { get; }

        internal long Key { get; }

        /// <summary>Asks for one call back when the descriptor is readable or in error, at once if it is now.</summary>
        /// <exception cref="ObjectDisposedException">The descriptor is closed.</exception>
        public void Arm()
        {
            Errno errno = _loop.Control(Libc.EPOLL_CTL_MOD, this, Libc.EPOLLIN | Libc.EPOLLONESHOT);
            if (errno != Errno.None)
                throw new LinuxException(errno, "epoll_ctl", "EPOLL_CTL_MOD");
        }

        /// <summary>Stops watching. A call back that is under way may still finish.</summary>
        public void Dispose()
        {
            Forget();
            if (!Descriptor.IsClosed)
            {
                // Refused only when the descriptor has left the set already, which is what is wanted.
                _ = _loop.Control(Libc.EPOLL_CTL_DEL, this, 0);
            }
        }

        internal void Forget()
        {
            lock (_loop._lock)
                _loop._registrations.Remove(Key);
        }
    }
}
