// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Tunbridge.Changes;
using Tunbridge.Commands;

namespace Tunbridge.Output;

/// <summary>Plans of changes as text and as JSON.</summary>
internal static class PlanOutput
{
    /// <summary>Carries a plan out, or without a journal only says what it would do.</summary>
    /// <returns>The exit code.</returns>
    internal static int Execute(ChangePlan plan, Netlink.RouteNetlink netlink, ChangeJournal? journal, bool json)
    {
        WarnOverridden(plan);
        if (plan.Refusals.Count > 0)
            throw new ChangeRefusedException(plan.Refusals);
        if (journal is not null)
        {
            using Interruption interruption = new();
            plan.Apply(netlink, journal, cancellationToken: interruption.Token);
        }

        Show([plan], dryRun: journal is null, json);
        return ExitCode.Done;
    }

    /// <summary>Carries a file's plans out, or with <paramref name="dryRun"/> only says what they would do.</summary>
    /// <returns>The exit code.</returns>
    internal static int Execute(FileWork work, bool dryRun, bool json)
    {
        IReadOnlyList<ChangePlan> plans = dryRun ? work.Preview() : work.Apply();
        if (dryRun)
        {
            foreach (ChangePlan plan in plans)
                WarnOverridden(plan);
            if (plans.SelectMany(p => p.Refusals).ToList() is { Count: > 0 } refusals)
                throw new ChangeRefusedException(refusals);
        }

        Show(plans, dryRun, json);
        return ExitCode.Done;
    }

    /// <summary>Says what force has overridden.</summary>
    internal static void WarnOverridden(ChangePlan plan)
    {
        foreach (Refusal overridden in plan.Overridden)
            Terminal.Warn($"forced: {overridden.Message}");
    }

    internal static void Show(IReadOnlyList<ChangePlan> plans, bool dryRun, bool json)
    {
        if (json)
            JsonOutput.Write(Console.Out, writer => Write(writer, plans));
        else
            WriteText(plans, dryRun);
    }

    internal static void Write(Utf8JsonWriter json, IReadOnlyList<ChangePlan> plans)
    {
        json.WriteStartArray("changes");
        foreach (Change change in plans.SelectMany(p => p.Changes))
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
    private static void WriteText(IReadOnlyList<ChangePlan> plans, bool dryRun)
    {
        StringBuilder text = new();
        foreach (Change change in plans.SelectMany(p => p.Changes))
        {
            if (dryRun)
                text.AppendLine($"would {change.Description}").AppendLine($"      {change.Operation}");
            else
                text.AppendLine(change.Description);
        }

        if (text.Length == 0)
            text.AppendLine("nothing to do");
        Console.Out.Write(text);
    }
}
