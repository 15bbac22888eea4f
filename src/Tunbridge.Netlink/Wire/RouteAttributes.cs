// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink.Wire;

/// <summary>Attributes of RTM_*ROUTE; the kernel's spelling.</summary>
internal enum RouteAttribute : ushort
{
    RTA_DST = 1, RTA_SRC = 2, RTA_IIF = 3, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PRIORITY = 6, RTA_PREFSRC = 7,
    RTA_METRICS = 8, RTA_MULTIPATH = 9, RTA_CACHEINFO = 12, RTA_TABLE = 15, RTA_MARK = 16, RTA_VIA = 18,
    RTA_PREF = 20, RTA_EXPIRES = 23, RTA_UID = 25, RTA_NH_ID = 30,
}

/// <summary>Attributes inside RTA_METRICS.</summary>
internal enum MetricAttribute : ushort
{
    RTAX_LOCK = 1, RTAX_MTU = 2, RTAX_ADVMSS = 8, RTAX_HOPLIMIT = 10,
}

/// <summary>Attributes of RTM_*RULE; the kernel's spelling.</summary>
internal enum RuleAttribute : ushort
{
    FRA_DST = 1, FRA_SRC = 2, FRA_IIFNAME = 3, FRA_GOTO = 4, FRA_PRIORITY = 6, FRA_FWMARK = 10,
    FRA_SUPPRESS_IFGROUP = 13, FRA_SUPPRESS_PREFIXLEN = 14, FRA_TABLE = 15, FRA_FWMASK = 16, FRA_OIFNAME = 17,
    FRA_L3MDEV = 19, FRA_UID_RANGE = 20, FRA_PROTOCOL = 21, FRA_IP_PROTO = 22,
}

/// <summary>Attributes of RTM_*NEIGH; the kernel's spelling.</summary>
internal enum NeighbourAttribute : ushort
{
    NDA_DST = 1, NDA_LLADDR = 2, NDA_CACHEINFO = 3, NDA_PROBES = 4, NDA_VLAN = 5, NDA_IFINDEX = 8, NDA_MASTER = 9,
    NDA_PROTOCOL = 12,
}
