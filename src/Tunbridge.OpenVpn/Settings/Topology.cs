// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>How the addresses of a TUN network are laid out (<c>topology</c>).</summary>
public enum Topology
{
    /// <summary>Four addresses a client, of which two are used: what holds without a word.</summary>
    Net30 = 0,

    /// <summary>One address a client, with the server's as the other end.</summary>
    PointToPoint = 1,

    /// <summary>One network for all.</summary>
    Subnet = 2,
}
