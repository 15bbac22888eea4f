// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux.Interop;

/// <summary>The control message that makes a datagram leave from an address, by an interface (ip(7), ipv6(7)).</summary>
internal static unsafe class PathControl
{
    /// <summary>The most bytes it takes: CMSG_SPACE(sizeof(struct in6_pktinfo)).</summary>
    internal const int MaximumSize = 40;

    /// <summary>Writes it and gives its size, 0 when the kernel may choose.</summary>
    internal static int Write(in DatagramPath path, bool socketIsIPv6, byte* at)
    {
        DatagramAddress local = path.Local;
        if (local.IsNone && path.InterfaceIndex == 0)
            return 0;
        bool isIPv4 = !local.IsNone ? local.IsIPv4 : !path.Remote.IsNone ? path.Remote.IsIPv4 : !socketIsIPv6;
        if (isIPv4)
        {
            *(Libc.in_pktinfo*)ControlMessages.Put(at, Libc.SOL_IP, Libc.IP_PKTINFO, sizeof(Libc.in_pktinfo)) = new()
            {
                ipi_ifindex = path.InterfaceIndex,
                ipi_spec_dst = local.RawIPv4,
            };
            return ControlMessages.Space(sizeof(Libc.in_pktinfo));
        }

        *(Libc.in6_pktinfo*)ControlMessages.Put(at, Libc.SOL_IPV6, Libc.IPV6_PKTINFO, sizeof(Libc.in6_pktinfo)) = new()
        {
            ipi6_addr = local.RawIPv6,
            ipi6_ifindex = (uint)path.InterfaceIndex,
        };
        return ControlMessages.Space(sizeof(Libc.in6_pktinfo));
    }
}
