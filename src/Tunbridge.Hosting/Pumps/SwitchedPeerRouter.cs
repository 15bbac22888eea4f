// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets.Switching;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>For servers on a TAP: a switch whose ports are the card and the peers.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class SwitchedPeerRouter : PeerRouter
{
    /// <summary>A router that knows no address yet.</summary>
    /// <param name="table">Bounds of the table of addresses; its seed should be random.</param>
    public SwitchedPeerRouter(LearningTableOptions table) => ArgumentNullException.ThrowIfNull(table);

    /// <summary>Frames between two peers are forwarded here; otherwise the card alone gets them.</summary>
    public bool ClientToClient { get; init; }

    /// <inheritdoc/>
    public override RouteDecision FromCard(ReadOnlySpan<byte> packet) => new() { Drop = DropReason.NoRoute };

    /// <inheritdoc/>
    public override RouteDecision FromPeer(TunnelPeer sender, ReadOnlySpan<byte> packet, long nowMilliseconds) =>
        new() { Drop = DropReason.WrongSource };

    /// <inheritdoc/>
    public override void AddPeer(TunnelPeer peer) => ArgumentNullException.ThrowIfNull(peer);

    /// <inheritdoc/>
    public override void RemovePeer(TunnelPeer peer) => ArgumentNullException.ThrowIfNull(peer);
}
