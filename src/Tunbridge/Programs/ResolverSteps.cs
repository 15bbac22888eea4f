// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Output;

namespace Tunbridge.Programs;

/// <summary>The name servers of cards as steps of a plan, and their being known.</summary>
internal static class ResolverSteps
{
    internal const string Ending = ".dns";
    private const string NobodyThere = "neither systemd-resolved nor resolvconf is on this host, so nobody is told the name servers";

    internal static void Add(
        List<ProgramChange> steps, ChangePlan plan, DesiredState part, PlanOptions options, CardPrograms.Moves moves,
        ProgramPicture picture, bool isRemoval)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> told =
            picture.Told.DistinctBy(r => r.Fields["card"]).ToDictionary(r => r.Fields["card"], r => r.Fields);
        List<DeviceDefinition> wanting = isRemoval ? [] : [.. part.Devices.Where(d => d.Dns is not null && !d.IsAbsent && Chosen(d.Name))];
        bool Chosen(string card) => options.Devices.Count == 0 || options.Devices.Contains(card);
        if (told.Count + wanting.Count == 0)
            return;
        HostResolver? resolver = HostResolver.Find();
        foreach (DeviceDefinition device in wanting.Where(d => moves.IsThere(d.Name)))
        {
            if (resolver is null)
            {
                // The card is of use all the same.
                Terminal.Warn($"note: {device.PositionOf("dns")}: dns of {device.Name}: {NobodyThere}");
                continue;
            }

            ResolverEntry? found = picture.Known.TryGetValue(device.Name, out IReadOnlyDictionary<string, string>? known) ? Parse(known) : null;
            if (TextOf(found) != TextOf(EntryOf(device.Dns!)))
                steps.Add(Tell(resolver, part.Instance, device, found));
        }

        HashSet<string> kept = [.. wanting.Where(d => moves.IsThere(d.Name)).Select(d => d.Name)];
        foreach ((string card, IReadOnlyDictionary<string, string> record) in told)
        {
            bool goes = !kept.Contains(card) && Chosen(card);
            if (resolver is not null && (goes || moves.IsRemade(card)))
                steps.Add(Forget(resolver, card, record, WhenOf(card, plan, moves)));
        }
    }

    internal static void Compare(DesiredState part, DeviceDefinition device, List<StatusDifference> differences, List<string> notes)
    {
        if (device.Dns is null)
            return;
        if (HostResolver.Find() is not HostResolver resolver)
        {
            notes.Add($"dns: {NobodyThere}");
            return;
        }

        string found = TextOf(resolver.Read(device.Name));
        if (found != TextOf(EntryOf(device.Dns)))
            differences.Add(new() { Key = "dns", Declared = TextOf(EntryOf(device.Dns)), Found = found });
    }

    private static ProgramChange Tell(HostResolver resolver, string instance, DeviceDefinition device, ResolverEntry? found)
    {
        ResolverEntry wanted = EntryOf(device.Dns!);
        string path = StateFile.PathOf(device.Name, Ending);
        return new(
            device.Name, "set-dns", $"tell {resolver.Name} the name servers of {device.Name}: {TextOf(wanted)}",
            resolver.ShowTell(device.Name, wanted), ChangePhase.Serve)
        {
            Before = found is null ? null : TextOf(found),
            After = TextOf(wanted),
            Run = () =>
            {
                // Before it is told, so that a killed run leaves nothing that nobody takes back.
                StateFile.Write(path, new Dictionary<string, string>(FieldsOf(wanted)) { ["instance"] = instance, ["card"] = device.Name });
                resolver.Tell(device.Name, wanted);
            },
            TakeBack = () =>
            {
                if (found is null)
                {
                    resolver.Forget(device.Name);
                    File.Delete(path);
                }
                else
                {
                    resolver.Tell(device.Name, found);
                }
            },
            Look = () => TextOf(resolver.Read(device.Name)) is string now && now != TextOf(wanted)
                ? $"{resolver.Name} has {(now.Length == 0 ? "none" : now)}"
                : null,
        };
    }

    private static ProgramChange Forget(
        HostResolver resolver, string card, IReadOnlyDictionary<string, string> record, ChangePhase phase)
    {
        string path = StateFile.PathOf(card, Ending);
        ResolverEntry before = Parse(record);
        return new(card, "forget-dns", $"have {resolver.Name} forget the name servers of {card}", resolver.ShowForget(card), phase)
        {
            Before = TextOf(before),
            Run = () =>
            {
                try
                {
                    resolver.Forget(card);
                }
                catch (IOException e)
                {
                    // What goes, goes; resolved knows nothing of a card that is gone already.
                    Terminal.Warn($"note: {card}: {e.Message}");
                }

                File.Delete(path);
            },
            TakeBack = () =>
            {
                StateFile.Write(path, record);
                resolver.Tell(card, before);
            },
        };
    }

    /// <summary>Name servers as a record has them.</summary>
    internal static Dictionary<string, string> FieldsOf(ResolverEntry dns) => new()
    {
        ["servers"] = string.Join(' ', dns.Servers),
        ["search"] = string.Join(' ', dns.Search),
    };

    private static ResolverEntry Parse(IReadOnlyDictionary<string, string> fields)
    {
        string[] Words(string key) => (fields.GetValueOrDefault(key) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        List<IPAddress> servers = [];
        foreach (string word in Words("servers"))
        {
            if (IPAddress.TryParse(word, out IPAddress? server))
                servers.Add(server);
        }

        return new() { Servers = servers, Search = Words("search") };
    }

    private static ChangePhase WhenOf(string card, ChangePlan plan, CardPrograms.Moves moves) =>
        moves.IsRemade(card) ? ChangePhase.PrepareRoom
        : moves.IsDeleted(card) || plan.Before.Find(card) is null ? ChangePhase.PreDown
        : ChangePhase.Serve;

    private static ResolverEntry EntryOf(DeviceDns dns) => new() { Servers = dns.Servers, Search = dns.Search };

    private static string TextOf(ResolverEntry? dns) => dns is null ? "" : string.Join(' ', dns.Servers) +
        (dns.Search.Count > 0 ? $"{(dns.Servers.Count > 0 ? " " : "")}search {string.Join(' ', dns.Search)}" : "");
}
