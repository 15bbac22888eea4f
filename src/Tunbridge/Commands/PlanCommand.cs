// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge plan: the difference between file and kernel.</summary>
internal static class PlanCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<string?> netns = TargetNamespace.Option();
        Option<bool> force = RunOptions.Force();
        Option<bool> json = RunOptions.Json();
        Command command = new("plan", "Show the difference between file and kernel, and change nothing: 1 when `up` would be refused");
        file.AddTo(command);
        foreach (Option option in (Option[])[netns, force, json])
            command.Add(option);
        command.SetAction(parsed =>
        {
            using FileWork work = new(file.Load(parsed), file.Plan(parsed, parsed.GetValue(force)), parsed.GetValue(netns), Planner.Up);
            IReadOnlyList<ChangePlan> plans = work.Preview();
            if (parsed.GetValue(json))
                JsonOutput.Write(Console.Out, writer => Write(writer, plans));
            else
                PlanDiff.Write(Console.Out, plans);
            TellTunnels(work.Desired, parsed.GetValue(json));
            List<Refusal> refusals = [.. plans.SelectMany(p => p.Refusals)];
            return refusals.Count == 0 ? ExitCode.Done : throw new ChangeRefusedException(refusals);
        });
        return command.WithExamples(
            ("tunbridge plan", "what `up` would change, as a diff"),
            ("tunbridge plan -f lab.yaml --json", "the same for programs; \"changes\" is empty when there is nothing to do"));
    }

    private static void TellTunnels(DesiredState desired, bool isJson)
    {
        string[] names = [.. desired.Tunnels.Where(t => t.IsEnabled).Select(t => t.Name)];
        if (names.Length > 0 && !isJson)
            Console.Out.WriteLine($"# {(names.Length == 1 ? "The tunnel" : "The tunnels")} {string.Join(", ", names)}: `tunbridge serve` runs {(names.Length == 1 ? "it" : "them")}, `up` does not.");
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ChangePlan> plans)
    {
        PlanOutput.Write(json, plans);
        json.WriteStartArray("refusals");
        foreach (Refusal refusal in plans.SelectMany(p => p.Refusals))
        {
            json.WriteStartObject();
            json.WriteString("device", refusal.Card);
            json.WriteString("message", refusal.Message);
            json.WriteBoolean("canForce", refusal.CanForce);
            json.WriteBoolean("remake", refusal.IsRemake);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
