// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What a route does with packets (RTN_*). Open: other values occur.</summary>
public enum RouteType : byte
{
    /// <summary>In a deletion: any (RTN_UNSPEC).</summary>
    Unspecified = 0,

    /// <summary>Sends them on (RTN_UNICAST).</summary>
    Unicast = 1,

    /// <summary>Delivers them here (RTN_LOCAL).</summary>
    Local = 2,

    /// <summary>Sends them to all, delivers them here (RTN_BROADCAST).</summary>
    Broadcast = 3,

    /// <summary>Delivers them here (RTN_ANYCAST).</summary>
    Anycast = 4,

    /// <summary>Multicast (RTN_MULTICAST).</summary>
    Multicast = 5,

    /// <summary>Drops them silently (RTN_BLACKHOLE).</summary>
    Blackhole = 6,

    /// <summary>Answers host unreachable (RTN_UNREACHABLE).</summary>
    Unreachable = 7,

    /// <summary>Answers administratively prohibited (RTN_PROHIBIT).</summary>
    Prohibit = 8,

    /// <summary>Goes on with the next rule (RTN_THROW).</summary>
    Throw = 9,
}
