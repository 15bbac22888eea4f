// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>For servers on a TUN: packets go to the peer whose network is the nearest to their destination.</summary>
/// <remarks>
/// A packet of a peer must have a source address that leads to that peer. Multicast and broadcast of the card go to all peers;
/// those of a peer to the card and, with <see cref="ClientToClient"/>, to all others. Thread-safe.
/// </remarks>
public sealed class RoutedPeerRouter : PeerRouter
{
    private readonly RoutingTable<TunnelPeer> _routes = new();

    /// <summary>Packets between two peers are forwarded here; otherwise the card gets them, and the kernel decides.</summary>
    public bool ClientToClient { get; init; }

    /// <summary>The broadcast address of the tunnel's network; null for none.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>Leads a network to a peer; replaces the route of exactly this network.</summary>
    /// <param name="network">The network; a single address with its full prefix length.</param>
    /// <param name="peer">The peer.</param>
    public void AddRoute(IPNetwork network, TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _routes.Add(network, peer);
    }

    /// <summary>Takes a route out, if it leads to this peer.</summary>
    /// <param name="network">The network, as it was added.</param>
    /// <param name="peer">The peer.</param>
    /// <returns>Whether it was there.</returns>
    public bool RemoveRoute(IPNetwork network, TunnelPeer peer) => _routes.Remove(network, peer);

    /// <inheritdoc/>
    public override RouteDecision FromCard(ReadOnlySpan<byte> packet) => new() { Drop = DropReason.NoRoute };

    /// <inheritdoc/>
    public override RouteDecision FromPeer(TunnelPeer sender, ReadOnlySpan<byte> packet, long nowMilliseconds) =>
        new() { Drop = DropReason.WrongSource };

    /// <inheritdoc/>
    public override void AddPeer(TunnelPeer peer) => ArgumentNullException.ThrowIfNull(peer);

    /// <inheritdoc/>
    public override void RemovePeer(TunnelPeer peer) => _routes.RemoveAll(peer);
}
