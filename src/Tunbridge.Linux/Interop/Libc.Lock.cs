// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int flock(int fd, int operation);

    internal const int LOCK_EX = 2, LOCK_NB = 4;
}
