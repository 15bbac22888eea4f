// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink.Wire;

/// <summary>Attributes of RTM_*ADDR; the kernel's spelling.</summary>
internal enum AddressAttribute : ushort
{
    IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_LABEL = 3, IFA_BROADCAST = 4, IFA_ANYCAST = 5, IFA_CACHEINFO = 6,
    IFA_MULTICAST = 7, IFA_FLAGS = 8, IFA_RT_PRIORITY = 9, IFA_PROTO = 11,
}
