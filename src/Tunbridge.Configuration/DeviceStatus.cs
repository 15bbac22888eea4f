// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>How one card stands against its declaration.</summary>
public sealed record DeviceStatus
{
    /// <summary>The card.</summary>
    public required string Name { get; init; }

    /// <summary>How it stands.</summary>
    public required DeviceCondition Condition { get; init; }

    /// <summary>Each key that differs; empty unless the condition is <see cref="DeviceCondition.Different"/>.</summary>
    public IReadOnlyList<StatusDifference> Differences { get; init; } = [];

    /// <summary>What is there instead, for a foreign card; else empty.</summary>
    public string Note { get; init; } = "";
}
