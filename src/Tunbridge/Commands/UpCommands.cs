// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge up, reload, restart and down: what carries a file's plan out, each in its own way.</summary>
internal static class UpCommands
{
    internal static Command Up() =>
        Create("up", "Create and configure the cards that the file declares; twice changes nothing", Planner.Up).WithExamples(
            ("tunbridge up", "the cards of /etc/tunbridge/tunbridge.yaml, or tap0 at 192.168.0.1/24 without it"),
            ("tunbridge up -f lab.yaml --dry-run", "what would be done"),
            ("tunbridge up tap3 -f lab.yaml", "one card of the file"));

    internal static Command Reload() =>
        Create(
            "reload", "Carry out what changed in the file; refused where a card would have to be made anew", Planner.Up,
            mayAsk: false).WithExamples(
            ("tunbridge reload", "after an edit of /etc/tunbridge/tunbridge.yaml; programs that are attached stay so"),
            ("tunbridge reload -f lab.yaml --force", "cards may be made anew"));

    internal static Command Restart() =>
        Create(
            "restart", "Delete the file's cards and make them anew; whoever is attached to one loses it", Planner.Up,
            recreate: true).WithExamples(
            ("tunbridge restart", "down and up in one step, and as before when it fails"),
            ("tunbridge restart tap3 -f lab.yaml", "one card of the file"));

    internal static Command Down() =>
        Create("down", "Remove the cards that `up` made from the file, and no others", Planner.Down, guarded: false).WithExamples(
            ("tunbridge down", "remove the cards of /etc/tunbridge/tunbridge.yaml, or the embedded default's"),
            ("tunbridge down tap3 -f lab.yaml", "one card of the file"));

    private static Command Create(
        string name, string description, Func<DesiredState, HostState, PlanOptions, ChangePlan> plan,
        bool mayAsk = true, bool recreate = false, bool guarded = true)
    {
        FileOptions file = new();
        Option<string?> netns = TargetNamespace.Option();
        Option<bool> dryRun = RunOptions.DryRun();
        Option<bool> force = RunOptions.Force();
        Option<bool> json = RunOptions.Json();
        Command command = new(name, description);
        file.AddTo(command);
        command.Add(netns);
        command.Add(dryRun);
        // Where nothing is refused, there is nothing to force.
        if (guarded)
            command.Add(force);
        command.Add(json);
        command.SetAction(parsed =>
        {
            PlanOptions options = file.Plan(parsed, guarded && parsed.GetValue(force)) with { Recreate = recreate, MayRemake = recreate };
            using FileWork work = new(file.Load(parsed), options, parsed.GetValue(netns), plan) { MayAsk = mayAsk };
            return PlanOutput.Execute(work, parsed.GetValue(dryRun), parsed.GetValue(json));
        });
        return command;
    }
}
