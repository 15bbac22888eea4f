// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Cards;
using Tunbridge.Changes;
using Tunbridge.Devices;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge delete NAME….</summary>
internal static class DeleteCommand
{
    internal static Command Create()
    {
        Argument<string[]> names = new("NAME") { Description = "The cards", HelpName = "NAME", Arity = ArgumentArity.OneOrMore };
        names.Validators.Add(CardArgument.RefuseBadNames);
        names.CompletionSources.Add(CardArgument.Complete);
        Option<string?> netns = TargetNamespace.Option();
        Option<bool> dryRun = RunOptions.DryRun();
        Option<bool> force = new("--force") { Description = "Also cards that tunbridge did not make, and cards that are in use" };
        Option<bool> json = RunOptions.Json();
        Command command = new("delete", "Remove cards, all or none") { names, netns, dryRun, force, json };
        command.Aliases.Add("del");
        command.SetAction(parsed => TargetNamespace.In(parsed.GetValue(netns), () => Run(
            parsed.GetRequiredValue(names), parsed.GetValue(dryRun), parsed.GetValue(force), parsed.GetValue(json))));
        return command.WithExamples(
            ("tunbridge delete tap0", "remove a card"),
            ("tunbridge delete tap0 tap1 --dry-run", "what would be removed"));
    }

    private static int Run(string[] names, bool dryRun, bool force, bool json)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        using ChangeJournal? journal = dryRun ? null : FileWork.OpenJournal(netlink, OwnershipMark.CommandLineInstance);
        foreach (string name in names.Distinct())
        {
            Card card = Card.Read(netlink, name);
            if (!force && CardHolders.Find(card.Name) is [{ } holder, ..])
                throw new RefusedException($"{card.Name} is in use by {holder}: stop it first, or add --force");
        }

        ChangePlan plan = CardPlans.Delete(HostState.Read(netlink), names, force);
        return PlanOutput.Execute(plan, netlink, journal, json);
    }
}
