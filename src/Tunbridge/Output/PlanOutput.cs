// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Tunbridge.Changes;

namespace Tunbridge.Output;

/// <summary>A plan of changes as text and as JSON.</summary>
internal static class PlanOutput
{
    /// <summary>Carries a plan out, or with <paramref name="dryRun"/> only says what it would do.</summary>
    /// <returns>The exit code.</returns>
    internal static int Execute(ChangePlan plan, Netlink.RouteNetlink netlink, bool dryRun, bool json)
    {
        foreach (Refusal overridden in plan.Overridden)
            Console.Error.WriteLine($"tunbridge: forced: {overridden.Message}");
        if (!dryRun || plan.Refusals.Count > 0)
            plan.Apply(netlink);
        if (json)
            JsonOutput.Write(Console.Out, writer => Write(writer, plan));
        else
            WriteText(plan, dryRun);
        return ExitCode.Done;
    }

    internal static void Write(Utf8JsonWriter json, ChangePlan plan)
    {
        json.WriteStartArray("changes");
        foreach (Change change in plan.Changes)
        {
            json.WriteStartObject();
            json.WriteString("device", change.Card);
            json.WriteString("action", change.Action);
            json.WriteString("description", change.Description);
            json.WriteString("operation", change.Operation);
            json.WriteString("from", change.From);
            json.WriteString("to", change.To);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // One write for all of it: a plan for 500 cards has thousands of lines.
    private static void WriteText(ChangePlan plan, bool dryRun)
    {
        StringBuilder text = new();
        if (plan.IsEmpty)
            text.AppendLine("nothing to do");
        foreach (Change change in plan.Changes)
        {
            if (dryRun)
                text.AppendLine($"would {change.Description}").AppendLine($"      {change.Operation}");
            else
                text.AppendLine(change.Description);
        }

        Console.Out.Write(text);
    }
}
