// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Rules as text that tells any two apart, the priority apart when it was left to the kernel.</summary>
internal static class RuleText
{
    /// <summary>The rule in the words of <c>ip rule</c>.</summary>
    internal static string Of(Rule rule)
    {
        StringBuilder text = new();
        CultureInfo plain = CultureInfo.InvariantCulture;
        if (rule.Family == AddressFamily.InterNetworkV6)
            text.Append("-6 ");
        if (rule.Priority is uint priority)
            text.Append(plain, $"priority {priority} ");
        if (rule.IsInverted)
            text.Append("not ");
        text.Append("from ").Append(rule.From?.ToString() ?? "all");
        if (rule.To is not null)
            text.Append(plain, $" to {rule.To}");
        if (rule.TypeOfService != 0)
            text.Append(plain, $" tos 0x{rule.TypeOfService:x2}");
        if (rule.Mark is uint mark)
            text.Append(plain, $" fwmark 0x{mark:x}");
        if (rule.MarkMask is uint mask && mask != uint.MaxValue)
            text.Append(plain, $"/0x{mask:x}");
        if (rule.InputLink is not null)
            text.Append(" iif ").Append(rule.InputLink);
        if (rule.OutputLink is not null)
            text.Append(" oif ").Append(rule.OutputLink);
        if (rule.FirstUser is not null || rule.LastUser is not null)
            text.Append(plain, $" uidrange {rule.FirstUser}-{rule.LastUser}");
        if (rule.IPProtocol is byte protocol)
            text.Append(plain, $" ipproto {protocol}");
        text.Append(rule.Action switch
        {
            RuleAction.Lookup => string.Create(plain, $" lookup {rule.Table}"),
            RuleAction.Goto => string.Create(plain, $" goto {rule.GotoPriority}"),
            _ => " " + rule.Action.ToString().ToLowerInvariant(),
        });
        if (rule.SuppressPrefixLength is int suppress)
            text.Append(plain, $" suppress_prefixlength {suppress}");
        return text.ToString();
    }

    /// <summary>Whether the kernel's rule is the wanted one; a priority that is not wanted is not compared.</summary>
    internal static bool IsSame(Rule found, Rule wanted) =>
        Of(found with { Priority = wanted.Priority is null ? null : found.Priority }) == Of(wanted);
}
