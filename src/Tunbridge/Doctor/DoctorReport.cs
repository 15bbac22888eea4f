// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>Everything the examination found.</summary>
internal sealed record DoctorReport
{
    /// <summary>The checks in the order of proof.</summary>
    public required IReadOnlyList<Check> Checks { get; init; }

    /// <summary>Whether cards (or the named card) can be used: no check failed.</summary>
    public bool IsUsable => Checks.All(c => c.Status != CheckStatus.Fail);

    /// <summary>Whether anything at all was remarked on.</summary>
    public bool IsClean => Checks.All(c => c.Status is CheckStatus.Ok or CheckStatus.Skip);

    /// <summary>What <c>--fix</c> can do, each once, in the order it must be done.</summary>
    public IReadOnlyList<RepairKind> Repairs =>
        [.. Checks.SelectMany(c => c.Fix?.Repairs ?? []).Distinct().Order()];
}
