// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Policy rules of a namespace: read and changed.</summary>
public sealed class RuleOperations : RuleCommands
{
    private readonly RouteNetlink _netlink;

    internal RuleOperations(RouteNetlink netlink)
        : base(netlink) => _netlink = netlink;

    /// <summary>Rules, IPv4 before IPv6, in the order in which they are asked.</summary>
    /// <param name="family">Only IPv4 or IPv6; null for both.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Rule> List(AddressFamily? family = null)
    {
        byte wanted = AddressOperations.ToFamily(family);
        List<Rule> rules = [];
        if (wanted is Af.AF_UNSPEC or Af.AF_INET)
            rules.AddRange(List(Af.AF_INET));
        if (wanted is Af.AF_UNSPEC or Af.AF_INET6)
            rules.AddRange(List(Af.AF_INET6));
        return rules;
    }

    private List<Rule> List(byte family)
    {
        try
        {
            return _netlink.Dump(
                MessageType.RTM_GETRULE, family, static (b, f) => b.Reserve(WireSize.FibRuleHdr)[0] = f, Rule.Parse);
        }
        catch (LinuxException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EAFNOSUPPORT)
        {
            // A kernel without policy routing, or without IPv6, has no rules.
            return [];
        }
    }
}
