// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>Kernel settings under /proc/sys, of the network namespace that the calling thread is in.</summary>
internal static class Sysctl
{
    private const int MaximumLength = 128;

    /// <summary>The value, without the final newline; null when there is none such, or it cannot be read.</summary>
    /// <param name="key">The path below /proc/sys, such as <c>net/ipv4/conf/tap0/rp_filter</c>.</param>
    internal static string? TryRead(string key)
    {
        using FileDescriptor? file = FileDescriptor.TryOpen(PathOf(key), OpenMode.Read, out _);
        Span<byte> buffer = stackalloc byte[MaximumLength];
        return file is not null && file.Read(buffer, out int count) == Errno.None
            ? Encoding.ASCII.GetString(buffer[..count]).TrimEnd('\n')
            : null;
    }

    /// <summary>Sets the value.</summary>
    /// <exception cref="LinuxException">There is none such, or the kernel refused the value.</exception>
    internal static void Write(string key, string value)
    {
        using FileDescriptor file = FileDescriptor.Open(PathOf(key), OpenMode.Write);
        Errno errno = file.Write(Encoding.ASCII.GetBytes(value + "\n"), out _);
        if (errno != Errno.None)
            throw LinuxException.Create(errno, "write", PathOf(key));
    }

    private static string PathOf(string key) => "/proc/sys/" + key;
}
