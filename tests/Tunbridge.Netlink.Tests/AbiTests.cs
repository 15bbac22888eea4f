// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tunbridge.Netlink.Wire;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

/// <summary>Every constant and structure size of the codec is what the C compiler says of the system's headers.</summary>
public sealed class AbiTests
{
    private const string Headers =
        """
        #include <stdio.h>
        #include <sys/socket.h>
        #include <linux/rtnetlink.h>
        #include <linux/if_link.h>
        #include <linux/if_addr.h>
        #include <linux/if_arp.h>
        #include <linux/if.h>
        #include <linux/if_bridge.h>
        #include <linux/if_tun.h>
        #include <linux/veth.h>
        #include <linux/neighbour.h>
        #include <linux/fib_rules.h>
        #include <linux/netconf.h>

        """;

    private static readonly (string Expression, long Value)[] s_others =
    [
        ("sizeof(struct nlmsghdr)", WireSize.NlMsgHdr), ("sizeof(struct nlattr)", WireSize.NlAttr),
        ("sizeof(struct ifinfomsg)", WireSize.IfInfoMsg), ("sizeof(struct ifaddrmsg)", WireSize.IfAddrMsg),
        ("sizeof(struct ifa_cacheinfo)", WireSize.IfaCacheInfo), ("sizeof(struct rtmsg)", WireSize.RtMsg),
        ("sizeof(struct rtnexthop)", WireSize.RtNextHop), ("sizeof(struct ndmsg)", WireSize.NdMsg),
        ("sizeof(struct fib_rule_hdr)", WireSize.FibRuleHdr), ("sizeof(struct ifla_bridge_id)", WireSize.IfBridgeId),
        ("RTNLGRP_LINK", Rtnlgrp.RTNLGRP_LINK), ("RTNLGRP_NEIGH", Rtnlgrp.RTNLGRP_NEIGH),
        ("RTNLGRP_IPV4_IFADDR", Rtnlgrp.RTNLGRP_IPV4_IFADDR), ("RTNLGRP_IPV4_ROUTE", Rtnlgrp.RTNLGRP_IPV4_ROUTE),
        ("RTNLGRP_IPV4_RULE", Rtnlgrp.RTNLGRP_IPV4_RULE), ("RTNLGRP_IPV6_IFADDR", Rtnlgrp.RTNLGRP_IPV6_IFADDR),
        ("RTNLGRP_IPV6_ROUTE", Rtnlgrp.RTNLGRP_IPV6_ROUTE), ("RTNLGRP_IPV6_RULE", Rtnlgrp.RTNLGRP_IPV6_RULE),
        ("RTNLGRP_IPV4_NETCONF", Rtnlgrp.RTNLGRP_IPV4_NETCONF), ("RTNLGRP_IPV6_NETCONF", Rtnlgrp.RTNLGRP_IPV6_NETCONF),
        ("sizeof(struct netconfmsg)", WireSize.NetConfMsg), ("NETCONFA_IFINDEX_ALL", SettingsEvent.AllLinks), ("NETCONFA_IFINDEX_DEFAULT", SettingsEvent.FutureLinks),
        ("NETCONFA_IFINDEX", 1), ("AF_BRIDGE", Af.AF_BRIDGE), ("AF_INET6", Af.AF_INET6), ("NLM_F_CAPPED", (long)AcknowledgementFlags.NLM_F_CAPPED),
        ("NLM_F_ACK_TLVS", (long)AcknowledgementFlags.NLM_F_ACK_TLVS), ("RTM_F_LOOKUP_TABLE", 0x1000),
        ("RTM_F_CLONED", (long)RouteFlags.Cloned), ("FIB_RULE_INVERT", 2),
        ("IFF_UP", (long)LinkFlags.Up), ("IFF_NOTRAILERS", (long)LinkFlags.NoTrailers), ("IFF_NOARP", (long)LinkFlags.NoArp),
        ("IFF_PROMISC", (long)LinkFlags.Promiscuous), ("IFF_ALLMULTI", (long)LinkFlags.AllMulticast),
        ("IFF_MULTICAST", (long)LinkFlags.Multicast), ("IFF_DYNAMIC", (long)LinkFlags.Dynamic),
        ("IFF_RUNNING", (long)LinkFlags.Running), ("IFF_LOWER_UP", (long)LinkFlags.LowerUp), ("IFF_ECHO", (long)LinkFlags.Echo),
        ("IFF_POINTOPOINT", (long)LinkFlags.PointToPoint), ("IFF_TAP", 2),
        ("ARPHRD_NONE", (long)LinkType.None), ("ARPHRD_VOID", (long)LinkType.Void), ("ARPHRD_RAWIP", (long)LinkType.RawIp),
        ("ARPHRD_LOOPBACK", (long)LinkType.Loopback), ("ARPHRD_SIT", (long)LinkType.Sit), ("ARPHRD_PPP", (long)LinkType.Ppp),
        ("ARPHRD_TUNNEL6", (long)LinkType.Tunnel6), ("IF_OPER_UP", (long)OperationalState.Up), ("IF_OPER_DORMANT", (long)OperationalState.Dormant),
        ("IN6_ADDR_GEN_MODE_RANDOM", (long)AddressGenerationMode.Random), ("RT_SCOPE_LINK", (long)AddressScope.Link),
        ("RT_SCOPE_HOST", (long)AddressScope.Host), ("RT_SCOPE_SITE", (long)AddressScope.Site), ("RT_SCOPE_NOWHERE", (long)AddressScope.Nowhere),
        ("IFA_F_NODAD", (long)AddressFlags.NoDuplicateDetection), ("IFA_F_DADFAILED", (long)AddressFlags.DuplicateDetected),
        ("IFA_F_TENTATIVE", (long)AddressFlags.Tentative), ("IFA_F_PERMANENT", (long)AddressFlags.Permanent),
        ("IFA_F_NOPREFIXROUTE", (long)AddressFlags.NoPrefixRoute), ("IFA_F_MCAUTOJOIN", (long)AddressFlags.AutoJoin),
        ("IFA_F_STABLE_PRIVACY", (long)AddressFlags.StablePrivacy), ("IFA_F_MANAGETEMPADDR", (long)AddressFlags.ManageTemporary),
        ("IFA_F_DEPRECATED", (long)AddressFlags.Deprecated), ("IFA_F_OPTIMISTIC", (long)AddressFlags.Optimistic),
        ("RTN_THROW", (long)RouteType.Throw), ("RTN_BLACKHOLE", (long)RouteType.Blackhole), ("RTN_PROHIBIT", (long)RouteType.Prohibit),
        ("RTPROT_BOOT", (long)RouteProtocol.Boot), ("RTPROT_RA", (long)RouteProtocol.RouterAdvertisement), ("RTPROT_DHCP", (long)RouteProtocol.Dhcp),
        ("RTNH_F_ONLINK", (long)RouteFlags.OnLink), ("RTNH_F_LINKDOWN", (long)RouteFlags.LinkDown), ("RTNH_F_DEAD", (long)RouteFlags.Dead),
        ("FR_ACT_PROHIBIT", (long)RuleAction.Prohibit), ("FR_ACT_BLACKHOLE", (long)RuleAction.Blackhole), ("FR_ACT_GOTO", (long)RuleAction.Goto),
        ("NUD_PERMANENT", (long)NeighbourState.Permanent), ("NUD_NOARP", (long)NeighbourState.NoArp), ("NUD_FAILED", (long)NeighbourState.Failed),
        ("NTF_PROXY", (long)NeighbourFlags.Proxy), ("NTF_ROUTER", (long)NeighbourFlags.Router), ("NTF_STICKY", (long)NeighbourFlags.Sticky),
        ("BR_STATE_BLOCKING", (long)BridgePortState.Blocking), ("BR_STATE_FORWARDING", (long)BridgePortState.Forwarding),
    ];

    [Fact]
    public void Constants_All_AreTheCompilers()
    {
        RealTool.Require("gcc");
        Dictionary<string, long> ours = s_others.ToDictionary(o => o.Expression, o => o.Value);
        Collect<MessageType>(ours);
        Collect<MessageFlags>(ours);
        Collect<NlmsgerrAttr>(ours);
        Collect<LinkAttribute>(ours);
        Collect<IflaInfo>(ours);
        Collect<IflaTun>(ours);
        Collect<IflaBr>(ours);
        Collect<IflaBrport>(ours);
        Collect<IflaInet6>(ours);
        Collect<VethInfo>(ours);
        Collect<AddressAttribute>(ours);
        Collect<RouteAttribute>(ours);
        Collect<MetricAttribute>(ours);
        Collect<RuleAttribute>(ours);
        Collect<NeighbourAttribute>(ours);
        ours.Remove("None");

        Dictionary<string, long> compiled = Compile([.. ours.Keys]);

        // Headers of an old distribution may lack the newest few names.
        Assert.InRange(compiled.Count, ours.Count - 8, ours.Count);
        Assert.All(compiled, c => Assert.Equal((c.Key, c.Value), (c.Key, ours[c.Key])));
    }

    private static void Collect<T>(Dictionary<string, long> into)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
            into[Enum.GetName(value)!] = Convert.ToInt64(value, CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, long> Compile(List<string> expressions)
    {
        string directory = Directory.CreateTempSubdirectory("tunbridge-abi-").FullName;
        try
        {
            string source = Path.Combine(directory, "abi.c"), program = Path.Combine(directory, "abi");
            for (int attempt = 0; ; attempt++)
            {
                StringBuilder text = new(Headers + "int main(void) {\n");
                foreach (string expression in expressions)
                    text.Append(CultureInfo.InvariantCulture, $"printf(\"%lld {expression}\\n\", (long long)({expression}));\n");
                File.WriteAllText(source, text + "return 0; }\n");
                CommandResult result = CommandResult.Of("gcc", "-o", program, source);
                if (result.ExitCode == 0)
                    break;
                HashSet<string> missing = [.. Regex.Matches(result.Error, "[‘'](\\w+)[’'] undeclared").Select(m => m.Groups[1].Value)];
                Assert.True(attempt < 3 && expressions.RemoveAll(missing.Contains) > 0, result.Error);
            }

            return CommandResult.Of(program).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.Split(' ', 2)).ToDictionary(p => p[1], p => long.Parse(p[0], CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
