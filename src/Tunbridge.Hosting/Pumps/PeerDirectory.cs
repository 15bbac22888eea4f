// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>Which peers a pump has: by index, by address, by connection, and all of them.</summary>
/// <remarks>Looks take no lock and allocate nothing; changes have a lock of their own.</remarks>
internal sealed class PeerDirectory
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<uint, TunnelPeer> _byIndex = new(concurrencyLevel: 1, capacity: 31);
    private readonly ConcurrentDictionary<DatagramAddress, TunnelPeer> _byAddress = new(concurrencyLevel: 1, capacity: 31);
    private readonly ConcurrentDictionary<long, TunnelPeer> _byConnection = new(concurrencyLevel: 1, capacity: 31);
    private TunnelPeer[] _all = [];

    /// <summary>All peers at this moment; not to be changed.</summary>
    internal TunnelPeer[] All => Volatile.Read(ref _all);

    internal TunnelPeer? Find(uint index) => _byIndex.TryGetValue(index, out TunnelPeer? peer) ? peer : null;

    internal TunnelPeer? Find(in LinkPath path)
    {
        TunnelPeer? peer;
        return (path.Connection != 0
            ? _byConnection.TryGetValue(path.Connection, out peer)
            : _byAddress.TryGetValue(path.Path.Remote, out peer)) ? peer : null;
    }

    internal void Add(TunnelPeer peer)
    {
        lock (_lock)
        {
            if (_all.Contains(peer))
                throw new ArgumentException("The peer is there already.", nameof(peer));
            if (peer.Index is { } index && !_byIndex.TryAdd(index, peer))
                throw new ArgumentException($"Another peer has the index {index}.", nameof(peer));
            if (!TryAdd(peer, peer.Path))
            {
                if (peer.Index is { } taken)
                    _byIndex.TryRemove(taken, out _);
                throw new ArgumentException($"Another peer is at {peer.Path.Path.Remote}.", nameof(peer));
            }

            peer.IsGone = false;
            Volatile.Write(ref _all, [.. _all, peer]);
        }
    }

    internal bool Remove(TunnelPeer peer)
    {
        lock (_lock)
        {
            if (!_all.Contains(peer))
                return false;
            if (peer.Index is { } index)
                _byIndex.TryRemove(KeyValuePair.Create(index, peer));
            RemovePath(peer);
            peer.IsGone = true;
            Volatile.Write(ref _all, Array.FindAll(_all, p => p != peer));
            return true;
        }
    }

    internal bool TryMove(TunnelPeer peer, in LinkPath path)
    {
        lock (_lock)
        {
            if (!_all.Contains(peer))
                return false;
            TunnelPeer? there = Find(path);
            if (there is not null && there != peer)
                return false;
            RemovePath(peer);
            peer.Path = path;
            return TryAdd(peer, path);
        }
    }

    private bool TryAdd(TunnelPeer peer, in LinkPath path) => path.Connection != 0
        ? _byConnection.TryAdd(path.Connection, peer)
        : _byAddress.TryAdd(path.Path.Remote, peer);

    private void RemovePath(TunnelPeer peer)
    {
        LinkPath path = peer.Path;
        _ = path.Connection != 0
            ? _byConnection.TryRemove(KeyValuePair.Create(path.Connection, peer))
            : _byAddress.TryRemove(KeyValuePair.Create(path.Path.Remote, peer));
    }
}
