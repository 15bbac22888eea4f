// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Tunbridge.Linux.Interop;

/// <summary>The C library, one partial file per header family; blittable signatures only, no logic.</summary>
/// <remarks>
/// errno is read with <see cref="Marshal.GetLastSystemError"/> right after a call that failed, never on success: that
/// is what generated SetLastError stubs do, less the cost on the fast path. Variadic <c>ioctl</c>, <c>fcntl</c> and
/// <c>open</c> are declared with fixed arguments, which the x64 and arm64 Linux calling conventions allow.
/// </remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    // asm/unistd.h; x64, else arm64.
    private static readonly nint s_read = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0 : 63;
    private static readonly nint s_write = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 1 : 64;

    static Libc()
    {
        if (!OperatingSystem.IsLinux() ||
            RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
            throw new PlatformNotSupportedException("Tunbridge runs on Linux x64 and arm64.");
    }

    /// <summary>The error of the call that has just failed on this thread.</summary>
    internal static Errno LastErrno => (Errno)Marshal.GetLastSystemError();

    /// <summary>Makes the static constructor run, once, before the first call.</summary>
    internal static void AssertPlatform() => RuntimeHelpers.RunClassConstructor(typeof(Libc).TypeHandle);

    [LibraryImport(Library)]
    internal static partial int open(byte* path, int flags, uint mode);

    [LibraryImport(Library)]
    internal static partial int close(int fd);

    // libc's read and write are cancellation points, which a process of several threads pays for; its syscall function
    // is none: 254 instead of 257 ns for 64 bytes of /dev/zero. Not much, but of every packet.
    internal static nint read(int fd, void* buffer, nuint count) => syscall(s_read, fd, (nint)buffer, (nint)count, 0);

    internal static nint write(int fd, void* buffer, nuint count) => syscall(s_write, fd, (nint)buffer, (nint)count, 0);

    [LibraryImport(Library)]
    internal static partial nint readv(int fd, iovec* vectors, int count);

    [LibraryImport(Library)]
    internal static partial nint writev(int fd, iovec* vectors, int count);

    [LibraryImport(Library)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(Library)]
    internal static partial int poll(pollfd* fds, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Library)]
    internal static partial int epoll_ctl(int epfd, int operation, int fd, void* @event);

    [LibraryImport(Library)]
    internal static partial int epoll_wait(int epfd, void* events, int maximum, int timeoutMilliseconds);

    [LibraryImport(Library)]
    internal static partial int ioctl(int fd, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "ioctl")]
    internal static partial int ioctl_ptr(int fd, nuint request, void* argument);

    [LibraryImport(Library)]
    internal static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    internal const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_TRUNC = 0x200, O_APPEND = 0x400;
    internal const int O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000;
    internal const int F_DUPFD_CLOEXEC = 1030, F_GETFL = 3, F_SETFL = 4, F_GETFD = 1, F_SETFD = 2;
    internal const short POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 0x10, POLLNVAL = 0x20;
    internal const int EFD_CLOEXEC = 0x80000, EFD_NONBLOCK = 0x800;
    internal const int EPOLL_CLOEXEC = 0x80000, EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
    internal const uint EPOLLIN = 1, EPOLLERR = 8, EPOLLHUP = 0x10, EPOLLONESHOT = 1u << 30;

    [StructLayout(LayoutKind.Sequential)]
    internal struct iovec
    {
        internal void* iov_base;
        internal nuint iov_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd
    {
        internal int fd;
        internal short events;
        internal short revents;
    }
}
