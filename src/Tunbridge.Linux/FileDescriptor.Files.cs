// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed partial class FileDescriptor
{
    /// <summary>Opens a file to write into it, and makes it when it is not there.</summary>
    /// <param name="path">The path.</param>
    /// <param name="appends">Whether all that is written goes to its end; else it is emptied.</param>
    /// <param name="permissions">Mode bits of a new file, less the process's umask.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static FileDescriptor Create(string path, bool appends, uint permissions)
    {
        int flags = Libc.O_WRONLY | Libc.O_CREAT | (appends ? Libc.O_APPEND : Libc.O_TRUNC);
        return TryOpen(path, flags, permissions, out Errno errno) ?? throw new LinuxException(errno, "open", path);
    }

    /// <summary>Gives a file that is only in memory, empty (memfd_create(2)).</summary>
    /// <param name="name">What lists of descriptors call it.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static unsafe FileDescriptor CreateInMemory(string name)
    {
        const uint CloseOnExec = 1; // MFD_CLOEXEC
        Libc.AssertPlatform();
        fixed (byte* bytes = CString.Encode(name, stackalloc byte[128]))
        {
            int fd = Libc.memfd_create(bytes, CloseOnExec);
            return fd >= 0 ? new FileDescriptor(fd) : throw new LinuxException(Libc.LastErrno, "memfd_create", name);
        }
    }

    /// <summary>Lets programs that this process becomes or starts have the descriptor (FD_CLOEXEC off), or keeps it from them.</summary>
    /// <param name="isPassedOn">Whether they get it.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetPassedOn(bool isPassedOn)
    {
        using Borrow borrow = new(this);
        if (Libc.fcntl(borrow.Number, Libc.F_SETFD, isPassedOn ? 0 : Libc.FD_CLOEXEC) < 0)
            throw new LinuxException(Libc.LastErrno, "fcntl", "FD_CLOEXEC");
    }
}
