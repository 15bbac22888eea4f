// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Cards;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge show NAME.</summary>
internal static class ShowCommand
{
    internal static Command Create()
    {
        Argument<string> name = CommonOptions.Card("The card");
        Option<bool> json = CommonOptions.Json();
        Option<string?> netns = CommonOptions.Namespace();
        Command command = new("show", "Show everything about one card, and who holds it") { name, json, netns };
        command.SetAction(parsed => CommonOptions.In(
            parsed.GetValue(netns), () => Run(parsed.GetRequiredValue(name), parsed.GetValue(json))));
        return command.WithExamples(
            ("tunbridge show tap0", "kind, state, addresses, counters and holders"),
            ("tunbridge show tap0 --json", "the same for programs"));
    }

    private static int Run(string name, bool json)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        Card card = Card.Read(netlink, name);
        if (json)
        {
            JsonOutput.Write(Console.Out, w => CardJson.WriteAll(w, [card]));
            return ExitCode.Done;
        }

        CardText.WriteDetails(Console.Out, card);
        return ExitCode.Done;
    }
}
