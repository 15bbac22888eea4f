// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>For clients and point-to-point tunnels: everything goes to the one peer, and comes from it.</summary>
/// <remarks>With several peers, as while one replaces another, the one added last. Thread-safe.</remarks>
public sealed class SinglePeerRouter : PeerRouter
{
    private volatile TunnelPeer? _peer;

    /// <inheritdoc/>
    public override RouteDecision FromCard(ReadOnlySpan<byte> packet, long nowMilliseconds) =>
        _peer is { } peer ? new() { Peer = peer } : new() { Drop = DropReason.NotEstablished };

    /// <inheritdoc/>
    public override RouteDecision FromPeer(TunnelPeer sender, ReadOnlySpan<byte> packet, long nowMilliseconds) =>
        new() { ToCard = true };

    /// <inheritdoc/>
    public override void AddPeer(TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _peer = peer;
    }

    /// <inheritdoc/>
    public override void RemovePeer(TunnelPeer peer)
    {
        if (_peer == peer)
            _peer = null;
    }
}
