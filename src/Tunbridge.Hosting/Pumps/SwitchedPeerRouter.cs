// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Packets.Switching;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>For servers on a TAP: a switch whose ports are the card and the peers.</summary>
/// <remarks>
/// Addresses are learned from the frames of both sides; frames to addresses that are not known, and to groups, go everywhere they
/// may. A peer that invents more addresses than the table grants it has its frames dropped as of a wrong source. Thread-safe: the
/// table has a lock, held for a look and never across a call.
/// </remarks>
public sealed class SwitchedPeerRouter : PeerRouter
{
    private const int CardPort = 0;

    private readonly Lock _lock = new();

    // Guarded by _lock. The place of a peer is its port; 0 is the card's.
    private readonly LearningTable _table;
    private readonly List<TunnelPeer?> _ports = [null];
    private readonly Dictionary<TunnelPeer, int> _portOf = [];

    /// <summary>A router that knows no address yet.</summary>
    /// <param name="table">Bounds of the table of addresses; its seed should be random.</param>
    public SwitchedPeerRouter(LearningTableOptions table)
    {
        ArgumentNullException.ThrowIfNull(table);
        _table = new LearningTable(table);
    }

    /// <summary>Frames between two peers are forwarded here; otherwise the card alone gets them.</summary>
    public bool ClientToClient { get; init; }

    /// <inheritdoc/>
    public override RouteDecision FromCard(ReadOnlySpan<byte> packet, long nowMilliseconds)
    {
        if (!EthernetView.TryParse(packet, out EthernetView frame))
            return new() { Drop = DropReason.TooShort };
        TimeSpan now = TimeSpan.FromMilliseconds(nowMilliseconds);
        lock (_lock)
        {
            _ = _table.Learn(frame.Source, CardPort, now);
            if (frame.Destination.IsMulticast || !_table.TryFind(frame.Destination, now, out int port))
                return new() { ToAll = true };
            return port != CardPort && _ports[port] is { } peer ? new() { Peer = peer } : new() { Drop = DropReason.NoRoute };
        }
    }

    /// <inheritdoc/>
    public override RouteDecision FromPeer(TunnelPeer sender, ReadOnlySpan<byte> packet, long nowMilliseconds)
    {
        ArgumentNullException.ThrowIfNull(sender);
        if (!EthernetView.TryParse(packet, out EthernetView frame))
            return new() { Drop = DropReason.TooShort };
        TimeSpan now = TimeSpan.FromMilliseconds(nowMilliseconds);
        lock (_lock)
        {
            if (!_portOf.TryGetValue(sender, out int own))
                return new() { Drop = DropReason.UnknownPeer };
            if (_table.Learn(frame.Source, own, now) is not (LearnOutcome.Added or LearnOutcome.Refreshed or LearnOutcome.Moved))
                return new() { Drop = DropReason.WrongSource };
            if (!ClientToClient)
                return new() { ToCard = true };
            if (frame.Destination.IsMulticast || !_table.TryFind(frame.Destination, now, out int port))
                return new() { ToCard = true, ToAll = true };
            if (port == own)
                return new() { Drop = DropReason.NoRoute };
            return port == CardPort ? new() { ToCard = true } : new() { Peer = _ports[port] };
        }
    }

    /// <inheritdoc/>
    public override void AddPeer(TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        lock (_lock)
        {
            if (_portOf.ContainsKey(peer))
                return;
            int port = _ports.IndexOf(null, 1);
            if (port < 0)
            {
                port = _ports.Count;
                _ports.Add(null);
            }

            _ports[port] = peer;
            _portOf[peer] = port;
        }
    }

    /// <inheritdoc/>
    public override void RemovePeer(TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        lock (_lock)
        {
            if (!_portOf.Remove(peer, out int port))
                return;
            _table.RemovePort(port);
            _ports[port] = null;
        }
    }
}
