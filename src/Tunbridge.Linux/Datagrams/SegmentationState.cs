// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>Which peers of a socket take runs of datagrams whole, as far as the kernel has told.</summary>
/// <remarks>Thread-safe. Asking costs one comparison while nobody is known to refuse.</remarks>
internal sealed class SegmentationState(bool isOn)
{
    private const int MaximumPeers = 32;

    private readonly Lock _lock = new();
    private volatile PlainPeer[] _peers = []; // replaced whole, under _lock
    private volatile bool _isOff = !isOn;

    internal bool IsOff => _isOff;

    /// <summary>Whether datagrams of this size must go to the peer one by one.</summary>
    internal bool IsPlain(in DatagramAddress remote, int segmentSize)
    {
        if (_isOff)
            return true;
        foreach (ref readonly PlainPeer peer in _peers.AsSpan())
        {
            if (segmentSize >= peer.FromSize && DatagramAddress.Same(peer.Remote, remote))
                return true;
        }

        return false;
    }

    /// <summary>Remembers a refusal; gives whether it was news.</summary>
    /// <param name="remote">The peer; none on a connected socket.</param>
    /// <param name="segmentSize">The size refused.</param>
    /// <param name="errno">EMSGSIZE is about the size; everything else about the route or the socket.</param>
    internal bool Refuse(in DatagramAddress remote, int segmentSize, Errno errno)
    {
        int fromSize = errno == Errno.EMSGSIZE ? segmentSize : 0;
        lock (_lock)
        {
            if (IsPlain(remote, fromSize))
                return false;
            int index = -1;
            for (int i = 0; i < _peers.Length; i++)
            {
                if (_peers[i].Remote == remote)
                    index = i;
            }

            if (index < 0 && _peers.Length == MaximumPeers)
            {
                _isOff = true;
                return true;
            }

            PlainPeer peer = new() { Remote = remote, FromSize = fromSize };
            PlainPeer[] peers = index < 0 ? [.. _peers, peer] : [.. _peers];
            peers[index < 0 ? ^1 : index] = peer;
            _peers = peers;
            return true;
        }
    }

    private readonly struct PlainPeer
    {
        internal required DatagramAddress Remote { get; init; }

        /// <summary>Datagrams of this length or more go one by one.</summary>
        internal required int FromSize { get; init; }
    }
}
