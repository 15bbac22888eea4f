// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge reload: carries out what changed in the file, on cards that stay.</summary>
internal static class ReloadCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<string?> netns = CommonOptions.Namespace();
        Option<bool> dryRun = CommonOptions.DryRun();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        Command command = new("reload", "Carry out what changed in the file; refused where a card would have to be made anew");
        file.AddTo(command);
        foreach (Option option in (Option[])[netns, dryRun, force, json])
            command.Add(option);
        command.SetAction(parsed =>
        {
            PlanOptions options = file.Plan(parsed, parsed.GetValue(force));
            FileWork work = new(file.Load(parsed), options, parsed.GetValue(netns), Planner.Up) { MayAsk = false };
            return PlanOutput.Execute(work, parsed.GetValue(dryRun), parsed.GetValue(json));
        });
        return command.WithExamples(
            ("tunbridge reload", "after an edit of /etc/tunbridge/tunbridge.yaml; programs that are attached stay so"),
            ("tunbridge reload -f lab.yaml --force", "cards may be made anew"));
    }
}
