// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Tunbridge.Cards;
using Tunbridge.Devices;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge show NAME.</summary>
internal static class ShowCommand
{
    internal static Command Create()
    {
        Argument<string> name = CardArgument.Create("The card");
        Option<bool> json = RunOptions.Json();
        Option<string?> netns = TargetNamespace.Option();
        Command command = new("show", "Show everything about one card, and who holds it") { name, json, netns };
        command.SetAction(parsed => TargetNamespace.In(
            parsed.GetValue(netns), () => Run(parsed.GetRequiredValue(name), parsed.GetValue(json))));
        return command.WithExamples(
            ("tunbridge show tap0", "kind, state, addresses, counters and holders"),
            ("tunbridge show tap0 --json", "the same for programs"));
    }

    private static int Run(string name, bool json)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        Card card = Card.Read(netlink, name);
        IReadOnlyList<CardHolder> holders = CardHolders.Find(name);
        if (json)
        {
            JsonOutput.Write(Console.Out, w => CardJson.WriteAll(w, [card], (writer, _) => WriteHolders(writer, holders)));
            return ExitCode.Done;
        }

        CardText.WriteDetails(Console.Out, card);
        foreach (CardHolder holder in holders)
            Console.Out.WriteLine($"  {"held by",-12} {holder}");
        if (holders.Count == 0)
            Console.Out.WriteLine($"  {"held by",-12} nobody that this user can see");
        return ExitCode.Done;
    }

    private static void WriteHolders(Utf8JsonWriter json, IReadOnlyList<CardHolder> holders)
    {
        json.WriteStartArray("holders");
        foreach (CardHolder holder in holders)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", holder.ProcessId);
            json.WriteString("command", holder.Command);
            json.WriteNumber("queues", holder.QueueCount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
