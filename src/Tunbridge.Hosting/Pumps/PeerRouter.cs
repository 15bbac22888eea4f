// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>Says where packets go: from the card to which peer, from a peer to the card or to another peer.</summary>
/// <remarks>
/// Decisions are asked for by several threads of the data path at once, while peers and routes come and go. Nothing on
/// that way allocates or waits. Bytes never throw.
/// </remarks>
public abstract class PeerRouter
{
    /// <summary>Where a packet of the card goes.</summary>
    /// <param name="packet">The packet or frame.</param>
    /// <param name="nowMilliseconds">The time, which only grows.</param>
    /// <returns>One peer, all peers, or why it is dropped.</returns>
    public abstract RouteDecision FromCard(ReadOnlySpan<byte> packet, long nowMilliseconds);

    /// <summary>Whether a peer may send a packet, and where it goes.</summary>
    /// <param name="sender">The peer that it authentically came from.</param>
    /// <param name="packet">The packet or frame.</param>
    /// <param name="nowMilliseconds">The time, which only grows.</param>
    /// <returns>To the card, to another peer, to all others, or why it is dropped.</returns>
    public abstract RouteDecision FromPeer(TunnelPeer sender, ReadOnlySpan<byte> packet, long nowMilliseconds);

    /// <summary>Takes a peer in; called by the pump.</summary>
    /// <param name="peer">The peer.</param>
    public abstract void AddPeer(TunnelPeer peer);

    /// <summary>Forgets a peer with all its routes; does nothing for one that is not there.</summary>
    /// <param name="peer">The peer.</param>
    public abstract void RemovePeer(TunnelPeer peer);
}
