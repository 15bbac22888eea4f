// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>An address was added, changed or deleted.</summary>
public sealed record AddressEvent : NetlinkEvent
{
    /// <summary>What it is now, or was when it is removed.</summary>
    public required InterfaceAddress Address { get; init; }
}
