// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Turns a refusal into an exception that names operation, target, cause and remedy.</summary>
internal static class NetlinkErrors
{
    // ESRCH: no such process, or here: no such entry in a table.
    private const Errno NoSuchEntry = (Errno)3;

    /// <param name="type">The request's type.</param>
    /// <param name="request">The request's bytes, header included, for the attribute it names.</param>
    /// <param name="target">What the request was about.</param>
    /// <param name="reply">What the kernel said.</param>
    internal static LinuxException Create(MessageType type, ReadOnlySpan<byte> request, string target, KernelReply reply) =>
        LinuxException.Create(
            reply.Errno, type.ToString(), target, Describe(type, request, reply), Hint(type, request, reply));

    private static string? Describe(MessageType type, ReadOnlySpan<byte> request, KernelReply reply)
    {
        string? attribute = reply switch
        {
            { Offset: > 0 and <= int.MaxValue } =>
                AttributeAt(type, request, (int)reply.Offset) is string name ? $"attribute {name}" : null,
            { MissingType: ushort missing } => $"attribute {NameOf(type, missing)} is missing",
            _ => null,
        };
        if (attribute is null)
            return reply.Text;
        return $"{reply.Text ?? LinuxException.Describe(reply.Errno)} [{attribute}]";
    }

    /// <summary>The attribute at an offset from the message's start; <c>IFLA_LINKINFO/2</c> for one inside another.</summary>
    private static string? AttributeAt(MessageType type, ReadOnlySpan<byte> request, int offset)
    {
        int start = WireSize.NlMsgHdr + FixedSize(type);
        string? path = null;
        ReadOnlySpan<byte> level = start < request.Length ? request[start..] : default;
        while (true)
        {
            AttributeReader reader = new(level);
            int position = start;
            bool descended = false;
            while (reader.MoveNext())
            {
                int end = position + WireSize.NlAttr + reader.Value.Length;
                if (offset >= position && offset < end)
                {
                    path = path is null ? NameOf(type, reader.Type) : $"{path}/{reader.Type}";
                    if (offset == position)
                        return path;
                    start = position + WireSize.NlAttr;
                    level = reader.Value;
                    descended = true;
                    break;
                }

                position = start + WireSize.Align(end - start);
            }

            if (!descended)
                return path;
        }
    }

    private static int FixedSize(MessageType type) => type switch
    {
        MessageType.RTM_NEWADDR or MessageType.RTM_DELADDR or MessageType.RTM_GETADDR => WireSize.IfAddrMsg,
        MessageType.RTM_NEWROUTE or MessageType.RTM_DELROUTE or MessageType.RTM_GETROUTE => WireSize.RtMsg,
        MessageType.RTM_NEWNEIGH or MessageType.RTM_DELNEIGH or MessageType.RTM_GETNEIGH => WireSize.NdMsg,
        MessageType.RTM_NEWRULE or MessageType.RTM_DELRULE or MessageType.RTM_GETRULE => WireSize.FibRuleHdr,
        _ => WireSize.IfInfoMsg,
    };

    private static string NameOf(MessageType type, ushort attribute) => type switch
    {
        MessageType.RTM_NEWADDR or MessageType.RTM_DELADDR or MessageType.RTM_GETADDR =>
            ((AddressAttribute)attribute).ToString(),
        MessageType.RTM_NEWROUTE or MessageType.RTM_DELROUTE or MessageType.RTM_GETROUTE =>
            ((RouteAttribute)attribute).ToString(),
        MessageType.RTM_NEWNEIGH or MessageType.RTM_DELNEIGH or MessageType.RTM_GETNEIGH =>
            ((NeighbourAttribute)attribute).ToString(),
        MessageType.RTM_NEWRULE or MessageType.RTM_DELRULE or MessageType.RTM_GETRULE =>
            ((RuleAttribute)attribute).ToString(),
        _ => ((LinkAttribute)attribute).ToString(),
    };

    private static string? Hint(MessageType type, ReadOnlySpan<byte> request, KernelReply reply)
    {
        string text = reply.Text ?? "";
        bool address = type is MessageType.RTM_NEWADDR or MessageType.RTM_DELADDR;
        return reply.Errno switch
        {
            // Checked before EPERM: old kernels answer EACCES, new ones ENODEV or EACCES with the text.
            _ when text.Contains("IPv6 is disabled", StringComparison.Ordinal) ||
                   (reply.Errno == Errno.EACCES && address) =>
                "Turn IPv6 on for this card: sysctl net.ipv6.conf.NAME.disable_ipv6=0.",
            // A detached TUN or TAP card answers EPERM to root as well.
            Errno.EPERM when type is MessageType.RTM_SETLINK && Has(request, LinkAttribute.IFLA_CARRIER) =>
                "It needs CAP_NET_ADMIN, and a TUN or TAP card has a carrier to change only while a program holds it open.",
            Errno.EPERM =>
                "It needs CAP_NET_ADMIN in the card's network namespace: run as root, or inside `unshare -Urn`.",
            Errno.EEXIST when address => "The card has this address already; replace it to change its details.",
            Errno.EEXIST when type is MessageType.RTM_NEWROUTE =>
                "There is such a route already; replace it, or give another metric.",
            Errno.EEXIST when
                type is MessageType.RTM_NEWLINK or MessageType.RTM_SETLINK or MessageType.RTM_NEWLINKPROP =>
                "Another card has this name; choose another, or delete that card.",
            NoSuchEntry when type is MessageType.RTM_DELROUTE => "There is no such route; look with `ip route show table all`.",
            Errno.ENODEV => "There is no such card in this network namespace.",
            Errno.EADDRNOTAVAIL when type is MessageType.RTM_DELADDR => "The card does not have this address.",
            Errno.EADDRNOTAVAIL when type is MessageType.RTM_SETLINK =>
                "The link-layer address must be a unicast address, not zero and not multicast.",
            Errno.ENETUNREACH when type is MessageType.RTM_NEWROUTE =>
                "The gateway is in no prefix of a card that is up; add the address first, or mark the route on-link.",
            Errno.ENETDOWN => "The card is down; set it up first.",
            Errno.ENOBUFS or Errno.EINVAL when type is MessageType.RTM_NEWADDR && reply.Text is null =>
                "IPv6 needs an MTU of at least 1280 on the card, and a valid prefix length.",
            Errno.EBUSY when type is MessageType.RTM_SETLINK =>
                "The card is in use this way; set it down, or take it from its bridge, first.",
            Errno.EOPNOTSUPP when text.Contains("tun/tap", StringComparison.Ordinal) =>
                "TUN and TAP cards are made by opening /dev/net/tun.",
            Errno.ELOOP when type is MessageType.RTM_SETLINK => "A bridge cannot be a port of a bridge.",
            _ => null,
        };
    }

    private static bool Has(ReadOnlySpan<byte> request, LinkAttribute attribute)
    {
        AttributeReader reader = new(request[(WireSize.NlMsgHdr + WireSize.IfInfoMsg)..]);
        while (reader.MoveNext())
        {
            if ((LinkAttribute)reader.Type == attribute)
                return true;
        }

        return false;
    }
}
