// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>sys/un.h and the sending half of sys/socket.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial nint sendmsg(int fd, msghdr* message, int flags);

    internal const int SCM_RIGHTS = 1, MSG_NOSIGNAL = 0x4000;

    /// <summary>A control message that carries one descriptor: CMSG_SPACE(sizeof(int)) on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    internal struct cmsg_rights
    {
        // CMSG_LEN(sizeof(int)), which leaves the padding out.
        internal const int Length = 20;

        internal nuint cmsg_len;
        internal int cmsg_level;
        internal int cmsg_type;
        internal int fd;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_un
    {
        internal const int PathLength = 108;

        internal ushort sun_family;
        internal fixed byte sun_path[PathLength];
    }
}
