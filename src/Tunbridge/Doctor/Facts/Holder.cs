// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Linux;

namespace Tunbridge.Doctor.Facts;

/// <summary>A process that has a card open, with the unit that a person would stop.</summary>
internal sealed record Holder
{
    /// <summary>The process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Its command line.</summary>
    public required string Command { get; init; }

    /// <summary>The systemd service or scope it belongs to, or null.</summary>
    public string? Unit { get; init; }

    /// <summary>The processes that hold a card of this network namespace, as far as this user may see them.</summary>
    /// <param name="root">The machine.</param>
    /// <param name="card">The card's name.</param>
    /// <param name="isAttached">Whether the card has carrier, so that somebody holds it for certain.</param>
    public static IReadOnlyList<Holder> Find(DoctorRoot root, string card, bool isAttached)
    {
        try
        {
            return
            [
                // Where only the name matches, it may be another namespace's card, unless this one must have a holder.
                .. CardHolders.Find(card).Where(h => h.IsCertain || isAttached)
                    .Select(h => new Holder { ProcessId = h.ProcessId, Command = h.Command, Unit = UnitOf(root, h.ProcessId) }),
            ];
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            // Without /proc nobody can be named; the checks then go by the carrier.
            return [];
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"process {ProcessId} ({Command})" + (Unit is null ? "" : $" of {Unit}");

    private static string? UnitOf(DoctorRoot root, int process)
    {
        foreach (string line in root.ReadLines($"/proc/{process}/cgroup"))
        {
            string? unit = line.Split('/').LastOrDefault(p =>
                p.EndsWith(".service", StringComparison.Ordinal) || p.EndsWith(".scope", StringComparison.Ordinal));
            if (unit is not null)
                return unit;
        }

        return null;
    }
}
