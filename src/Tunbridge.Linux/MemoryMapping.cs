// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A stretch of mapped memory (mmap(2)), unmapped when disposed.</summary>
internal sealed unsafe class MemoryMapping : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly nuint _length;

    private MemoryMapping(void* start, nuint length)
        : base(ownsHandle: true)
    {
        _length = length;
        SetHandle((nint)start);
    }

    /// <summary>Its first byte; valid only while the caller keeps this object alive and undisposed.</summary>
    internal byte* Start => (byte*)handle;

    /// <summary>Maps a part of a file that the kernel writes, too.</summary>
    internal static MemoryMapping? TryShare(FileDescriptor file, nint offset, nuint length, out Errno errno)
    {
        using FileDescriptor.Borrow borrow = new(file);
        return TryMap(borrow.Number, offset, length, Libc.MAP_SHARED | Libc.MAP_POPULATE, out errno);
    }

    /// <summary>Maps memory of this process's own, of which only the pages that are used cost anything.</summary>
    internal static MemoryMapping? TryAllocate(nuint length, out Errno errno) =>
        TryMap(-1, 0, length, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE, out errno);

    protected override bool ReleaseHandle() => Libc.munmap((void*)handle, _length) == 0;

    private static MemoryMapping? TryMap(int fd, nint offset, nuint length, int flags, out Errno errno)
    {
        Libc.AssertPlatform();
        void* start = Libc.mmap(null, length, Libc.PROT_READ | Libc.PROT_WRITE, flags, fd, offset);
        bool isMapped = (nint)start != -1;
        errno = isMapped ? Errno.None : Libc.LastErrno;
        return isMapped ? new MemoryMapping(start, length) : null;
    }
}
