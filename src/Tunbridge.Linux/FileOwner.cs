// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Gives files to users and groups (chown(2)).</summary>
public static class FileOwner
{
    /// <summary>Sets owner and group of a file, following links.</summary>
    /// <param name="path">The file.</param>
    /// <param name="userId">The user.</param>
    /// <param name="groupId">The group.</param>
    /// <exception cref="LinuxException">EPERM for anyone but root, unless nothing changes.</exception>
    public static unsafe void Set(string path, uint userId, uint groupId)
    {
        ArgumentNullException.ThrowIfNull(path);
        fixed (byte* p = CString.Encode(path, stackalloc byte[256]))
        {
            if (Libc.chown(p, userId, groupId) != 0)
                throw new LinuxException(Libc.LastErrno, "chown", path);
        }
    }
}
