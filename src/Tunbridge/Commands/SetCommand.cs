// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Changes;
using Tunbridge.Configuration.Editing;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge set NAME.</summary>
internal static class SetCommand
{
    internal static Command Create()
    {
        Argument<string> name = CardArgument.Create("The card");
        Option<string[]> remove = new("--remove-address", "-r")
        {
            Description = "Take this address away; may be repeated",
            HelpName = "CIDR",
        };
        Option<string[]> removeName = new("--remove-alt-name") { Description = "Take this further name away; may be repeated", HelpName = "NAME" };
        Option<bool> noBridge = new("--no-bridge") { Description = "Take it out of its bridge" };
        Option<bool> noPromiscuous = new("--no-promisc") { Description = "Take only frames for its own addresses" };
        Option<bool> down = new("--down") { Description = "Bring it down" };
        Option<string?> save = RunOptions.Save();
        Option<string?> netns = TargetNamespace.Option();
        Option<bool> dryRun = RunOptions.DryRun();
        Option<bool> force = RunOptions.Force();
        Option<bool> json = RunOptions.Json();
        Command command = new("set", "Change a card that exists") { name };
        CardOptions card = new();
        card.AddTo(command);
        foreach (Option option in (Option[])[remove, removeName, noBridge, noPromiscuous, down, save, netns, dryRun, force, json])
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(card.Up) && result.GetValue(down))
                result.AddError("--up and --down exclude each other");
            if (result.GetValue(card.Promiscuous) && result.GetValue(noPromiscuous))
                result.AddError("--promisc and --no-promisc exclude each other");
            if (result.GetValue(card.Bridge) is not null && result.GetValue(noBridge))
                result.AddError("--bridge and --no-bridge exclude each other");
        });

        command.SetAction(parsed => TargetNamespace.In(parsed.GetValue(netns), () => Run(parsed)));
        return command.WithExamples(
            ("tunbridge set tap0 --up", "bring it up"),
            ("tunbridge set tap0 --address 10.1.0.1/24 --remove-address 10.0.0.1/24", "move it to another network"),
            ("tunbridge set tap0 --owner bob --mtu 9000", "several changes, all or none"),
            ("tunbridge set tap0 --mtu 9000 --save /etc/tunbridge/tunbridge.yaml", "in its file too"),
            ("tunbridge set tap0 --no-bridge --down --dry-run", "what would be done"));

        int Run(ParseResult parsed)
        {
            // What is wrong with the values is said before the card is looked for.
            string cardName = parsed.GetRequiredValue(name);
            _ = card.Read(parsed, cardName, kind: null);
            IpPrefix[] removed = [.. (parsed.GetValue(remove) ?? []).Select(CardOptions.ReadAddress)];
            using RouteNetlink netlink = RouteNetlink.Open();
            using ChangeJournal? journal = parsed.GetValue(dryRun)
                ? null
                : FileWork.OpenJournal(netlink, OwnershipMark.CommandLineInstance);
            using SavedFile? file = parsed.GetValue(save) is string path ? SavedFile.Open(path) : null;
            Cards.Card found = Cards.Card.Read(netlink, cardName);
            HostState state = HostState.Read(netlink);
            CardSettings wanted = card.Read(parsed, cardName, found.Tun.IsTap ? CardKind.Tap : CardKind.Tun);
            IReadOnlyList<IpPrefix> added = [.. (wanted.Addresses ?? []).Select(a => a.Address)];
            wanted = wanted with
            {
                Mark = MarkOf(found.Link, file, parsed.GetValue(card.Description)),
                AlternativeNames = Combine(found.Link, wanted.AlternativeNames ?? [], parsed.GetValue(removeName) ?? []),
                Addresses = Combine(state, found.Link, wanted.Addresses ?? [], removed),
                RemovedAddresses = removed,
                Bridge = parsed.GetValue(noBridge) ? "" : wanted.Bridge,
                Promiscuous = parsed.GetValue(noPromiscuous) ? false : wanted.Promiscuous,
                Up = parsed.GetValue(down) ? false : wanted.Up,
            };
            ChangePlan plan = CardPlans.Set(state, wanted, parsed.GetValue(force));
            file?.Change(cardName, SavedKeys.OfChange(wanted, added, removed, parsed.GetValue(card.Description), file.Desired));
            return SavedKeys.Execute(plan, netlink, journal, file, cardName, parsed.GetValue(json));
        }
    }

    /// <summary>The mark that it is to carry: its file's, or its own with other words; null leaves it.</summary>
    private static OwnershipMark? MarkOf(Link card, SavedFile? file, string? description)
    {
        OwnershipMark? own = OwnershipMark.TryParse(card.Alias, out OwnershipMark? read) ? read : null;
        OwnershipMark? mark = file?.Mark ?? (description is null ? null : own ?? throw new RefusedException(
            $"{card.Name} carries no mark of tunbridge, in which the description would be kept: --save FILE gives it one"));
        string? words = description ?? own?.Description;
        return mark is null ? null : mark with { Description = string.IsNullOrEmpty(words) ? null : words };
    }

    private static List<string>? Combine(Link card, IReadOnlyList<string> added, string[] removed)
    {
        if (removed.FirstOrDefault(n => !card.AlternativeNames.Contains(n)) is string unknown)
            throw new RefusedException($"{card.Name} does not have the further name {unknown}");
        return added.Count == 0 && removed.Length == 0 ? null : [.. card.AlternativeNames.Except(removed).Union(added)];
    }

    private static List<AddressSettings>? Combine(
        HostState state, Link card, IReadOnlyList<AddressSettings> added, IpPrefix[] removed)
    {
        if (added.Count == 0 && removed.Length == 0)
            return null;
        foreach (IpPrefix address in removed)
        {
            if (!state.AddressesOf(card).Any(a => HostState.PrefixOf(a) == address))
                throw new RefusedException($"{card.Name} does not have the address {address}");
        }

        // Others, with a peer or a lifetime too, stay: what goes is listed.
        List<AddressSettings> present = [.. state.GivenAddressesOf(card).Where(a => a.Peer is null)
            .Select(HostState.PrefixOf).Where(a => !removed.Contains(a))];
        present.AddRange(added.Where(a => !present.Exists(p => p.Address == a.Address)));
        return present;
    }
}
