// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A lock that one process at a time holds on a file (flock(2)); the kernel lets go of it when the process ends.</summary>
/// <remarks>
/// The file is made where it is missing, mode 0600, and not written. Not for several threads at once. Where holders remove
/// the file before they let go, whoever takes the lock must ask <see cref="IsOn"/> and take it again.
/// </remarks>
public sealed class FileLock : IDisposable
{
    // For its user only: who may open it may keep others waiting.
    private const uint Permissions = 0x180;
    private const int StatxSize = 256;

    private readonly FileDescriptor _descriptor;

    private FileLock(FileDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wait">Whether to wait, however long, until whoever holds it lets go.</param>
    /// <returns>The lock; null when somebody holds it and <paramref name="wait"/> is false.</returns>
    /// <exception cref="LinuxException">The file cannot be opened or made, or the kernel refused.</exception>
    public static FileLock? TryTake(string path, bool wait)
    {
        ArgumentNullException.ThrowIfNull(path);
        // In one step: two that start together must not meet between looking and making.
        FileDescriptor descriptor = FileDescriptor.TryOpen(path, Libc.O_CREAT, Permissions, out Errno refusal) ??
            throw new LinuxException(refusal, "open", path);
        while (true)
        {
            using (FileDescriptor.Borrow borrow = new(descriptor))
            {
                if (Libc.flock(borrow.Number, wait ? Libc.LOCK_EX : Libc.LOCK_EX | Libc.LOCK_NB) == 0)
                    return new(descriptor);
            }

            Errno errno = Libc.LastErrno;
            if (errno == Errno.EINTR)
                continue;
            descriptor.Dispose();
            return errno == Errno.EAGAIN ? null : throw new LinuxException(errno, "flock", path);
        }
    }

    /// <summary>Whether a path still leads to the file that is locked: its last holder may have removed it meanwhile.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="LinuxException">The kernel refused statx(2).</exception>
    public unsafe bool IsOn(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte* own = stackalloc byte[StatxSize];
        byte* there = stackalloc byte[StatxSize];
        byte empty = 0;
        using (FileDescriptor.Borrow borrow = new(_descriptor))
        {
            if (Libc.statx(borrow.Number, &empty, Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, own) != 0)
                throw new LinuxException(Libc.LastErrno, "statx", path);
        }

        fixed (byte* p = CString.Encode(path, stackalloc byte[512]))
        {
            if (Libc.statx(Libc.AT_FDCWD, p, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, there) != 0)
                return Libc.LastErrno == Errno.ENOENT ? false : throw new LinuxException(Libc.LastErrno, "statx", path);
        }

        // struct statx: stx_ino at 32, stx_dev_major at 136, stx_dev_minor at 140.
        return *(ulong*)(own + 32) == *(ulong*)(there + 32) && *(ulong*)(own + 136) == *(ulong*)(there + 136);
    }

    /// <summary>Lets go of the lock.</summary>
    public void Dispose() => _descriptor.Dispose();
}
