// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Hosting;

/// <summary>An address that a peer's frames have taught a <see cref="SwitchedPeerRouter"/>.</summary>
public readonly record struct SwitchedAddress
{
    /// <summary>The address.</summary>
    public required MacAddress Address { get; init; }

    /// <summary>The peer behind which it is.</summary>
    public required TunnelPeer Peer { get; init; }

    /// <summary>When a frame last came from it, on the pump's clock.</summary>
    public required long SeenMilliseconds { get; init; }
}
