// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>The memory of libraries outside .NET.</summary>
public static class NativeHeap
{
    private const int ArenaMaximum = -8;    // M_ARENA_MAX of malloc.h

    /// <summary>
    /// Has all threads allocate from one arena (mallopt(3), M_ARENA_MAX): what one thread frees another can use, so a process that
    /// keeps much for long stays smaller. For processes whose threads seldom allocate at the same time.
    /// </summary>
    /// <remarks>To be called before the threads are started. Does nothing where the C library is not glibc.</remarks>
    /// <returns>Whether it was set.</returns>
    public static bool UseOneArena()
    {
        try
        {
            return Libc.mallopt(ArenaMaximum, 1) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Gives free memory back to the kernel (malloc_trim(3)); worth calling after many allocations were freed at once.</summary>
    /// <remarks>Holds up other allocating threads for some milliseconds. Does nothing where the C library is not glibc.</remarks>
    /// <returns>Whether any was given back.</returns>
    public static bool Trim()
    {
        try
        {
            return Libc.malloc_trim(0) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }
}
