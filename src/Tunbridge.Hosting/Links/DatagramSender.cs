// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>Datagrams side by side in one slab: those of one length to one peer leave as one message (UDP_SEGMENT).</summary>
internal sealed class DatagramSender : ILinkSender
{
    // Room for a superpacket of 64 KiB as datagrams, and for the headers that sealing adds to each.
    private const int LeastSlab = 96 * 1024;
    private const int BytesPerDatagram = 4096;
    private const int CacheLine = 64;

    private readonly DatagramLink _link;
    private readonly DatagramSendBatch _batch;
    private readonly int _limit;
    private int _used;
    private int _count;
    private int _length;    // of the datagram before

    internal DatagramSender(DatagramLink link, int capacity)
    {
        _link = link;
        _limit = capacity * 16;
        _batch = new DatagramSendBatch(LeastSlab + (capacity * BytesPerDatagram), _limit);
    }

    public bool HasPending => _count > 0;

    public Span<byte> GetSpan(int length)
    {
        Memory<byte> slab = _batch.Slab;
        return slab.Length - _used < length || _count == _limit ? default : slab.Span[_used..];
    }

    public void Commit(in LinkPath to, int length)
    {
        // There is room for as many as there may be commits.
        _ = _batch.TryAdd(_link.Outgoing(to.Path), _batch.Slab.Span.Slice(_used, length));
        _used += length;
        _count++;
        // A shorter one ends its message; the kernel copies the next one faster from the beginning of a cache line.
        if (length < _length)
            _used = Math.Min((_used + CacheLine - 1) & -CacheLine, _batch.Slab.Length);
        _length = length;
    }

    public int Flush(bool waits, CancellationToken cancellationToken = default)
    {
        if (_count == 0)
            return 0;
        int dropped = 0;
        try
        {
            if (waits)
                _link.Socket.Send(_batch, cancellationToken);
            else if (!_link.Socket.TrySend(_batch))
                dropped = _batch.RemainingCount;
        }
        finally
        {
            _batch.Clear();
            _used = _count = _length = 0;
        }

        return dropped;
    }

    public void Dispose() => _batch.Dispose();
}
