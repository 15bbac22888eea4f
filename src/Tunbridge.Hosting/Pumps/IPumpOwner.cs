// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>Whoever runs the control side of a pump: hears of what is not data.</summary>
/// <remarks>Called on threads of the data path: copy, post to the owner's own task and return at once; never throw.</remarks>
public interface IPumpOwner
{
    /// <summary>A control datagram.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="datagram">The datagram; valid during the call.</param>
    void OnControl(in LinkPath from, ReadOnlySpan<byte> datagram);

    /// <summary>Authentic data of a peer came from another address.</summary>
    /// <param name="peer">The peer; its path is still the old one.</param>
    /// <param name="to">Where it is now.</param>
    /// <returns>Whether the peer moves there.</returns>
    bool OnMoving(TunnelPeer peer, in LinkPath to);

    /// <summary>A peer has said, authentically and over the data channel, that it leaves.</summary>
    /// <param name="peer">The peer.</param>
    void OnExit(TunnelPeer peer);

    /// <summary>A connection has come (a listening TCP link), or is there (a connecting one).</summary>
    /// <param name="path">The connection.</param>
    void OnConnected(in LinkPath path);

    /// <summary>A connection has ended.</summary>
    /// <param name="path">The connection.</param>
    /// <param name="reason">Why, in words.</param>
    void OnDisconnected(in LinkPath path, string reason);

    /// <summary>Something was dropped that a log may want to tell of; at most ten times a second for each reason.</summary>
    /// <param name="from">Where it came from; the default for what the card sent.</param>
    /// <param name="peer">The peer, when it is known.</param>
    /// <param name="reason">Why.</param>
    /// <param name="packet">The opened packet with <see cref="Tunnels.DropReason.WrongSource"/>, else empty; valid during the call.</param>
    void OnDropped(in LinkPath from, TunnelPeer? peer, Tunnels.DropReason reason, ReadOnlySpan<byte> packet)
    {
        // Most owners leave it to the counters.
    }
}
