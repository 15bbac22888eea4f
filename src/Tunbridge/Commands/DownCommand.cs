// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge down: removes the file's cards, and no others.</summary>
internal static class DownCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<string?> netns = CommonOptions.Namespace();
        Option<bool> dryRun = CommonOptions.DryRun();
        Option<bool> json = CommonOptions.Json();
        Command command = new("down", "Remove the cards that `up` made from the file, and no others");
        file.AddTo(command);
        foreach (Option option in (Option[])[netns, dryRun, json])
            command.Add(option);
        command.SetAction(parsed =>
        {
            PlanOptions options = file.Plan(parsed);
            FileWork work = new(file.Load(parsed), options, parsed.GetValue(netns), Planner.Down);
            return PlanOutput.Execute(work, parsed.GetValue(dryRun), parsed.GetValue(json));
        });
        return command.WithExamples(
            ("tunbridge down", "remove the cards of /etc/tunbridge/tunbridge.yaml, or the embedded default's"),
            ("tunbridge down tap3 -f lab.yaml", "one card of the file"));
    }
}
