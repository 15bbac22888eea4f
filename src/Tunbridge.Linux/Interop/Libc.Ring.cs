// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>linux/io_uring.h, sys/mman.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport(Library)]
    internal static partial int munmap(void* address, nuint length);

    [LibraryImport(Library, EntryPoint = "syscall")]
    private static partial nint syscall6(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    internal static int io_uring_setup(uint entries, io_uring_params* parameters) =>
        (int)syscall(SYS_io_uring_setup, (nint)entries, (nint)parameters, 0, 0);

    internal static int io_uring_enter(int fd, uint toSubmit, uint minimumComplete, uint flags) =>
        (int)syscall6(SYS_io_uring_enter, fd, (nint)toSubmit, (nint)minimumComplete, (nint)flags, 0, 0);

    internal static int io_uring_register(int fd, uint operation, void* argument, uint count) =>
        (int)syscall(SYS_io_uring_register, fd, (nint)operation, (nint)argument, (nint)count);

    internal const nint SYS_io_uring_setup = 425, SYS_io_uring_enter = 426, SYS_io_uring_register = 427;
    internal const int PROT_READ = 1, PROT_WRITE = 2;
    internal const int MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MAP_NORESERVE = 0x4000, MAP_POPULATE = 0x8000;
    internal const nint IORING_OFF_SQ_RING = 0, IORING_OFF_SQES = 0x10000000;
    internal const uint IORING_FEAT_SINGLE_MMAP = 1, IORING_FEAT_NODROP = 2, IORING_FEAT_RW_CUR_POS = 8;
    internal const uint IORING_ENTER_GETEVENTS = 1, IORING_REGISTER_FILES = 2, IORING_UNREGISTER_FILES = 3;
    internal const byte IORING_OP_READ = 22, IOSQE_FIXED_FILE = 1;
    internal const int RWF_NOWAIT = 8;

    [StructLayout(LayoutKind.Sequential)]
    internal struct io_uring_params
    {
        internal uint sq_entries;
        internal uint cq_entries;
        internal uint flags;
        internal uint sq_thread_cpu;
        internal uint sq_thread_idle;
        internal uint features;
        internal uint wq_fd;
        internal fixed uint resv[3];
        internal io_sqring_offsets sq_off;
        internal io_cqring_offsets cq_off;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct io_sqring_offsets
    {
        internal uint head;
        internal uint tail;
        internal uint ring_mask;
        internal uint ring_entries;
        internal uint flags;
        internal uint dropped;
        internal uint array;
        internal uint resv1;
        internal ulong resv2;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct io_cqring_offsets
    {
        internal uint head;
        internal uint tail;
        internal uint ring_mask;
        internal uint ring_entries;
        internal uint overflow;
        internal uint cqes;
        internal uint flags;
        internal uint resv1;
        internal ulong resv2;
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct io_uring_sqe
    {
        internal byte opcode;
        internal byte flags;
        internal ushort ioprio;
        internal int fd;
        internal ulong off;
        internal ulong addr;
        internal uint len;
        internal int rw_flags;
        internal ulong user_data;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct io_uring_cqe
    {
        internal ulong user_data;
        internal int res;
        internal uint flags;
    }
}
