// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Switching;

/// <summary>An address in a <see cref="LearningTable"/>.</summary>
public readonly record struct LearnedAddress
{
    /// <summary>The address.</summary>
    public required MacAddress Address { get; init; }

    /// <summary>The VLAN it was seen in; 0 for none.</summary>
    public required int Vlan { get; init; }

    /// <summary>The port it was last seen on.</summary>
    public required int Port { get; init; }

    /// <summary>When.</summary>
    public required TimeSpan Seen { get; init; }
}
