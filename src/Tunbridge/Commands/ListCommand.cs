// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Cards;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge list.</summary>
internal static class ListCommand
{
    internal static Command Create()
    {
        Option<bool> json = RunOptions.Json();
        Option<string?> netns = TargetNamespace.Option();
        Command command = new("list", "Show all cards") { json, netns };
        command.SetAction(parsed => TargetNamespace.In(parsed.GetValue(netns), () => Run(parsed.GetValue(json))));
        return command.WithExamples(
            ("tunbridge list", "all cards, one a line"),
            ("tunbridge list --json", "the same for programs"),
            ("tunbridge list --netns lab1", "the cards of the namespace lab1"));
    }

    private static int Run(bool json)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        IReadOnlyList<Card> cards = Card.ReadAll(netlink);
        if (json)
            JsonOutput.Write(Console.Out, w => CardJson.WriteAll(w, cards));
        else if (cards.Count == 0)
            Console.Error.WriteLine("no cards; make one with `tunbridge add tap0 --kind tap`");
        else
            CardText.WriteTable(Console.Out, cards);
        return ExitCode.Done;
    }
}
