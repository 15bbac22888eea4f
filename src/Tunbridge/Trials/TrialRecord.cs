// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration;
using Tunbridge.Netlink;
using Tunbridge.Programs;

namespace Tunbridge.Trials;

/// <summary>What `try` does to one namespace, as far as taking it back needs it: the picture before, and the file.</summary>
/// <remarks>
/// The plan follows from both, so it is made again instead of being written down step by step. Which of its programs had
/// begun, nothing shows afterwards: that stands in a second file (<see cref="Trial.NoteProgram"/>).
/// </remarks>
internal sealed record TrialRecord
{
    public required string Instance { get; init; }

    /// <summary>The file's cards in this namespace, which a file may write in several ways.</summary>
    public required IReadOnlyList<string> Cards { get; init; }

    public required string Path { get; init; }

    public required string RealPath { get; init; }

    public required PlanOptions Options { get; init; }

    public required IReadOnlyList<ConfigurationSource> Sources { get; init; }

    public required IReadOnlyList<Link> Links { get; init; }

    public required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    public required IReadOnlyList<Route> Routes { get; init; }

    public required IReadOnlyList<Rule> Rules { get; init; }

    public required IReadOnlyDictionary<string, string> Sysctls { get; init; }

    /// <summary>What programs had been told before.</summary>
    public required ProgramPicture Programs { get; init; }

    internal static TrialRecord Of(DesiredState desired, HostState before, ProgramPicture programs, PlanOptions options) => new()
    {
        Programs = programs,
        Instance = desired.Instance,
        Cards = [.. desired.Devices.Select(d => d.Name)],
        Path = desired.Path,
        RealPath = desired.RealPath,
        Options = options,
        Sources = desired.IsEmbeddedDefault
            ? [new() { Path = desired.Path, Text = ConfigurationFile.DefaultText }]
            : desired.Sources,
        Links = before.Links,
        Addresses = before.Addresses,
        Routes = before.RouteRecords,
        Rules = before.Rules,
        Sysctls = before.Sysctls,
    };

    /// <summary>The plan that was being carried out.</summary>
    internal ChangePlan MakePlan()
    {
        DesiredState whole = ConfigurationFile.Parse(Sources, Path, Instance) with { RealPath = RealPath };
        DesiredState part = whole with { Devices = [.. whole.Devices.Where(d => Cards.Contains(d.Name))] };
        ChangePlan plan = Planner.Up(part, HostState.Create(Links, Addresses, Routes, Rules, Sysctls), Options);
        return CardPrograms.Extend(plan, part, Options, Programs, isRemoval: false);
    }
}
