// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>The card a descriptor is attached to, by TUNGETIFF.</summary>
public readonly record struct TunInterface
{
    /// <summary>Its present name, also after a rename.</summary>
    public required string Name { get; init; }

    /// <summary>Its flags.</summary>
    public required TunFlags Flags { get; init; }
}
