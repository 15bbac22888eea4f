// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A lock that one process at a time holds on a file (flock(2)); the kernel lets go of it when the process ends.</summary>
/// <remarks>
/// The file is made where it is missing, mode 0600, and neither written nor removed. Not for several threads at once.
/// </remarks>
public sealed class FileLock : IDisposable
{
    // For its user only: who may open it may keep others waiting.
    private const uint Permissions = 0x180;

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

    /// <summary>Lets go of the lock.</summary>
    public void Dispose() => _descriptor.Dispose();
}
