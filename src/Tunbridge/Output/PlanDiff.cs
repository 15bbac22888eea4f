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
        foreach (IGrouping<string, Change> card in plans.SelectMany(p => p.Changes).GroupBy(c => c.Card))
        {
            text.Append("  ").Append(Terminal.Paint(card.Key, Colour.Bold)).AppendLine(":");
            foreach (Change change in card)
                Append(text, change);
        }

        if (text.Length == 0)
            text.AppendLine("nothing to do");
        output.Write(text);
    }

    private static void Append(StringBuilder text, Change change)
    {
        // Laid again only because the kernel may drop it on the way: no difference.
        if (change.Action.StartsWith("keep-", StringComparison.Ordinal))
            return;
        string key = KeyOf(change);
        if (change.From is { Length: > 0 } from)
            text.AppendLine(Terminal.Paint($"-   {key}: {from}", Colour.Red));
        if (change.To is { Length: > 0 } to)
            text.AppendLine(Terminal.Paint($"+   {key}: {to}", Colour.Green));
    }

    private static string KeyOf(Change change) => change switch
    {
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
}
