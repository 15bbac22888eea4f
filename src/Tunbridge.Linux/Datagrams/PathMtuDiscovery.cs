// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Whether the kernel may cut datagrams into fragments (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER).</summary>
public enum PathMtuDiscovery
{
    /// <summary>As the host is set up (net.ipv4.ip_no_pmtu_disc), usually <see cref="Want"/>.</summary>
    Default = -1,

    /// <summary>Fragments wherever needed; routers may cut on (IP_PMTUDISC_DONT).</summary>
    Dont = Libc.IP_PMTUDISC_DONT,

    /// <summary>Fragments made here where the known path MTU asks for it (IP_PMTUDISC_WANT).</summary>
    Want = Libc.IP_PMTUDISC_WANT,

    /// <summary>No fragments: a datagram above the known path MTU is refused, EMSGSIZE (IP_PMTUDISC_DO).</summary>
    Do = Libc.IP_PMTUDISC_DO,

    /// <summary>No fragments, and the known path MTU is passed over, for probing (IP_PMTUDISC_PROBE).</summary>
    Probe = Libc.IP_PMTUDISC_PROBE,
}
