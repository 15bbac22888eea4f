// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Commands;

/// <summary>The name of a card on the command line.</summary>
internal static class CardArgument
{
    internal static Argument<string> Create(string description)
    {
        Argument<string> argument = new("NAME") { Description = description, HelpName = "NAME" };
        argument.Validators.Add(RefuseBadNames);
        argument.CompletionSources.Add(Complete);
        return argument;
    }

    /// <summary>A name that no card can have is a mistake in the command line, not a card that is missing.</summary>
    internal static void RefuseBadNames(ArgumentResult result)
    {
        foreach (Token token in result.Tokens)
        {
            if (InterfaceName.FindMistake(token.Value) is { } mistake)
                result.AddError(mistake);
        }
    }

    /// <summary>The cards that are there.</summary>
    internal static IEnumerable<CompletionItem> Complete(CompletionContext context)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return [.. netlink.Links.List("tun").Select(l => new CompletionItem(l.Name))];
    }
}
