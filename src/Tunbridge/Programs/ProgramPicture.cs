// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration;

namespace Tunbridge.Programs;

/// <summary>What programs had been told, and which of them ran, before a plan: what its steps are made from.</summary>
/// <remarks>A trial's is written down, for the steps are made again from it when the trial's process is dead.</remarks>
internal sealed record ProgramPicture
{
    /// <summary>What this instance told the resolver: the records.</summary>
    public required IReadOnlyList<StateRecord> Told { get; init; }

    /// <summary>What the resolver knows of cards whose name servers the file declares, by card.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Known { get; init; }

    /// <summary>The DHCP clients of this instance that ran: their records.</summary>
    public required IReadOnlyList<StateRecord> Clients { get; init; }

    /// <summary>Cards whose coming was not over when a run was killed.</summary>
    public required IReadOnlyList<string> Pending { get; init; }

    /// <summary>Looks, in the calling thread's namespace.</summary>
    /// <param name="plan">What the kernel is going to do.</param>
    /// <param name="part">The file, as far as it is about this namespace.</param>
    /// <param name="options">Which cards.</param>
    /// <param name="pending"><see cref="Pending"/>.</param>
    internal static ProgramPicture Read(ChangePlan plan, DesiredState part, PlanOptions options, IReadOnlyList<string> pending)
    {
        CardPrograms.Moves moves = new(plan);
        Dictionary<string, IReadOnlyDictionary<string, string>> known = [];
        // A new card is unknown, and the asking is a process each.
        foreach (DeviceDefinition device in part.Devices.Where(d => d.Dns is not null && !d.IsAbsent && !moves.IsNew(d.Name) && moves.IsThere(d.Name)))
        {
            bool isChosen = options.Devices.Count == 0 || options.Devices.Contains(device.Name);
            if (isChosen && HostResolver.Find()?.Read(device.Name) is ResolverEntry found)
                known[device.Name] = ResolverSteps.FieldsOf(found);
        }

        return new()
        {
            Told = [.. StateFile.List(part.Instance, ResolverSteps.Ending)],
            Known = known,
            Clients = [.. StateFile.List(part.Instance, DhcpProcess.Ending).Where(r => DhcpProcess.Of(r).IsRunning)],
            Pending = pending,
        };
    }
}
