// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>The memory of libraries outside .NET.</summary>
public static class NativeHeap
{
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
