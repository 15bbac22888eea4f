// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Memory that is neither swapped out nor dumped, for keys and passwords.</summary>
public static unsafe class LockedMemory
{
    /// <summary>How many bytes this process may lock without CAP_IPC_LOCK (RLIMIT_MEMLOCK); null for any number.</summary>
    public static ulong? Limit
    {
        get
        {
            ulong* limits = stackalloc ulong[2];    // struct rlimit: rlim_cur, rlim_max
            return Libc.getrlimit(Libc.RLIMIT_MEMLOCK, limits) == 0 && limits[0] != ulong.MaxValue ? limits[0] : null;
        }
    }

    /// <summary>
    /// Locks the pages that some bytes lie on (mlock(2)) and keeps them out of core dumps (madvise(2), MADV_DONTDUMP), until the
    /// process ends or the memory is given back: what else comes to lie on them is locked, too.
    /// </summary>
    /// <param name="bytes">Bytes that do not move: pinned, or native.</param>
    /// <param name="errno">Why not: ENOMEM beyond <see cref="Limit"/>, EPERM where that is 0.</param>
    /// <returns>Whether they are locked.</returns>
    public static bool TryLock(ReadOnlySpan<byte> bytes, out Errno errno)
    {
        errno = Errno.None;
        if (bytes.IsEmpty)
            return true;
        fixed (byte* start = bytes)
        {
            nuint page = (nuint)Environment.SystemPageSize;
            nuint from = (nuint)start & ~(page - 1);
            nuint length = (((nuint)start + (nuint)bytes.Length + page - 1) & ~(page - 1)) - from;
            // Kernels that cannot leave pages out of a dump lock them all the same.
            _ = Libc.madvise((void*)from, length, Libc.MADV_DONTDUMP);
            if (Libc.mlock((void*)from, length) != 0)
                errno = Libc.LastErrno;
            return errno == Errno.None;
        }
    }
}
