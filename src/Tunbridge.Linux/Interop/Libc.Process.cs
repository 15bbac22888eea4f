// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>unistd.h, pwd.h, grp.h, sys/stat.h, sys/statfs.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int malloc_trim(nuint pad);

    [LibraryImport(Library)]
    internal static partial int mallopt(int parameter, int value);

    [LibraryImport(Library)]
    internal static partial uint getuid();

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    [LibraryImport(Library)]
    internal static partial uint getegid();

    [LibraryImport(Library)]
    internal static partial int capget(void* header, void* data);

    [LibraryImport(Library)]
    internal static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    internal static partial int mknod(byte* path, uint mode, ulong device);

    [LibraryImport(Library)]
    internal static partial int chmod(byte* path, uint mode);

    [LibraryImport(Library)]
    internal static partial int chown(byte* path, uint owner, uint group);

    [LibraryImport(Library)]
    internal static partial int statx(int directory, byte* path, int flags, uint mask, void* result);

    [LibraryImport(Library)]
    internal static partial int statfs(byte* path, void* result);

    [LibraryImport(Library)]
    internal static partial int getpwnam_r(byte* name, passwd* record, byte* buffer, nuint size, passwd** result);

    [LibraryImport(Library)]
    internal static partial int getpwuid_r(uint id, passwd* record, byte* buffer, nuint size, passwd** result);

    [LibraryImport(Library)]
    internal static partial int getgrnam_r(byte* name, group* record, byte* buffer, nuint size, group** result);

    [LibraryImport(Library)]
    internal static partial int getgrgid_r(uint id, group* record, byte* buffer, nuint size, group** result);

    internal const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;
    internal const nint SYS_pidfd_send_signal = 424, SYS_pidfd_open = 434, SYS_pidfd_getfd = 438;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const uint S_IFMT = 0xf000, S_IFCHR = 0x2000, S_IFREG = 0x8000;
    internal const long ST_NODEV = 4;

    [StructLayout(LayoutKind.Sequential)]
    internal struct passwd
    {
        internal byte* pw_name;
        internal byte* pw_passwd;
        internal uint pw_uid;
        internal uint pw_gid;
        internal byte* pw_gecos;
        internal byte* pw_dir;
        internal byte* pw_shell;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct group
    {
        internal byte* gr_name;
        internal byte* gr_passwd;
        internal uint gr_gid;
        internal byte** gr_mem;
    }
}
