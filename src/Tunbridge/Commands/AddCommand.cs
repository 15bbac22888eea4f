// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Tunbridge.Changes;
using Tunbridge.Configuration.Editing;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>tunbridge add NAME.</summary>
internal static class AddCommand
{
    internal static Command Create()
    {
        Argument<string> name = new("NAME") { Description = "The card's name, at most 15 bytes; tap%d takes the first free number" };
        Option<string?> kind = new("--kind", "-k")
        {
            Description = "tun (IP packets) or tap (Ethernet frames); without it, as the name begins",
            HelpName = "tun|tap",
        };
        kind.AcceptOnlyFromAmong("tun", "tap");
        Option<bool> multiQueue = new("--multi-queue") { Description = "Let several queues attach" };
        Option<bool> virtioHeader = new("--vnet-header") { Description = "Packets carry a virtio-net header (offload)" };
        Option<bool> packetInformation = new("--packet-info") { Description = "Packets carry the 4-byte packet information" };
        Option<string?> save = RunOptions.Save();
        Option<string?> netns = TargetNamespace.Option();
        Option<bool> dryRun = RunOptions.DryRun();
        Option<bool> force = RunOptions.Force();
        Option<bool> json = RunOptions.Json();
        Command command = new("add", "Create a persistent card and configure it") { name, kind };
        CardOptions card = new();
        card.AddTo(command);
        foreach (Option option in (Option[])[multiQueue, virtioHeader, packetInformation, save, netns, dryRun, force, json])
            command.Add(option);

        command.SetAction(parsed =>
        {
            string wantedName = parsed.GetRequiredValue(name);
            CheckName(wantedName);
            CardSettings wanted = card.Read(parsed, wantedName, ReadKind(wantedName, parsed.GetValue(kind))) with
            {
                MultiQueue = parsed.GetValue(multiQueue) ? true : null,
                VirtioHeader = parsed.GetValue(virtioHeader) ? true : null,
                PacketInformation = parsed.GetValue(packetInformation) ? true : null,
                ClearOffload = true,
            };
            return TargetNamespace.In(parsed.GetValue(netns), () => Run(
                wanted, parsed.GetValue(card.Description), parsed.GetValue(save), parsed.GetValue(netns), parsed.GetValue(dryRun), parsed.GetValue(force),
                parsed.GetValue(json)));
        });
        return command.WithExamples(
            ("tunbridge add tap0 --owner alice --address 192.168.7.1/24 --up", "a TAP that alice may open without privilege"),
            ("tunbridge add tun0 --address 10.8.0.1/24 --address fd00:8::1/64 --mtu 1400 --up", "a TUN with two addresses"),
            ("tunbridge add vm%d --kind tap --bridge br0 --multi-queue --vnet-header --up", "the next free TAP for a virtual machine"),
            ("tunbridge add tap1 --address 192.168.8.1/24 --up --save /etc/tunbridge/tunbridge.yaml", "and again at the next boot"),
            ("tunbridge add tap0 --address 192.168.7.1/24 --dry-run", "what would be done, and by which operations"));
    }

    private static int Run(CardSettings wanted, string? description, string? save, string? netns, bool dryRun, bool force, bool json)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        using ChangeJournal? journal = dryRun ? null : FileWork.OpenJournal(netlink, OwnershipMark.CommandLineInstance);
        using SavedFile? file = save is null ? null : SavedFile.Open(save);
        HostState state = HostState.Read(netlink);
        OwnershipMark mark = file?.Mark ?? new() { Instance = OwnershipMark.CommandLineInstance };
        wanted = wanted with
        {
            Name = Resolve(wanted.Name, state),
            Mark = mark with { Description = string.IsNullOrEmpty(description) ? null : description },
        };
        file?.Add(wanted.Name, SavedKeys.OfNewCard(wanted, netns));
        ChangePlan plan = CardPlans.Add(state, wanted, force);
        int code = SavedKeys.Execute(plan, netlink, journal, file, wanted.Name, json);
        if (wanted is { Owner: null, Group: null })
        {
            Console.Error.WriteLine(
                $"tunbridge: note: {wanted.Name} gets no owner, so any user who may open /dev/net/tun can attach to it (--owner USER)");
        }

        return code;
    }

    private static CardKind ReadKind(string name, string? kind) => (kind, name) switch
    {
        ("tun", _) => CardKind.Tun,
        ("tap", _) => CardKind.Tap,
        (_, ['t', 'u', 'n', ..]) => CardKind.Tun,
        (_, ['t', 'a', 'p', ..]) => CardKind.Tap,
        _ => throw new UsageException($"say what {name} is to be: --kind tun (IP packets) or --kind tap (Ethernet frames)"),
    };

    private static void CheckName(string name)
    {
        // A template is judged by the name that it becomes at most: the kernel's own limit is on that one.
        string plain = IsTemplate(name) ? name.Replace("%d", "0", StringComparison.Ordinal) : name;
        if (InterfaceName.FindMistake(plain) is { } mistake)
            throw new UsageException(mistake);
    }

    private static bool IsTemplate(string name) =>
        name.IndexOf("%d", StringComparison.Ordinal) is >= 0 and int at &&
        name.IndexOf('%', at + 1) < 0 && name.IndexOf('%', StringComparison.Ordinal) == at;

    private static string Resolve(string name, HostState state)
    {
        if (!IsTemplate(name))
            return name;
        for (int i = 0; ; i++)
        {
            string candidate = name.Replace("%d", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            if (InterfaceName.FindMistake(candidate) is { } mistake)
                throw new RefusedException(mistake);
            if (state.Find(candidate) is null)
                return candidate;
        }
    }
}
