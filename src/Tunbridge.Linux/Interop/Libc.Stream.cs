// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>netinet/tcp.h and the connected half of sys/socket.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int listen(int fd, int backlog);

    [LibraryImport(Library)]
    internal static partial int accept4(int fd, void* address, uint* length, int flags);

    [LibraryImport(Library)]
    internal static partial int shutdown(int fd, int how);

    internal const int SO_ERROR = 4, SHUT_RDWR = 2, IPPROTO_TCP = 6, TCP_NODELAY = 1;
    internal const uint EPOLLOUT = 4;
}
