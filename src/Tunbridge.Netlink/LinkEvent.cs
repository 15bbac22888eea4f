// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>A card appeared, changed or went.</summary>
public sealed record LinkEvent : NetlinkEvent
{
    /// <summary>What it is now, or was when it is removed.</summary>
    public required Link Link { get; init; }
}
