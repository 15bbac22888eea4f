// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>sys/mman.h: what is told about memory that is there.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int mlock(void* address, nuint length);

    [LibraryImport(Library)]
    internal static partial int madvise(void* address, nuint length, int advice);

    internal const int MADV_DONTDUMP = 16;
    internal const int RLIMIT_MEMLOCK = 8;
}
