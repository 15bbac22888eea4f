// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>How one of the two cards of a <see cref="Forwarder"/> is.</summary>
public sealed record JoinedCardState
{
    /// <summary>The card's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is the first of the two.</summary>
    public required bool IsFirst { get; init; }

    /// <summary>Whether packets can reach it; false while the forwarder waits for it to return.</summary>
    public required bool IsAttached { get; init; }

    /// <summary>Why it is not attached; null when it is.</summary>
    public string? Reason { get; init; }
}
