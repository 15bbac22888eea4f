// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Tunbridge.Linux;

[assembly: SupportedOSPlatform("linux")]

namespace Tunbridge.Devices.Tests;

/// <summary>System calls that only tests of the kernel's behaviour make.</summary>
internal static partial class Libc
{
    internal static Errno LastErrno => (Errno)Marshal.GetLastSystemError();

    [LibraryImport("libc")]
    internal static partial nint lseek(int fd, nint offset, int whence);

    [LibraryImport("libc")]
    internal static partial nint pread(int fd, Span<byte> buffer, nint count, nint offset);

    [LibraryImport("libc")]
    internal static partial nint pwrite(int fd, ReadOnlySpan<byte> buffer, nint count, nint offset);

    [LibraryImport("libc")]
    internal static partial nint recv(int fd, Span<byte> buffer, nint count, int flags);

    [LibraryImport("libc")]
    internal static partial int ioctl(int fd, nuint request, nint argument);

    [LibraryImport("libc")]
    internal static partial int gettid();
}
