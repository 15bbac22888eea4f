// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>
/// Names and numbers of users and groups, through the system's name service (getpwnam(3), getgrnam(3)).
/// </summary>
public static unsafe class UserDatabase
{
    private const int BufferSize = 64 * 1024;

    /// <summary>A user's number, or null when there is no user of that name.</summary>
    /// <param name="name">The name.</param>
    public static uint? FindUserId(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] buffer = new byte[BufferSize];
        Libc.passwd record;
        Libc.passwd* found = null;
        fixed (byte* n = CString.Encode(name, stackalloc byte[128]), b = buffer)
            return Libc.getpwnam_r(n, &record, b, BufferSize, &found) == 0 && found != null ? record.pw_uid : null;
    }

    /// <summary>A group's number, or null when there is no group of that name.</summary>
    /// <param name="name">The name.</param>
    public static uint? FindGroupId(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] buffer = new byte[BufferSize];
        Libc.group record;
        Libc.group* found = null;
        fixed (byte* n = CString.Encode(name, stackalloc byte[128]), b = buffer)
            return Libc.getgrnam_r(n, &record, b, BufferSize, &found) == 0 && found != null ? record.gr_gid : null;
    }

    /// <summary>A user's name, or null when the number has none.</summary>
    /// <param name="userId">The number.</param>
    public static string? FindUserName(uint userId)
    {
        byte[] buffer = new byte[BufferSize];
        Libc.passwd record;
        Libc.passwd* found = null;
        fixed (byte* b = buffer)
        {
            return Libc.getpwuid_r(userId, &record, b, BufferSize, &found) == 0 && found != null
                ? Marshal.PtrToStringUTF8((nint)record.pw_name)
                : null;
        }
    }

    /// <summary>A group's name, or null when the number has none.</summary>
    /// <param name="groupId">The number.</param>
    public static string? FindGroupName(uint groupId)
    {
        byte[] buffer = new byte[BufferSize];
        Libc.group record;
        Libc.group* found = null;
        fixed (byte* b = buffer)
        {
            return Libc.getgrgid_r(groupId, &record, b, BufferSize, &found) == 0 && found != null
                ? Marshal.PtrToStringUTF8((nint)record.gr_name)
                : null;
        }
    }
}
