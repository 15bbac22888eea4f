// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Netlink;
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
            DesiredState desired = file.Load(parsed);
            return CommonOptions.In(parsed.GetValue(netns), () =>
            {
                using RouteNetlink netlink = RouteNetlink.Open();
                ChangePlan plan = Planner.Up(desired, HostState.Read(netlink), file.Plan(parsed, parsed.GetValue(force)));
                return PlanOutput.Execute(plan, netlink, parsed.GetValue(dryRun), parsed.GetValue(json));
            });
        });
        return command.WithExamples(
            ("tunbridge up", "the cards of /etc/tunbridge/tunbridge.yaml, or tap0 at 192.168.0.1/24 without it"),
            ("tunbridge up -f lab.yaml --dry-run", "what would be done"),
            ("tunbridge up tap3 -f lab.yaml", "one card of the file"));
    }
}
