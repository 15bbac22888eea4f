// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>What the kernel made of a transmit filter (the result of TUNSETTXFILTER).</summary>
public readonly record struct TransmitFilterState
{
    /// <summary>
    /// How many addresses are matched exactly, at most 8; multicast addresses beyond them are matched by hash, which
    /// lets
    /// some others through.
    /// </summary>
    public required int ExactCount { get; init; }

    /// <summary>Whether anything is filtered: false for an empty list, and for more than 8 unicast addresses.</summary>
    public bool IsOn => ExactCount > 0;
}
