// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>An owned file descriptor, closed when disposed.</summary>
/// <remarks>
/// Thread-safe as every <see cref="SafeHandle"/>: a descriptor in use on another thread is closed only when that use
/// ends, so its number is never reused under a reader. Reads and writes give an <see cref="Errno"/>, retry on EINTR
/// and allocate nothing.
/// </remarks>
public sealed partial class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Creates an empty handle, for the marshaller.</summary>
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Wraps an existing descriptor.</summary>
    /// <param name="number">The descriptor's number.</param>
    /// <param name="ownsHandle">Whether disposing closes it.</param>
    public FileDescriptor(int number, bool ownsHandle = true)
        : base(ownsHandle) => SetHandle(number);

    /// <summary>The descriptor's number; valid only while the caller keeps this object alive and undisposed.</summary>
    public int Number => (int)handle;

    /// <summary>Opens a path with O_CLOEXEC.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">What the descriptor may be used for.</param>
    /// <param name="errno">Why it was refused.</param>
    /// <returns>The descriptor, or null when refused.</returns>
    public static FileDescriptor? TryOpen(string path, OpenMode mode, out Errno errno) =>
        TryOpen(path, (int)mode, 0, out errno);

    /// <summary>Opens a path with O_CLOEXEC and any other flags; <paramref name="permissions"/> count for a new file.</summary>
    internal static FileDescriptor? TryOpen(string path, int flags, uint permissions, out Errno errno)
    {
        ArgumentNullException.ThrowIfNull(path);
        Libc.AssertPlatform();
        errno = Errno.None;
        Span<byte> utf8 = stackalloc byte[512];
        utf8 = CString.Encode(path, utf8);
        unsafe
        {
            fixed (byte* p = utf8)
            {
                while (true)
                {
                    int fd = Libc.open(p, flags | Libc.O_CLOEXEC, permissions);
                    if (fd >= 0)
                        return new FileDescriptor(fd);
                    errno = Libc.LastErrno;
                    if (errno != Errno.EINTR)
                        return null;
                }
            }
        }
    }

    /// <summary>Opens a path with O_CLOEXEC.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">What the descriptor may be used for.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static FileDescriptor Open(string path, OpenMode mode) =>
        TryOpen(path, mode, out Errno errno) ?? throw new LinuxException(errno, "open", path);

    /// <summary>Gives a second descriptor (F_DUPFD_CLOEXEC) of the same open file.</summary>
    /// <exception cref="LinuxException">The kernel refused, usually EMFILE.</exception>
    public FileDescriptor Duplicate()
    {
        using Borrow borrow = new(this);
        int copy = Libc.fcntl(borrow.Number, Libc.F_DUPFD_CLOEXEC, 0);
        return copy >= 0 ? new FileDescriptor(copy) : throw new LinuxException(Libc.LastErrno, "fcntl", "F_DUPFD_CLOEXEC");
    }

    /// <summary>Turns O_NONBLOCK on or off for the open file, which duplicates share.</summary>
    /// <param name="nonBlocking">Whether calls give EAGAIN instead of waiting.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetNonBlocking(bool nonBlocking)
    {
        using Borrow borrow = new(this);
        int flags = Libc.fcntl(borrow.Number, Libc.F_GETFL, 0);
        int wanted = nonBlocking ? flags | Libc.O_NONBLOCK : flags & ~Libc.O_NONBLOCK;
        if (flags < 0 || (wanted != flags && Libc.fcntl(borrow.Number, Libc.F_SETFL, wanted) < 0))
            throw new LinuxException(Libc.LastErrno, "fcntl", "O_NONBLOCK");
    }

    /// <summary>Reads once into a buffer.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="count">How many came.</param>
    public Errno Read(Span<byte> buffer, out int count)
    {
        using Borrow borrow = new(this);
        return borrow.Read(buffer, out count);
    }

    /// <summary>Writes a buffer in one system call.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="count">How many were taken.</param>
    public Errno Write(ReadOnlySpan<byte> buffer, out int count)
    {
        using Borrow borrow = new(this);
        return borrow.Write(buffer, out count);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
