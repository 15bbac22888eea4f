// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>What a card asks a DHCP server for (<c>dhcp</c>).</summary>
public sealed record DeviceDhcp
{
    /// <summary>Whether an IPv4 address is asked for (<c>v4</c>; <c>dhcp: true</c> means this).</summary>
    public bool IPv4 { get; init; }

    /// <summary>Whether an IPv6 address is asked for (<c>v6</c>).</summary>
    public bool IPv6 { get; init; }

    /// <summary>The client (<c>client</c>): udhcpc, dhcpcd or dhclient; null for the first that is installed.</summary>
    public string? Client { get; init; }
}
