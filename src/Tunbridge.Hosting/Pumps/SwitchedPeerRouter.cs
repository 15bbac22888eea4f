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
    private const int MaximumRefused = 64;

    private readonly Lock _lock = new();

    // Guarded by _lock. The place of a peer is its port; 0 is the card's.
    private readonly LearningTable _table;
    private readonly List<TunnelPeer?> _ports = [null];
    private readonly Dictionary<TunnelPeer, int> _portOf = [];
    private readonly HashSet<(int Port, MacAddress Address)> _refused = [];

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
            if (_refused.Count > 0 && _refused.Contains((own, frame.Source)))
                return new() { Drop = DropReason.WrongSource };
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
            _refused.RemoveWhere(r => r.Port == port);
            _ports[port] = null;
        }
    }

    /// <summary>The addresses that peers' frames have taught; allocates.</summary>
    /// <param name="nowMilliseconds">The time of the pump's clock.</param>
    /// <returns>A copy, in no order.</returns>
    public IReadOnlyList<SwitchedAddress> Snapshot(long nowMilliseconds)
    {
        lock (_lock)
        {
            List<SwitchedAddress> all = [];
            foreach (LearnedAddress learned in _table.Snapshot(TimeSpan.FromMilliseconds(nowMilliseconds)))
            {
                if (learned.Port != CardPort && _ports[learned.Port] is { } peer)
                    all.Add(new() { Address = learned.Address, Peer = peer, SeenMilliseconds = (long)learned.Seen.TotalMilliseconds });
            }

            return all;
        }
    }

    /// <summary>Takes an address away from a peer: its frames from there are dropped as of a wrong source until it is taken out.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="address">The address.</param>
    /// <returns>False when the peer is not there, or 64 of its addresses have been refused already.</returns>
    public bool Refuse(TunnelPeer peer, MacAddress address)
    {
        ArgumentNullException.ThrowIfNull(peer);
        lock (_lock)
        {
            if (!_portOf.TryGetValue(peer, out int port) || _refused.Count(r => r.Port == port) >= MaximumRefused)
                return false;
            _refused.Add((port, address));
            if (_table.TryFind(address, TimeSpan.Zero, out int at) && at == port)
                _table.Remove(address);
            return true;
        }
    }
}
