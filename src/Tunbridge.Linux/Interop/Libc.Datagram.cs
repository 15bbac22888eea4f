// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>netinet/in.h, netinet/udp.h, linux/errqueue.h and the batched half of sys/socket.h.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int connect(int fd, void* address, uint length);

    [LibraryImport(Library)]
    internal static partial int sendmmsg(int fd, mmsghdr* messages, uint count, int flags);

    [LibraryImport(Library)]
    internal static partial int recvmmsg(int fd, mmsghdr* messages, uint count, int flags, void* timeout);

    internal const int SOL_IP = 0, SOL_IPV6 = 41, SOL_UDP = 17;
    internal const int SO_REUSEADDR = 2, SO_REUSEPORT = 15, SO_BINDTODEVICE = 25, SO_SNDBUFFORCE = 32, SO_MARK = 36;
    internal const int IP_TOS = 1, IP_TTL = 2, IP_PKTINFO = 8, IP_MTU_DISCOVER = 10, IP_RECVERR = 11, IP_RECVTTL = 12;
    internal const int IP_RECVTOS = 13, IP_MTU = 14;
    internal const int IP_PMTUDISC_DONT = 0, IP_PMTUDISC_WANT = 1, IP_PMTUDISC_DO = 2, IP_PMTUDISC_PROBE = 3;
    internal const int IPV6_UNICAST_HOPS = 16, IPV6_MTU_DISCOVER = 23, IPV6_MTU = 24, IPV6_RECVERR = 25;
    internal const int IPV6_V6ONLY = 26, IPV6_RECVPKTINFO = 49, IPV6_PKTINFO = 50, IPV6_RECVHOPLIMIT = 51;
    internal const int IPV6_HOPLIMIT = 52, IPV6_RECVTCLASS = 66, IPV6_TCLASS = 67;
    internal const int UDP_SEGMENT = 103, UDP_GRO = 104;
    internal const int MSG_ERRQUEUE = 0x2000;

    [StructLayout(LayoutKind.Sequential)]
    internal struct mmsghdr
    {
        internal msghdr msg_hdr;
        internal uint msg_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct cmsghdr
    {
        internal nuint cmsg_len;
        internal int cmsg_level;
        internal int cmsg_type;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    internal struct sockaddr_in
    {
        internal ushort sin_family;
        internal ushort sin_port;
        internal uint sin_addr;
    }

    // Packed to 4: the address is sixteen bytes of char in C.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct sockaddr_in6
    {
        internal ushort sin6_family;
        internal ushort sin6_port;
        internal uint sin6_flowinfo;
        internal UInt128Bytes sin6_addr;
        internal uint sin6_scope_id;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct in_pktinfo
    {
        internal int ipi_ifindex;
        internal uint ipi_spec_dst;
        internal uint ipi_addr;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct in6_pktinfo
    {
        internal UInt128Bytes ipi6_addr;
        internal uint ipi6_ifindex;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_extended_err
    {
        internal uint ee_errno;
        internal byte ee_origin;
        internal byte ee_type;
        internal byte ee_code;
        internal byte ee_pad;
        internal uint ee_info;
        internal uint ee_data;
    }

    /// <summary>struct in6_addr as two words in memory order.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct UInt128Bytes
    {
        internal ulong First;
        internal ulong Second;
    }
}
