// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Programs;

/// <summary>A DHCP client that runs for a card, as its record tells.</summary>
internal sealed record DhcpProcess
{
    internal const string Ending = ".dhcp";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    internal required string Card { get; init; }

    internal required string Client { get; init; }

    internal required string Families { get; init; }

    internal required int ProcessId { get; init; }

    internal required long Start { get; init; }

    internal required string Path { get; init; }

    /// <summary>Whether it runs still.</summary>
    internal bool IsRunning => ProcessHandle.FindStart(ProcessId) == Start;

    /// <summary>What an instance started in the calling thread's namespace, running or not.</summary>
    internal static IReadOnlyList<DhcpProcess> List(string instance) => [.. StateFile.List(instance, Ending).Select(Of)];

    /// <summary>What a record tells.</summary>
    internal static DhcpProcess Of(StateRecord record) => new()
    {
        Card = record.Fields.GetValueOrDefault("card") ?? "",
        Client = record.Fields.GetValueOrDefault("client") ?? "",
        Families = record.Fields.GetValueOrDefault("families") ?? "",
        ProcessId = Number(record.Fields, "process") is var id and < int.MaxValue ? (int)id : 0,
        Start = Number(record.Fields, "start"),
        Path = record.Path,
    };

    /// <summary>Starts a client in the calling thread's namespace.</summary>
    internal static void Launch(string instance, string card, DhcpClient client)
    {
        Dictionary<string, string> environment = new(ProgramRun.OwnEnvironment) { ["PATH"] = SystemTool.SearchPath };
        ProgramRun.ToStay(new()
        {
            Command = client.Command,
            Environment = environment,
            Record = StateFile.PathOf(card, $"-{client.Families}{Ending}"),
            Note = new Dictionary<string, string>
            {
                ["instance"] = instance,
                ["card"] = card,
                ["client"] = client.Name,
                ["families"] = client.Families,
            },
        });
    }

    /// <summary>Ends it.</summary>
    /// <param name="release">
    /// Whether the lease is given back, where the client can, and its address taken away by the calling thread; else the
    /// address stays until its time is over.
    /// </param>
    internal void Stop(bool release)
    {
        using (ProcessHandle? process = ProcessHandle.TryOpen(ProcessId, Start))
        {
            if (process is not null)
            {
                // udhcpc gives back on SIGUSR2, and then waits; the leases of dhcpcd and dhclient run out.
                if (release && Client == "udhcpc")
                    process.SignalUser2();
                process.Terminate();
                if (!process.WaitForExit(s_patience))
                {
                    ProcessHandle.EndGroup(ProcessId, isForced: true);
                    process.WaitForExit(s_patience);
                }
            }
        }

        if (release)
        {
            // Those that do not clean up behind themselves; for the thread in the card's namespace.
            DhcpEvent.Clear(Card);
            File.Delete(System.IO.Path.ChangeExtension(Path, ".leases"));
        }

        File.Delete(Path);
    }

    private static long Number(IReadOnlyDictionary<string, string> fields, string key) =>
        long.TryParse(fields.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;
}
