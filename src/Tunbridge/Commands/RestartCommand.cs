// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge restart: makes the file's cards anew.</summary>
internal static class RestartCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<string?> netns = CommonOptions.Namespace();
        Option<bool> dryRun = CommonOptions.DryRun();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        Command command = new("restart", "Delete the file's cards and make them anew; whoever is attached to one loses it");
        file.AddTo(command);
        foreach (Option option in (Option[])[netns, dryRun, force, json])
            command.Add(option);
        command.SetAction(parsed =>
        {
            PlanOptions options = file.Plan(parsed, parsed.GetValue(force)) with { Recreate = true, MayRemake = true };
            FileWork work = new(file.Load(parsed), options, parsed.GetValue(netns), Planner.Up);
            return PlanOutput.Execute(work, parsed.GetValue(dryRun), parsed.GetValue(json));
        });
        return command.WithExamples(
            ("tunbridge restart", "down and up in one step, and as before when it fails"),
            ("tunbridge restart tap3 -f lab.yaml", "one card of the file"));
    }
}
