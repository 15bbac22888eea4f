// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>What a link is, in a few words, for messages that name both sides.</summary>
public static class LinkText
{
    /// <summary>Such as <c>TAP, owner alice, marked 'tunbridge:cli'</c> or <c>veth, no mark</c>.</summary>
    /// <param name="link">The link.</param>
    public static string Describe(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        string what = link.Tun is { } tun
            ? (tun.IsTap ? "TAP, " : "TUN, ") + (tun.Owner is uint owner ? $"owner {CardOwner.DescribeUser(owner)}" : "no owner")
            : link.Kind ?? "physical or built-in";
        return what + (string.IsNullOrEmpty(link.Alias) ? ", no mark" : $", marked '{link.Alias}'");
    }
}
