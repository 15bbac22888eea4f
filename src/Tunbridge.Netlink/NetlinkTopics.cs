// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What a monitor listens to.</summary>
[Flags]
public enum NetlinkTopics : int
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Cards.</summary>
    Links = 1,

    /// <summary>Addresses, IPv4 and IPv6.</summary>
    Addresses = 2,

    /// <summary>Routes, IPv4 and IPv6.</summary>
    Routes = 4,

    /// <summary>Neighbours.</summary>
    Neighbours = 8,

    /// <summary>Rules, IPv4 and IPv6.</summary>
    Rules = 16,

    /// <summary>Settings of single cards, IPv4 and IPv6; not all of them have events (<see cref="SettingsEvent"/>).</summary>
    Settings = 32,

    /// <summary>Everything.</summary>
    All = 63,
}
