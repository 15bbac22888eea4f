// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Commands;

/// <summary>Options that several commands have, with one meaning.</summary>
internal static class CommonOptions
{
    internal static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of text" };

    internal static Option<string?> Namespace() => new Option<string?>("--netns")
    {
        Description = "Work in this network namespace: a name, a path or a process id",
        HelpName = "NS",
    }.NotEmpty();

    internal static Option<bool> DryRun() =>
        new("--dry-run", "-n") { Description = "Only say what would be done, with the kernel's own operations" };

    internal static Option<bool> Force() =>
        new("--force") { Description = "Do it even where it overlaps or takes over what other interfaces have" };

    internal static Option<string?> Save() => new("--save")
    {
        Description = "Write it into this file too, whose card it then is; comments and layout stay",
        HelpName = "FILE",
    };

    internal static Argument<string> Card(string description)
    {
        Argument<string> argument = new("NAME") { Description = description, HelpName = "NAME" };
        argument.Validators.Add(RefuseBadNames);
        argument.CompletionSources.Add(CompleteCards);
        return argument;
    }

    /// <summary>Runs in the asked-for namespace, or where the program is.</summary>
    internal static T In<T>(string? networkNamespace, Func<T> action)
    {
        if (networkNamespace is null)
            return action();
        using NetworkNamespace target = NetworkNamespace.Open(networkNamespace);
        using NetworkNamespace here = NetworkNamespace.OpenCurrent();
        // Whoever is in it already needs no right to enter it.
        return target.Inode == here.Inode ? action() : target.Run(action);
    }

    /// <summary>Refuses '' for an option, which a script's unset variable gives.</summary>
    internal static Option<string?> NotEmpty(this Option<string?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }, ..])
                result.AddError($"{option.Name} takes {option.HelpName}, not '' ({option.Description})");
        });
        return option;
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

    internal static IEnumerable<CompletionItem> CompleteCards(CompletionContext context)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return [.. netlink.Links.List("tun").Select(l => new CompletionItem(l.Name))];
    }
}
