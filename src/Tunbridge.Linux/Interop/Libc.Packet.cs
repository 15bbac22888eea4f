// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>linux/if_packet.h and the message half of sys/socket.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial nint recvmsg(int fd, msghdr* message, int flags);

    internal const int AF_PACKET = 17, SOL_PACKET = 263, PACKET_STATISTICS = 6, SO_TIMESTAMPNS = 35;
    internal const ushort ETH_P_ALL = 3;
    internal const byte PACKET_OUTGOING = 4;

    // Packed to 4: sll_addr is eight bytes of char in C, right after sll_halen.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct sockaddr_ll
    {
        internal ushort sll_family;
        internal ushort sll_protocol;
        internal int sll_ifindex;
        internal ushort sll_hatype;
        internal byte sll_pkttype;
        internal byte sll_halen;
        internal ulong sll_addr;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct msghdr
    {
        internal void* msg_name;
        internal uint msg_namelen;
        internal iovec* msg_iov;
        internal nuint msg_iovlen;
        internal void* msg_control;
        internal nuint msg_controllen;
        internal int msg_flags;
    }
}
