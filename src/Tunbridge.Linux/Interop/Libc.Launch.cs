// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>What a program does between its start and its giving way to another: sys/prctl.h, sys/resource.h, grp.h, signal.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int setsid();

    [LibraryImport(Library)]
    internal static partial int getppid();

    [LibraryImport(Library)]
    internal static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport(Library)]
    internal static partial int setgroups(nuint count, uint* groups);

    [LibraryImport(Library)]
    internal static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport(Library)]
    internal static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport(Library)]
    internal static partial int getgrouplist(byte* user, uint group, uint* groups, int* count);

    [LibraryImport(Library)]
    internal static partial nint signal(int number, nint handler);

    [LibraryImport(Library)]
    internal static partial int kill(int process, int signal);

    [LibraryImport(Library)]
    internal static partial int chdir(byte* path);

    [LibraryImport(Library)]
    internal static partial uint umask(uint mask);

    [LibraryImport(Library)]
    internal static partial int dup2(int from, int to);

    [LibraryImport(Library)]
    internal static partial int setrlimit(int resource, ulong* limits);

    [LibraryImport(Library)]
    internal static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport(Library)]
    internal static partial int capset(void* header, void* data);

    [LibraryImport(Library)]
    internal static partial int memfd_create(byte* name, uint flags);

    [LibraryImport(Library)]
    internal static partial int setpriority(int which, uint who, int priority);

    internal const int PR_SET_PDEATHSIG = 1, PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4;
    internal const int PR_SET_KEEPCAPS = 8, PR_CAPBSET_DROP = 24, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_RAISE = 2;
    internal const int RLIMIT_CORE = 4, RLIMIT_NPROC = 6;
    internal const int FD_CLOEXEC = 1;
    internal const int SIGKILL = 9, SIGUSR2 = 12, SIGPIPE = 13, SIGTERM = 15;
}
