// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>A rule was added or deleted.</summary>
public sealed record RuleEvent : NetlinkEvent
{
    /// <summary>What it is now, or was when it is removed.</summary>
    public required Rule Rule { get; init; }
}
