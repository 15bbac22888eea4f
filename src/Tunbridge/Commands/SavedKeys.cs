// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Configuration.Editing;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>What <c>add</c> and <c>set</c> write into a file (<c>--save</c>).</summary>
internal static class SavedKeys
{
    /// <summary>The keys of a card as it was asked for; what the file means without a word is left out.</summary>
    internal static List<DeviceEdit> OfNewCard(CardSettings card, string? networkNamespace)
    {
        List<DeviceEdit> keys = [new() { Key = "kind", Value = card.Kind == CardKind.Tap ? "tap" : "tun" }];
        AddShared(keys, card);
        if (card.Mark?.Description is string description)
            keys.Add(new() { Key = "description", Value = description });
        if (card.AlternativeNames is { Count: > 0 } names)
            keys.Add(new() { Key = "alt-names", AddedItems = names });
        if (card.Addresses is { Count: > 0 } addresses)
            keys.Add(new() { Key = "addresses", AddedItems = [.. addresses.Select(a => a.ToString())] });
        AddFlag(keys, "promiscuous", card.Promiscuous);
        AddFlag(keys, "multi-queue", card.MultiQueue);
        AddFlag(keys, "vnet-header", card.VirtioHeader);
        AddFlag(keys, "packet-info", card.PacketInformation);
        if (networkNamespace is not null)
            keys.Add(new() { Key = "netns", Value = networkNamespace });
        // A file's card is up unless it is said; a card of the command line is down unless it is said.
        if (card.Up != true)
            keys.Add(new() { Key = "up", Value = "false" });
        return keys;
    }

    /// <summary>The keys that were asked to change; addresses that are in the file are not added twice.</summary>
    internal static List<DeviceEdit> OfChange(
        CardSettings card, IReadOnlyList<IpPrefix> added, IReadOnlyList<IpPrefix> removed, string? description, DesiredState? desired)
    {
        List<DeviceEdit> keys = [];
        AddShared(keys, card with { Bridge = card.Bridge is { Length: 0 } ? null : card.Bridge });
        if (card.Bridge is { Length: 0 })
            keys.Add(new() { Key = "bridge" });
        AddFlag(keys, "promiscuous", card.Promiscuous);
        AddFlag(keys, "up", card.Up);
        DeviceDefinition? declared = desired?.Devices.FirstOrDefault(d => d.Name == card.Name);
        if (description is not null)
            keys.Add(new() { Key = "description", Value = description.Length > 0 ? description : null });
        // All that it has then: the file is to say the same.
        IReadOnlyList<string> said = declared?.AlternativeNames ?? [];
        DeviceEdit names = new()
        {
            Key = "alt-names",
            AddedItems = [.. (card.AlternativeNames ?? said).Except(said)],
            RemovedItems = [.. said.Except(card.AlternativeNames ?? said)],
        };
        if (names.IsList)
            keys.Add(names);
        HashSet<IpPrefix> present = [.. declared?.Addresses.Select(a => a.Prefix) ?? []];
        DeviceEdit addresses = new()
        {
            Key = "addresses",
            AddedItems = [.. added.Where(a => !present.Contains(a)).Select(a => a.ToString())],
            RemovedItems = [.. removed.Where(present.Contains).Select(a => a.ToString())],
        };
        if (addresses.IsList)
            keys.Add(addresses);
        return keys;
    }

    /// <summary>
    /// Carries a plan out and then writes the file, which is only written when the plan worked; without a journal, says what
    /// it would do.
    /// </summary>
    internal static int Execute(
        ChangePlan plan, RouteNetlink netlink, ChangeJournal? journal, SavedFile? file, string card, bool json)
    {
        if (file is null)
            return PlanOutput.Execute(plan, netlink, journal, json);
        bool dryRun = journal is null;
        if (!dryRun && plan.Refusals.Count == 0)
            file.Prepare();
        int code = PlanOutput.Execute(plan, netlink, journal, json);
        if (code != ExitCode.Done)
            return code;
        if (!dryRun)
            file.Commit();
        if (!json)
            Console.Out.WriteLine($"{(dryRun ? "would write" : "wrote")} {card} to {file.Path}");
        return code;
    }

    private static void AddShared(List<DeviceEdit> keys, CardSettings card)
    {
        if (card.Owner is uint owner)
            keys.Add(new() { Key = "owner", Value = UserDatabase.FindUserName(owner) ?? Number(owner) });
        if (card.Group is uint group)
            keys.Add(new() { Key = "group", Value = UserDatabase.FindGroupName(group) ?? Number(group) });
        if (card.Mac is HardwareAddress mac)
            keys.Add(new() { Key = "mac", Value = mac.ToString() });
        if (card.Mtu is int mtu)
            keys.Add(new() { Key = "mtu", Value = Number(mtu) });
        if (card.TransmitQueueLength is int length)
            keys.Add(new() { Key = "txqueuelen", Value = Number(length) });
        if (card.Bridge is string bridge)
            keys.Add(new() { Key = "bridge", Value = bridge });
    }

    private static void AddFlag(List<DeviceEdit> keys, string key, bool? value)
    {
        if (value is bool flag)
            keys.Add(new() { Key = key, Value = flag ? "true" : "false" });
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
