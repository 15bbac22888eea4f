// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Netlink;
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
            DesiredState desired = file.Load(parsed);
            return CommonOptions.In(parsed.GetValue(netns), () =>
            {
                using RouteNetlink netlink = RouteNetlink.Open();
                ChangePlan plan = Planner.Down(desired, HostState.Read(netlink), file.Plan(parsed));
                return PlanOutput.Execute(plan, netlink, parsed.GetValue(dryRun), parsed.GetValue(json));
            });
        });
        return command.WithExamples(
            ("tunbridge down", "remove the cards of /etc/tunbridge/tunbridge.yaml, or the embedded default's"),
            ("tunbridge down tap3 -f lab.yaml", "one card of the file"));
    }
}
