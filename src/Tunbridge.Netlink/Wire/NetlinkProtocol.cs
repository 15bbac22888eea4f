// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink.Wire;

/// <summary>Message types of NETLINK_ROUTE (rtnetlink(7)); the kernel's spelling.</summary>
internal enum MessageType : ushort
{
    NLMSG_NOOP = 1, NLMSG_ERROR = 2, NLMSG_DONE = 3, NLMSG_OVERRUN = 4,
    RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_SETLINK = 19,
    RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22,
    RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_GETROUTE = 26,
    RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30,
    RTM_NEWRULE = 32, RTM_DELRULE = 33, RTM_GETRULE = 34,
    RTM_NEWNETCONF = 80, RTM_DELNETCONF = 81,
    RTM_NEWLINKPROP = 108, RTM_DELLINKPROP = 109,
}

/// <summary>Flags of a message header (netlink(7)); meanings depend on the kind of message.</summary>
[Flags]
internal enum MessageFlags : ushort
{
    None = 0, NLM_F_REQUEST = 1, NLM_F_MULTI = 2, NLM_F_ACK = 4, NLM_F_ECHO = 8, NLM_F_DUMP_INTR = 0x10,
    NLM_F_DUMP = 0x300, NLM_F_REPLACE = 0x100, NLM_F_EXCL = 0x200, NLM_F_CREATE = 0x400, NLM_F_APPEND = 0x800,
}

/// <summary>Flags of an acknowledgement; the bits mean other things in requests.</summary>
internal static class AcknowledgementFlags
{
    internal const MessageFlags NLM_F_CAPPED = (MessageFlags)0x100, NLM_F_ACK_TLVS = (MessageFlags)0x200;
}

/// <summary>Attributes of an extended acknowledgement.</summary>
internal enum NlmsgerrAttr : ushort
{
    NLMSGERR_ATTR_MSG = 1, NLMSGERR_ATTR_OFFS = 2, NLMSGERR_ATTR_COOKIE = 3, NLMSGERR_ATTR_POLICY = 4,
    NLMSGERR_ATTR_MISS_TYPE = 5, NLMSGERR_ATTR_MISS_NEST = 6,
}

/// <summary>Multicast groups of NETLINK_ROUTE.</summary>
internal static class Rtnlgrp
{
    internal const int RTNLGRP_LINK = 1, RTNLGRP_NEIGH = 3, RTNLGRP_IPV4_IFADDR = 5, RTNLGRP_IPV4_ROUTE = 7;
    internal const int RTNLGRP_IPV4_RULE = 8, RTNLGRP_IPV6_IFADDR = 9, RTNLGRP_IPV6_ROUTE = 11, RTNLGRP_IPV6_RULE = 19;
    internal const int RTNLGRP_IPV4_NETCONF = 24, RTNLGRP_IPV6_NETCONF = 25;
}

/// <summary>Sizes of the fixed structures, which a test compares with the C compiler's.</summary>
internal static class WireSize
{
    internal const int Alignment = 4;
    internal const int NlMsgHdr = 16, NlAttr = 4;
    internal const int IfInfoMsg = 16, IfAddrMsg = 8, IfaCacheInfo = 16, RtMsg = 12, RtNextHop = 8, NdMsg = 12;
    internal const int FibRuleHdr = 12, IfBridgeId = 8, NdaCacheInfo = 16, RtaCacheInfo = 32, NetConfMsg = 1;

    /// <summary>Rounds up to the alignment of messages and attributes.</summary>
    internal static int Align(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}

/// <summary>Address families in messages.</summary>
internal static class Af
{
    internal const byte AF_UNSPEC = 0, AF_INET = 2, AF_BRIDGE = 7, AF_INET6 = 10;
}
