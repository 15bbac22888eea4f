// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Keeps this process's memory out of files and debuggers: for programs that hold keys.</summary>
public static class CoreDumps
{
    /// <summary>
    /// Turns core dumps off for the rest of the process's life, and keeps other processes of the same user from
    /// reading its memory (prctl(2) PR_SET_DUMPABLE, setrlimit(2) RLIMIT_CORE).
    /// </summary>
    /// <remarks>Files in /proc/self belong to root afterwards. Another program put in place by execve may dump again.</remarks>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static unsafe void TurnOff()
    {
        ulong* limits = stackalloc ulong[2];    // struct rlimit: rlim_cur, rlim_max
        limits[0] = limits[1] = 0;
        if (Libc.setrlimit(Libc.RLIMIT_CORE, limits) != 0)
            throw new LinuxException(Libc.LastErrno, "setrlimit", "RLIMIT_CORE");
        if (Libc.prctl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
            throw new LinuxException(Libc.LastErrno, "prctl", "PR_SET_DUMPABLE");
    }

    /// <summary>Whether this process may be dumped (prctl(2) PR_GET_DUMPABLE).</summary>
    public static bool AreOn => Libc.prctl(Libc.PR_GET_DUMPABLE, 0, 0, 0, 0) != 0;
}
