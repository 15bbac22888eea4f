// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>Which peers of a socket take runs of datagrams whole, as far as the kernel has told of late.</summary>
/// <remarks>
/// Thread-safe. Asking costs one comparison while nobody is known to refuse. What is known counts for ten minutes, as
/// long as a path MTU does (RFC 8201, section 4): paths grow again, routes and cards change.
/// </remarks>
internal sealed class SegmentationState(bool isOn, TimeProvider time)
{
    private const int MaximumPeers = 32;
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private volatile PlainPeer[] _peers = []; // replaced whole, under _lock
    private volatile PlainPeer? _everybody; // all peers, when there were too many to tell apart

    internal bool IsOff => !isOn || (_everybody is PlainPeer everybody && IsKnown(everybody));

    /// <summary>Whether datagrams of this size must go to the peer one by one.</summary>
    internal bool IsPlain(in DatagramAddress remote, int segmentSize)
    {
        if (IsOff)
            return true;
        foreach (PlainPeer peer in _peers)
        {
            if (segmentSize >= peer.FromSize && DatagramAddress.Same(peer.Remote, remote))
                return IsKnown(peer);
        }

        return false;
    }

    /// <summary>Remembers a refusal; gives whether it was news.</summary>
    /// <param name="remote">The peer; none on a connected socket.</param>
    /// <param name="segmentSize">The size refused.</param>
    /// <param name="errno">EMSGSIZE is about the size; everything else about the route or the socket.</param>
    internal bool Refuse(DatagramAddress remote, int segmentSize, Errno errno)
    {
        int fromSize = errno == Errno.EMSGSIZE ? segmentSize : 0;
        lock (_lock)
        {
            if (IsPlain(remote, fromSize))
                return false;
            PlainPeer[] others = Array.FindAll(_peers, p => p.Remote != remote && IsKnown(p));
            PlainPeer peer = new() { Remote = remote, FromSize = fromSize, Since = time.GetTimestamp() };
            bool isFull = others.Length == MaximumPeers;
            _peers = isFull ? [] : [.. others, peer];
            _everybody = isFull ? peer : null;
            return true;
        }
    }

    private bool IsKnown(PlainPeer peer) => time.GetElapsedTime(peer.Since) < s_life;

    private sealed class PlainPeer
    {
        internal required DatagramAddress Remote { get; init; }

        /// <summary>Datagrams of this length or more go one by one.</summary>
        internal required int FromSize { get; init; }

        /// <summary>The time of the refusal.</summary>
        internal required long Since { get; init; }
    }
}
