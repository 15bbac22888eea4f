// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge up: makes the kernel what the file declares.</summary>
internal static class UpCommand
{
    internal static Command Create()
    {
        FileOptions file = new();
        Option<string?> netns = CommonOptions.Namespace();
        Option<bool> dryRun = CommonOptions.DryRun();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        Command command = new("up", "Create and configure the cards that the file declares; twice changes nothing");
        file.AddTo(command);
        foreach (Option option in (Option[])[netns, dryRun, force, json])
            command.Add(option);
        command.SetAction(parsed =>
        {
            PlanOptions options = file.Plan(parsed, parsed.GetValue(force));
            FileWork work = new(file.Load(parsed), options, parsed.GetValue(netns), Planner.Up);
            return PlanOutput.Execute(work, parsed.GetValue(dryRun), parsed.GetValue(json));
        });
        return command.WithExamples(
            ("tunbridge up", "the cards of /etc/tunbridge/tunbridge.yaml, or tap0 at 192.168.0.1/24 without it"),
            ("tunbridge up -f lab.yaml --dry-run", "what would be done"),
            ("tunbridge up tap3 -f lab.yaml", "one card of the file"));
    }
}
