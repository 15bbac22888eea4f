// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>Where a packet goes: to the card, to one peer, to all of them, or nowhere.</summary>
public readonly record struct RouteDecision
{
    /// <summary>
    /// Why it goes nowhere; <see cref="DropReason.None"/> when it goes somewhere. <see cref="DropReason.NoRoute"/> is nobody's fault
    /// and is only counted.
    /// </summary>
    public DropReason Drop { get; init; }

    /// <summary>It goes to the card.</summary>
    public bool ToCard { get; init; }

    /// <summary>It goes to all peers but the one that it came from.</summary>
    public bool ToAll { get; init; }

    /// <summary>It goes to one peer; null for none or all.</summary>
    public TunnelPeer? Peer { get; init; }
}
