// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>One remote end as a pump sees it: where it is, its keys and its counters.</summary>
/// <remarks>Thread-safe. Counters may be read from any thread.</remarks>
public sealed class TunnelPeer
{
    private PathBox _path;
    private volatile bool _isGone;

    /// <summary>A peer.</summary>
    /// <param name="channel">Its keys.</param>
    /// <param name="path">Where it is.</param>
    public TunnelPeer(IDataChannel channel, LinkPath path)
    {
        ArgumentNullException.ThrowIfNull(channel);
        Channel = channel;
        _path = new PathBox(path);
    }

    /// <summary>Its keys.</summary>
    public IDataChannel Channel { get; }

    /// <summary>The number that its datagrams name, unique among a pump's peers; null when they are told by address.</summary>
    public uint? Index { get; init; }

    /// <summary>Where it is.</summary>
    public LinkPath Path
    {
        get => Volatile.Read(ref _path).Value;
        set => Volatile.Write(ref _path, new PathBox(value));
    }

    /// <summary>The largest TCP segment over IPv4 that fits, for clamping; 0 for no clamping. IPv6 gets 20 less.</summary>
    public int MaximumSegmentSize { get; set; }

    /// <summary>
    /// It was taken out of its pump. Set before a thread's round is waited for: who finds it unset within a round may use the keys to its end.
    /// </summary>
    internal bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }

    /// <summary>Counters of what went through.</summary>
    public PeerCounters Counters { get; } = new();

    private sealed class PathBox(LinkPath value)
    {
        internal readonly LinkPath Value = value;
    }
}
