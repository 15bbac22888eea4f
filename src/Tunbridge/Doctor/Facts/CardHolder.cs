// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor.Facts;

/// <summary>A process that has a card open.</summary>
internal sealed record CardHolder
{
    /// <summary>The process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Its command line, or its name where that is empty.</summary>
    public required string Command { get; init; }

    /// <summary>The systemd unit it belongs to, or null.</summary>
    public string? Unit { get; init; }

    /// <summary>The holder in words.</summary>
    public override string ToString() =>
        $"process {ProcessId} ({Command})" + (Unit is null ? "" : $" of {Unit}");
}
