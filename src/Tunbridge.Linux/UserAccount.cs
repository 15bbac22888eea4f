// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A user as the system's name service knows it, with all its groups.</summary>
public sealed record UserAccount
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its number.</summary>
    public required uint UserId { get; init; }

    /// <summary>The number of its first group.</summary>
    public required uint GroupId { get; init; }

    /// <summary>All its groups.</summary>
    public required IReadOnlyList<uint> Groups { get; init; }

    /// <summary>Its home directory.</summary>
    public required string Home { get; init; }

    /// <summary>A user by its number (getpwuid(3), getgrouplist(3)); null when the number has no entry.</summary>
    /// <param name="userId">The number.</param>
    public static unsafe UserAccount? Find(uint userId)
    {
        const int BufferSize = 64 * 1024;
        byte[] buffer = new byte[BufferSize];
        Libc.passwd record;
        Libc.passwd* found = null;
        fixed (byte* b = buffer)
        {
            if (Libc.getpwuid_r(userId, &record, b, BufferSize, &found) != 0 || found == null)
                return null;
            return new()
            {
                Name = Marshal.PtrToStringUTF8((nint)record.pw_name) ?? "",
                UserId = record.pw_uid,
                GroupId = record.pw_gid,
                Groups = GroupsOf(record),
                Home = Marshal.PtrToStringUTF8((nint)record.pw_dir) ?? "/",
            };
        }
    }

    private static unsafe uint[] GroupsOf(Libc.passwd record)
    {
        int count = 64;
        while (true)
        {
            int room = count;
            uint[] groups = new uint[room];
            fixed (uint* list = groups)
            {
                if (Libc.getgrouplist(record.pw_name, record.pw_gid, list, &count) >= 0)
                    return groups[..count];
            }

            // Told how many there are; musl tells only that there are more.
            count = Math.Max(count, room * 2);
        }
    }
}
