/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints what the C headers say of every structure and number that src/Tunbridge.Linux/Interop declares again.
 * The output on x86-64 is eng/struct-sizes.txt; tests/Tunbridge.Linux.Tests compares both with the C# declarations.
 *
 *   cc -o /tmp/struct-sizes eng/struct-sizes.c && /tmp/struct-sizes > eng/struct-sizes.txt
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#ifndef IFF_NO_CARRIER
#define IFF_NO_CARRIER 0x0040
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define SIZE(type) printf("size %s %zu\n", #type, sizeof(struct type))
#define OFFSET(type, field) printf("offset %s.%s %zu\n", #type, #field, offsetof(struct type, field))
#define VALUE(name) printf("value %s %lld\n", #name, (long long)(name))
#define ERROR(name) printf("errno %s %d\n", #name, name)

int main(void)
{
    SIZE(iovec); OFFSET(iovec, iov_base); OFFSET(iovec, iov_len);
    SIZE(pollfd); OFFSET(pollfd, fd); OFFSET(pollfd, events); OFFSET(pollfd, revents);
    SIZE(ifreq); OFFSET(ifreq, ifr_name); OFFSET(ifreq, ifr_flags); OFFSET(ifreq, ifr_ifru); OFFSET(ifreq, ifr_addr);
    OFFSET(ifreq, ifr_newname);
    printf("offset ifreq.map_mem_start %zu\n", offsetof(struct ifreq, ifr_map) + offsetof(struct ifmap, mem_start));
    printf("offset ifreq.map_mem_end %zu\n", offsetof(struct ifreq, ifr_map) + offsetof(struct ifmap, mem_end));
    printf("offset ifreq.map_base_addr %zu\n", offsetof(struct ifreq, ifr_map) + offsetof(struct ifmap, base_addr));
    printf("offset ifreq.map_irq %zu\n", offsetof(struct ifreq, ifr_map) + offsetof(struct ifmap, irq));
    printf("offset ifreq.map_dma %zu\n", offsetof(struct ifreq, ifr_map) + offsetof(struct ifmap, dma));
    printf("offset ifreq.map_port %zu\n", offsetof(struct ifreq, ifr_map) + offsetof(struct ifmap, port));
    SIZE(io_uring_params); OFFSET(io_uring_params, features); OFFSET(io_uring_params, sq_off); OFFSET(io_uring_params, cq_off);
    SIZE(io_sqring_offsets); OFFSET(io_sqring_offsets, tail); OFFSET(io_sqring_offsets, array);
    SIZE(io_cqring_offsets); OFFSET(io_cqring_offsets, ring_mask); OFFSET(io_cqring_offsets, cqes);
    SIZE(io_uring_sqe); OFFSET(io_uring_sqe, fd); OFFSET(io_uring_sqe, off); OFFSET(io_uring_sqe, addr); OFFSET(io_uring_sqe, len);
    OFFSET(io_uring_sqe, rw_flags); OFFSET(io_uring_sqe, user_data);
    SIZE(io_uring_cqe); OFFSET(io_uring_cqe, res);
    SIZE(sock_filter); OFFSET(sock_filter, code); OFFSET(sock_filter, jt); OFFSET(sock_filter, jf); OFFSET(sock_filter, k);
    SIZE(sock_fprog); OFFSET(sock_fprog, len); OFFSET(sock_fprog, filter);
    SIZE(sockaddr_nl); OFFSET(sockaddr_nl, nl_family); OFFSET(sockaddr_nl, nl_pid); OFFSET(sockaddr_nl, nl_groups);
    SIZE(sockaddr_ll); OFFSET(sockaddr_ll, sll_protocol); OFFSET(sockaddr_ll, sll_ifindex);
    OFFSET(sockaddr_ll, sll_hatype); OFFSET(sockaddr_ll, sll_pkttype); OFFSET(sockaddr_ll, sll_halen);
    OFFSET(sockaddr_ll, sll_addr);
    SIZE(msghdr); OFFSET(msghdr, msg_name); OFFSET(msghdr, msg_namelen); OFFSET(msghdr, msg_iov);
    OFFSET(msghdr, msg_iovlen); OFFSET(msghdr, msg_control); OFFSET(msghdr, msg_controllen); OFFSET(msghdr, msg_flags);
    SIZE(mmsghdr); OFFSET(mmsghdr, msg_len);
    SIZE(cmsghdr); OFFSET(cmsghdr, cmsg_len); OFFSET(cmsghdr, cmsg_level); OFFSET(cmsghdr, cmsg_type);
    SIZE(sockaddr_in); OFFSET(sockaddr_in, sin_port); OFFSET(sockaddr_in, sin_addr);
    SIZE(sockaddr_in6); OFFSET(sockaddr_in6, sin6_port); OFFSET(sockaddr_in6, sin6_flowinfo);
    OFFSET(sockaddr_in6, sin6_addr); OFFSET(sockaddr_in6, sin6_scope_id);
    SIZE(in_pktinfo); OFFSET(in_pktinfo, ipi_ifindex); OFFSET(in_pktinfo, ipi_spec_dst); OFFSET(in_pktinfo, ipi_addr);
    SIZE(in6_pktinfo); OFFSET(in6_pktinfo, ipi6_addr); OFFSET(in6_pktinfo, ipi6_ifindex);
    SIZE(sock_extended_err); OFFSET(sock_extended_err, ee_errno); OFFSET(sock_extended_err, ee_origin);
    OFFSET(sock_extended_err, ee_type); OFFSET(sock_extended_err, ee_code); OFFSET(sock_extended_err, ee_info);
    SIZE(passwd); OFFSET(passwd, pw_name); OFFSET(passwd, pw_uid); OFFSET(passwd, pw_gid); OFFSET(passwd, pw_shell);
    SIZE(group); OFFSET(group, gr_name); OFFSET(group, gr_gid); OFFSET(group, gr_mem);
    /* read by offset, without a C# structure of their own */
    SIZE(epoll_event); OFFSET(epoll_event, data);
    SIZE(statx); OFFSET(statx, stx_uid); OFFSET(statx, stx_gid); OFFSET(statx, stx_mode); OFFSET(statx, stx_ino);
    OFFSET(statx, stx_rdev_major); OFFSET(statx, stx_rdev_minor);
    SIZE(statfs); OFFSET(statfs, f_flags);
    SIZE(tun_filter); OFFSET(tun_filter, addr);

    VALUE(TUNSETNOCSUM); VALUE(TUNSETDEBUG); VALUE(TUNSETIFF); VALUE(TUNSETPERSIST); VALUE(TUNSETOWNER);
    VALUE(TUNSETLINK); VALUE(TUNSETGROUP); VALUE(TUNGETFEATURES); VALUE(TUNSETOFFLOAD); VALUE(TUNSETTXFILTER);
    VALUE(TUNGETIFF); VALUE(TUNGETSNDBUF); VALUE(TUNSETSNDBUF); VALUE(TUNATTACHFILTER); VALUE(TUNDETACHFILTER);
    VALUE(TUNGETVNETHDRSZ); VALUE(TUNSETVNETHDRSZ); VALUE(TUNSETQUEUE); VALUE(TUNSETIFINDEX); VALUE(TUNGETFILTER);
    VALUE(TUNSETVNETLE); VALUE(TUNGETVNETLE); VALUE(TUNSETVNETBE); VALUE(TUNGETVNETBE); VALUE(TUNSETSTEERINGEBPF);
    VALUE(TUNSETFILTEREBPF); VALUE(TUNSETCARRIER); VALUE(TUNGETDEVNETNS);
    VALUE(O_RDONLY); VALUE(O_WRONLY); VALUE(O_RDWR); VALUE(O_CREAT); VALUE(O_EXCL); VALUE(O_NONBLOCK);
    VALUE(O_CLOEXEC); VALUE(F_DUPFD_CLOEXEC); VALUE(F_GETFL); VALUE(F_SETFL); VALUE(F_GETFD);
    VALUE(POLLIN); VALUE(POLLOUT); VALUE(POLLERR); VALUE(POLLHUP); VALUE(POLLNVAL);
    VALUE(EFD_CLOEXEC); VALUE(EFD_NONBLOCK); VALUE(EPOLL_CLOEXEC); VALUE(EPOLL_CTL_ADD); VALUE(EPOLL_CTL_DEL);
    VALUE(EPOLL_CTL_MOD); VALUE(EPOLLIN); VALUE(EPOLLOUT); VALUE(EPOLLERR); VALUE(EPOLLHUP); VALUE(EPOLLONESHOT);
    VALUE(AF_INET); VALUE(AF_INET6); VALUE(AF_NETLINK); VALUE(AF_UNIX); VALUE(SOCK_STREAM); VALUE(SOCK_DGRAM);
    VALUE(SOCK_RAW); VALUE(SOCK_CLOEXEC); VALUE(SOCK_NONBLOCK); VALUE(SOL_SOCKET); VALUE(SO_RCVBUF); VALUE(SO_SNDBUF);
    VALUE(SO_RCVBUFFORCE); VALUE(SO_NETNS_COOKIE); VALUE(SOL_NETLINK); VALUE(NETLINK_ADD_MEMBERSHIP);
    VALUE(NETLINK_CAP_ACK); VALUE(NETLINK_EXT_ACK); VALUE(NETLINK_GET_STRICT_CHK); VALUE(NETLINK_ROUTE);
    VALUE(SOL_IP); VALUE(SOL_IPV6); VALUE(SOL_UDP); VALUE(SO_REUSEADDR); VALUE(SO_REUSEPORT); VALUE(SO_BINDTODEVICE);
    VALUE(SO_SNDBUFFORCE); VALUE(SO_MARK); VALUE(IP_TOS); VALUE(IP_TTL); VALUE(IP_PKTINFO); VALUE(IP_MTU_DISCOVER);
    VALUE(IP_RECVERR); VALUE(IP_RECVTTL); VALUE(IP_RECVTOS); VALUE(IP_MTU); VALUE(IP_PMTUDISC_DONT);
    VALUE(IP_PMTUDISC_WANT); VALUE(IP_PMTUDISC_DO); VALUE(IP_PMTUDISC_PROBE); VALUE(IPV6_UNICAST_HOPS);
    VALUE(IPV6_MTU_DISCOVER); VALUE(IPV6_MTU); VALUE(IPV6_RECVERR); VALUE(IPV6_V6ONLY); VALUE(IPV6_RECVPKTINFO);
    VALUE(IPV6_PKTINFO); VALUE(IPV6_RECVHOPLIMIT); VALUE(IPV6_HOPLIMIT); VALUE(IPV6_RECVTCLASS); VALUE(IPV6_TCLASS);
    VALUE(SO_ERROR); VALUE(SHUT_RDWR); VALUE(IPPROTO_TCP); VALUE(TCP_NODELAY);
    VALUE(UDP_SEGMENT); VALUE(UDP_GRO); VALUE(MSG_ERRQUEUE); VALUE(MSG_NOSIGNAL);
    VALUE(SO_EE_ORIGIN_LOCAL); VALUE(SO_EE_ORIGIN_ICMP); VALUE(SO_EE_ORIGIN_ICMP6);
    VALUE(MSG_PEEK); VALUE(MSG_TRUNC); VALUE(MSG_DONTWAIT);
    VALUE(AF_PACKET); VALUE(SOL_PACKET); VALUE(PACKET_STATISTICS); VALUE(SO_TIMESTAMPNS); VALUE(PACKET_OUTGOING);
    VALUE(CLONE_NEWNET); VALUE(MS_BIND); VALUE(MS_REC); VALUE(MS_SHARED); VALUE(MNT_DETACH);
    VALUE(AT_FDCWD); VALUE(AT_SYMLINK_NOFOLLOW); VALUE(AT_EMPTY_PATH); VALUE(STATX_BASIC_STATS);
    VALUE(S_IFMT); VALUE(S_IFCHR); VALUE(S_IFREG); VALUE(ST_NODEV);
    VALUE(SYS_pidfd_open); VALUE(SYS_pidfd_getfd);
    VALUE(SYS_io_uring_setup); VALUE(SYS_io_uring_enter); VALUE(SYS_io_uring_register); VALUE(RWF_NOWAIT);
    VALUE(PROT_READ); VALUE(PROT_WRITE); VALUE(MAP_SHARED); VALUE(MAP_PRIVATE); VALUE(MAP_ANONYMOUS);
    VALUE(MAP_NORESERVE); VALUE(MAP_POPULATE); VALUE(IORING_OFF_SQ_RING); VALUE(IORING_OFF_SQES);
    VALUE(IORING_FEAT_SINGLE_MMAP); VALUE(IORING_FEAT_NODROP); VALUE(IORING_FEAT_RW_CUR_POS);
    VALUE(IORING_ENTER_GETEVENTS); VALUE(IORING_REGISTER_FILES); VALUE(IORING_UNREGISTER_FILES);
    VALUE(IORING_OP_READ); VALUE(IOSQE_FIXED_FILE);
    VALUE(IFF_TUN); VALUE(IFF_TAP); VALUE(IFF_NAPI); VALUE(IFF_NAPI_FRAGS); VALUE(IFF_NO_CARRIER);
    VALUE(IFF_MULTI_QUEUE); VALUE(IFF_ATTACH_QUEUE); VALUE(IFF_DETACH_QUEUE); VALUE(IFF_PERSIST); VALUE(IFF_NO_PI);
    VALUE(IFF_ONE_QUEUE); VALUE(IFF_VNET_HDR); VALUE(IFF_TUN_EXCL);
    VALUE(TUN_F_CSUM); VALUE(TUN_F_TSO4); VALUE(TUN_F_TSO6); VALUE(TUN_F_TSO_ECN); VALUE(TUN_F_UFO);

    ERROR(EPERM); ERROR(ENOENT); ERROR(ESRCH); ERROR(EINTR); ERROR(EIO); ERROR(ENXIO); ERROR(E2BIG); ERROR(ENOEXEC); ERROR(EBADF);
    ERROR(EAGAIN); ERROR(ENOMEM); ERROR(EACCES); ERROR(EFAULT); ERROR(EBUSY); ERROR(EEXIST); ERROR(EXDEV);
    ERROR(ENODEV); ERROR(ENOTDIR); ERROR(EISDIR); ERROR(EINVAL); ERROR(ENFILE); ERROR(EMFILE); ERROR(ENOTTY);
    ERROR(EFBIG); ERROR(ENOSPC); ERROR(ESPIPE); ERROR(EROFS); ERROR(EPIPE); ERROR(ERANGE); ERROR(ENAMETOOLONG);
    ERROR(ENOSYS); ERROR(ENOTEMPTY); ERROR(ELOOP); ERROR(EBADFD); ERROR(ENOTSOCK); ERROR(EDESTADDRREQ);
    ERROR(EMSGSIZE); ERROR(EPROTONOSUPPORT); ERROR(EOPNOTSUPP); ERROR(EAFNOSUPPORT); ERROR(EADDRINUSE);
    ERROR(EADDRNOTAVAIL); ERROR(ENETDOWN); ERROR(ENETUNREACH); ERROR(ECONNABORTED); ERROR(ECONNRESET);
    ERROR(ENOBUFS); ERROR(EISCONN); ERROR(ENOTCONN); ERROR(ETIMEDOUT); ERROR(ECONNREFUSED); ERROR(EHOSTDOWN);
    ERROR(EHOSTUNREACH); ERROR(EALREADY); ERROR(EINPROGRESS); ERROR(ESTALE); ERROR(ECANCELED);
    return 0;
}
