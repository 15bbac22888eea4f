// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Switching;

/// <summary>What a table made of an address that it was told of.</summary>
public enum LearnOutcome
{
    /// <summary>It was known on that port; its age starts anew.</summary>
    Refreshed,

    /// <summary>It is new, or had aged.</summary>
    Added,

    /// <summary>It was known on another port, and is now on this one.</summary>
    Moved,

    /// <summary>It is not kept: it names no single station (a group, or zero).</summary>
    NotAStation,

    /// <summary>It is not kept: the port has as many addresses as it may have.</summary>
    PortFull,

    /// <summary>It is not kept: the table is full of addresses that have not aged.</summary>
    TableFull,
}
