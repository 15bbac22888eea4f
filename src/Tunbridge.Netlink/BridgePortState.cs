// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>The state of a bridge port (BR_STATE_*, IEEE 802.1D).</summary>
public enum BridgePortState : byte
{
    /// <summary>Down, or without carrier.</summary>
    Disabled = 0,

    /// <summary>Waiting, hears only bridge protocol.</summary>
    Listening = 1,

    /// <summary>Learns addresses, forwards nothing.</summary>
    Learning = 2,

    /// <summary>Forwards.</summary>
    Forwarding = 3,

    /// <summary>Kept out of a loop by the spanning tree.</summary>
    Blocking = 4,
}
