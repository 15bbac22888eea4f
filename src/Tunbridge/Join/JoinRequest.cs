// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Join;

/// <summary>What `tunbridge join` was asked for.</summary>
internal sealed record JoinRequest
{
    internal required string First { get; init; }

    internal required string Second { get; init; }

    internal string? CaptureFile { get; init; }

    /// <summary>How often counters are printed; null for once, at the end.</summary>
    internal TimeSpan? Interval { get; init; }

    internal bool Json { get; init; }

    internal required int Queues { get; init; }

    internal bool Offload { get; init; }
}
