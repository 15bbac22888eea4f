// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed partial class FileDescriptor
{
    /// <summary>Gives a copy of another process's descriptor (pidfd_getfd(2)), to look at what it stands for.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="number">The descriptor's number there.</param>
    /// <param name="errno">
    /// Why there is none: EPERM without the right to trace the process, ENOSYS before Linux 5.6.
    /// </param>
    /// <returns>
    /// The copy, or null. While it is open the other process's close does not close the file: be brief.
    /// </returns>
    public static FileDescriptor? TryCopyFrom(int processId, int number, out Errno errno)
    {
        Libc.AssertPlatform();
        nint process = Libc.syscall(Libc.SYS_pidfd_open, processId, 0, 0, 0);
        if (process < 0)
        {
            errno = Libc.LastErrno;
            return null;
        }

        using FileDescriptor handle = new((int)process);
        nint copy = Libc.syscall(Libc.SYS_pidfd_getfd, process, number, 0, 0);
        errno = copy >= 0 ? Errno.None : Libc.LastErrno;
        return copy >= 0 ? new FileDescriptor((int)copy) : null;
    }
}
