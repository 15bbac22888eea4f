// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.Hosting;

/// <summary>Frames side by side in one slab: those that follow each other to one connection leave in one send.</summary>
internal sealed class StreamSender : ILinkSender
{
    private const int BytesPerFrame = 2048 + StreamConnection.PrefixSize;
    private const int LeastSlab = 64 * 1024;

    private readonly StreamLink _link;
    private readonly byte[] _slab;
    private readonly Run[] _runs;
    private int _used;
    private int _count;

    internal StreamSender(StreamLink link, int capacity)
    {
        _link = link;
        _slab = GC.AllocateUninitializedArray<byte>(LeastSlab + (capacity * BytesPerFrame));
        _runs = new Run[capacity * 16];
    }

    public bool HasPending => _count > 0;

    public Span<byte> GetSpan(int length) =>
        _slab.Length - _used - StreamConnection.PrefixSize < length || _count == _runs.Length || length > ushort.MaxValue
            ? default
            : _slab.AsSpan(_used + StreamConnection.PrefixSize);

    public void Commit(in LinkPath to, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_slab.AsSpan(_used), (ushort)length);
        if (_count == 0 || _runs[_count - 1].Connection != to.Connection)
            _runs[_count++] = new Run { Connection = to.Connection, Start = _used };
        ref Run run = ref _runs[_count - 1];
        _used += StreamConnection.PrefixSize + length;
        run.End = _used;
        run.Frames++;
    }

    public int Flush(bool waits, CancellationToken cancellationToken = default)
    {
        int dropped = 0;
        try
        {
            for (int i = 0; i < _count; i++)
            {
                ref readonly Run run = ref _runs[i];
                dropped += _link.Send(run.Connection, _slab.AsSpan(run.Start, run.End - run.Start), run.Frames, waits, cancellationToken);
            }
        }
        finally
        {
            _count = _used = 0;
        }

        return dropped;
    }

    public void Dispose()
    {
        // The slab is memory like any other.
    }

    private struct Run
    {
        internal long Connection;
        internal int Start;
        internal int End;
        internal int Frames;
    }
}
