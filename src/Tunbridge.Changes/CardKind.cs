// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>What a card carries.</summary>
public enum CardKind
{
    /// <summary>Packets (layer 3).</summary>
    Tun,

    /// <summary>Ethernet frames (layer 2).</summary>
    Tap,
}
