// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>The state of a route or next hop (RTNH_F_*, RTM_F_*).</summary>
[Flags]
public enum RouteFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Not usable: its card is down (RTNH_F_DEAD).</summary>
    Dead = 1,

    /// <summary>Looked up recursively (RTNH_F_PERVASIVE).</summary>
    Pervasive = 2,

    /// <summary>The gateway is on the link whatever the prefixes say (RTNH_F_ONLINK). May be asked for.</summary>
    OnLink = 4,

    /// <summary>Done by hardware (RTNH_F_OFFLOAD).</summary>
    Offload = 8,

    /// <summary>Its card has no carrier (RTNH_F_LINKDOWN).</summary>
    LinkDown = 16,

    /// <summary>Multicast, not resolved (RTNH_F_UNRESOLVED).</summary>
    Unresolved = 32,

    /// <summary>Trapped by hardware (RTNH_F_TRAP).</summary>
    Trap = 64,

    /// <summary>A cached result of a lookup (RTM_F_CLONED).</summary>
    Cloned = 0x200,
}
