// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>Who says that a datagram failed (ee_origin of struct sock_extended_err).</summary>
public enum DatagramErrorOrigin
{
    /// <summary>This host, before sending (SO_EE_ORIGIN_LOCAL).</summary>
    Local = 1,

    /// <summary>A host or router by ICMP (SO_EE_ORIGIN_ICMP).</summary>
    Icmp = 2,

    /// <summary>A host or router by ICMPv6 (SO_EE_ORIGIN_ICMP6).</summary>
    Icmp6 = 3,
}
