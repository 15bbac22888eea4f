// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Changes;

namespace Tunbridge.Output;

/// <summary>Plans as a diff: per card what goes (-) and what comes (+).</summary>
internal static class PlanDiff
{
    internal static void Write(TextWriter output, IReadOnlyList<ChangePlan> plans)
    {
        StringBuilder text = new();
        HashSet<string> made = [.. plans.SelectMany(p => p.Changes).Where(c => c is CreateCardChange or CreateBridgeChange).Select(c => c.Card)];
        foreach (IGrouping<string, Change> card in plans.SelectMany(p => p.Changes).GroupBy(c => c.Card))
        {
            text.Append("  ").Append(Terminal.Paint(card.Key, Colour.Bold)).AppendLine(":");
            foreach (Change change in card)
                Append(text, change, made.Contains(card.Key));
        }

        if (text.Length == 0)
            text.AppendLine("nothing to do");
        output.Write(text);
    }

    private static void Append(StringBuilder text, Change change, bool isNew)
    {
        // Laid again only because the kernel may drop it on the way: no difference.
        if (change.Action.StartsWith("keep-", StringComparison.Ordinal))
            return;
        string key = KeyOf(change);
        // What the kernel gives a new card is nothing that goes.
        if (change.From is { Length: > 0 } from && (!isNew || change is DeleteLinkChange))
            text.AppendLine(Terminal.Paint($"-   {key}: {from}", Colour.Red));
        if (change.To is { Length: > 0 } to)
            text.AppendLine(Terminal.Paint($"+   {key}: {to}", Colour.Green));
    }

    private static string KeyOf(Change change) => change switch
    {
        ProgramChange program => KeyOf(program.Action),
        SysctlChange sysctl => sysctl.Key.Replace('/', '.'),
        _ => change.Action switch
        {
            "create" or "delete" or "create-bridge" or "delete-bridge" => "kind",
            "join-bridge" or "leave-bridge" => "bridge",
            "up" or "down" => "up",
            string action when action.IndexOf('-', StringComparison.Ordinal) is > 0 and int dash => action[(dash + 1)..],
            string action => action,
        },
    };

    // "pre-up" and its like are keys themselves.
    private static string KeyOf(string action) => action switch
    {
        "set-dns" or "forget-dns" => "dns",
        _ when action.Contains("dhcp", StringComparison.Ordinal) => "dhcp",
        _ => $"hooks.{action}",
    };
}
