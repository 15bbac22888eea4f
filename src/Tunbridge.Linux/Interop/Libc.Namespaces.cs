// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>sched.h and sys/mount.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int setns(int fd, int type);

    [LibraryImport(Library)]
    internal static partial int unshare(int flags);

    [LibraryImport(Library)]
    internal static partial int mount(byte* source, byte* target, byte* type, nuint flags, void* data);

    [LibraryImport(Library)]
    internal static partial int umount2(byte* target, int flags);

    [LibraryImport(Library)]
    internal static partial int unlink(byte* path);

    internal const int CLONE_NEWNET = 0x40000000;
    internal const nuint MS_BIND = 4096, MS_REC = 16384, MS_SHARED = 1 << 20;
    internal const int MNT_DETACH = 2;
}
