// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>What became of a repair.</summary>
internal sealed record RepairOutcome
{
    /// <summary>Which repair.</summary>
    public required RepairKind Kind { get; init; }

    /// <summary>Whether it was done.</summary>
    public required bool IsDone { get; init; }

    /// <summary>What was done, or why not.</summary>
    public required string Message { get; init; }
}
