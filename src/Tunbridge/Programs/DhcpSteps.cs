// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Programs;

/// <summary>The DHCP clients of cards as steps of a plan, and their running.</summary>
internal static class DhcpSteps
{
    internal static void Add(
        List<ProgramChange> steps, List<Refusal> refusals, ChangePlan plan, DesiredState part, PlanOptions options,
        CardPrograms.Moves moves, ProgramPicture picture, bool isRemoval)
    {
        bool Chosen(string card) => options.Devices.Count == 0 || options.Devices.Contains(card);
        List<DeviceDefinition> wanting = isRemoval ? [] : [.. part.Devices.Where(d => d.Dhcp is not null && d.Up && !d.IsAbsent && Chosen(d.Name))];
        IReadOnlyList<DhcpProcess> running = [.. picture.Clients.Select(DhcpProcess.Of).Where(p => Chosen(p.Card))];
        HashSet<string> kept = [];
        foreach (DeviceDefinition device in wanting.Where(d => moves.IsThere(d.Name)))
        {
            if (Find(device, out string mistake) is not { } clients)
            {
                refusals.Add(new() { Card = device.Name, Message = $"{device.PositionOf("dhcp")}: dhcp of {device.Name}: {mistake}", CanForce = false });
                continue;
            }

            foreach (DhcpClient client in clients)
            {
                DhcpProcess? there = moves.IsRemade(device.Name) ? null : running.FirstOrDefault(
                    p => p.Card == device.Name && p.Client == client.Name && p.Families == client.Families);
                if (there is not null)
                    kept.Add(there.Path);
                else
                    steps.Add(Start(part.Instance, device.Name, client));
            }
        }

        foreach (DhcpProcess process in running.Where(p => !kept.Contains(p.Path)))
        {
            ChangePhase when = moves.IsRemade(process.Card) ? ChangePhase.PrepareRoom
                : moves.IsDeleted(process.Card) || plan.Before.Find(process.Card) is null ? ChangePhase.PreDown
                : moves.GoesDown(process.Card) ? ChangePhase.PrepareDown
                // Before another one starts.
                : ChangePhase.PreUp;
            DeviceDefinition? device = part.Devices.FirstOrDefault(d => d.Name == process.Card);
            steps.Add(Stop(part.Instance, process, device, when));
        }
    }

    /// <summary>Ends clients of some cards that did not run before, where no step of theirs was left to do it.</summary>
    internal static void StopOthers(string instance, IReadOnlyList<string> cards, ProgramPicture before)
    {
        HashSet<DhcpProcess> ran = [.. before.Clients.Select(DhcpProcess.Of)];
        HashSet<string> paths = [.. ran.Select(p => p.Path)];
        foreach (DhcpProcess process in DhcpProcess.List(instance).Where(p => cards.Contains(p.Card) && !ran.Contains(p) && !paths.Contains(p.Path)))
            process.Stop(release: true);
    }

    internal static void Compare(
        DesiredState part, DeviceDefinition device, HostState state, List<StatusDifference> differences, List<string> notes)
    {
        if (device.Dhcp is null || !device.Up)
            return;
        if (ProcessIdentity.EffectiveUserId != 0 && StateDirectory.Find() is null)
        {
            // Root's records are in its own directory.
            notes.Add("dhcp: which client runs, only root can tell");
            return;
        }

        List<DhcpProcess> running = [.. DhcpProcess.List(part.Instance).Where(p => p.Card == device.Name && p.IsRunning)];
        string declared = Find(device, out _) is { } clients ? Text(clients.Select(c => (c.Name, c.Families))) : device.Dhcp.Client ?? "a client";
        string found = Text(running.Select(p => (p.Client, p.Families)));
        if (declared != found)
            differences.Add(new() { Key = "dhcp", Declared = declared, Found = found });
        string[] leased = state.Find(device.Name) is Link link
            ? [.. state.AddressesOf(link).Where(a => !a.Flags.HasFlag(AddressFlags.Permanent) && !a.Address.IsIPv6LinkLocal).Select(a => a.ToString())]
            : [];
        foreach (DhcpProcess process in running)
            notes.Add($"dhcp: {process.Client}, process {process.ProcessId}, {(leased.Length == 0 ? "no address yet" : string.Join(", ", leased))}");
    }

    /// <summary>The clients of a card, and the script that they call; null, with a reason, when none is installed.</summary>
    private static IReadOnlyList<DhcpClient>? Find(DeviceDefinition device, out string mistake) => DhcpClient.Find(
        device, DhcpEvent.ScriptPath, StateFile.PathOf(device.Name, ""), out mistake);

    private static string Text(IEnumerable<(string Name, string Families)> clients) => string.Join(
        ", ", clients.OrderBy(c => c.Families, StringComparer.Ordinal).Select(c => $"{c.Name} for IPv{string.Join(" and IPv", c.Families.ToCharArray())}"));

    private static ProgramChange Start(string instance, string card, DhcpClient client)
    {
        string path = StateFile.PathOf(card, $"-{client.Families}.dhcp");
        return new(
            card, $"start-dhcp{client.Families}", $"start {Text([(client.Name, client.Families)])} on {card}",
            $"execve {LaunchRequest.Show(client.Command)}", ChangePhase.Serve)
        {
            After = Text([(client.Name, client.Families)]),
            Run = () =>
            {
                DhcpEvent.PrepareScript();
                DhcpProcess.Launch(instance, card, client);
            },
            TakeBack = () => DhcpProcess.List(instance).FirstOrDefault(p => p.Path == path)?.Stop(release: true),
            Look = () => DhcpProcess.List(instance).Any(p => p.Path == path && p.IsRunning) ? null : $"{client.Name} has ended",
        };
    }

    private static ProgramChange Stop(string instance, DhcpProcess process, DeviceDefinition? device, ChangePhase when) =>
        new(
            process.Card, $"stop-dhcp{process.Families}", $"stop {Text([(process.Client, process.Families)])} on {process.Card}",
            $"kill {process.ProcessId}", when)
        {
            Before = Text([(process.Client, process.Families)]),
            Run = () => process.Stop(release: true),
            TakeBack = () =>
            {
                // Of a card that the file no longer has, nothing tells how it was asked for.
                DhcpClient? client = device?.Dhcp is null ? null : Find(device, out _)?.FirstOrDefault(c => c.Families == process.Families);
                if (client is null)
                    throw new IOException($"{process.Client} of {process.Card} was stopped and is not started again");
                DhcpProcess.Launch(instance, process.Card, client);
            },
        };
}
