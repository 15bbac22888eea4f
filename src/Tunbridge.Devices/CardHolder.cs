// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>A process that has a card open.</summary>
public sealed record CardHolder
{
    /// <summary>The process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Its command line, blanks between the arguments; its name in brackets when it has none.</summary>
    public required string Command { get; init; }

    /// <summary>How many descriptors of the card it has.</summary>
    public required int QueueCount { get; init; }

    /// <summary>How many of them are detached queues; null when the descriptors could not be looked at.</summary>
    public required int? DetachedQueueCount { get; init; }

    /// <summary>
    /// Whether the card is known to be in the namespace asked about; otherwise only its name matches, and the process
    /// runs in that namespace as far as could be told.
    /// </summary>
    public required bool IsCertain { get; init; }

    /// <summary><c>process 1234 (qemu-system-x86_64 -netdev …)</c>.</summary>
    public override string ToString() => $"process {ProcessId} ({Command})";
}
