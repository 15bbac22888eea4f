// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// One direction of a <see cref="MemoryPacketQueue"/> pair: a bounded ring of packets with readers that wait.
/// </summary>
/// <remarks>
/// States: open → writer closed (readers drain, then get the end) and open → reader closed (nothing is kept,
/// writers get Gone); both may happen, in any order, and are final. A waiting thread sleeps on the monitor of
/// <c>_gate</c>; waiting tasks share one completion source that the next event completes. Either way the
/// waiter looks again afterwards, so a wake-up may be spurious but is never lost: the state is checked and
/// the wait begun under the same lock that every event takes.
/// </remarks>
internal sealed class MemoryPacketChannel
{
    private const int SmallBufferSize = 2048;

    // A Monitor and not System.Threading.Lock, which cannot be waited on.
    private readonly object _gate = new();

    // Guarded by _gate.
    private readonly Entry[] _ring;
    private readonly Stack<byte[]> _smallBuffers = new();
    private readonly Stack<byte[]> _largeBuffers = new();
    private int _head;
    private int _count;
    private int _waitingThreads;
    private bool _isReaderClosed;
    private bool _isWriterClosed;
    private TaskCompletionSource? _arrival; // set while tasks wait

    internal MemoryPacketChannel(int capacity) => _ring = new Entry[capacity];

    internal PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, in GsoInfo gso)
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            if (_isReaderClosed || _isWriterClosed)
                return PacketWriteStatus.Gone;
            if (_count == _ring.Length)
                return PacketWriteStatus.QueueFull;

            byte[] buffer = RentLocked(packet.Length);
            packet.CopyTo(buffer);
            int tail = _head + _count;
            if (tail >= _ring.Length)
                tail -= _ring.Length;
            _ring[tail] = new Entry { Buffer = buffer, Length = packet.Length, Gso = gso };
            _count++;
            arrival = TakeWaitersLocked();
        }

        arrival?.TrySetResult();
        return PacketWriteStatus.Written;
    }

    internal int TryRead(PacketBatch batch, object owner)
    {
        lock (_gate)
        {
            ThrowIfEndedLocked(owner);
            int added = 0;
            while (_count > 0 && !batch.IsFull)
            {
                ref Entry entry = ref _ring[_head];
                batch.TryAdd(entry.Buffer.AsSpan(0, entry.Length), entry.Gso); // fits: the batch is not full
                RemoveFirstLocked();
                added++;
            }

            return added;
        }
    }

    internal bool TryRead(Span<byte> buffer, object owner, out int length, out GsoInfo gso)
    {
        lock (_gate)
        {
            ThrowIfEndedLocked(owner);
            if (_count == 0)
            {
                length = 0;
                gso = default;
                return false;
            }

            ref Entry entry = ref _ring[_head];
            length = Math.Min(entry.Length, buffer.Length);
            gso = entry.Gso;
            entry.Buffer.AsSpan(0, length).CopyTo(buffer);
            RemoveFirstLocked();
            return true;
        }
    }

    /// <summary>
    /// Blocks until something may have changed; the caller has registered <see cref="WakeReaders"/> with the
    /// token.
    /// </summary>
    internal void Wait(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!MustWaitLocked())
                return;
            _waitingThreads++;
            Monitor.Wait(_gate);
            _waitingThreads--;
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Completes when something may have changed.</summary>
    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!MustWaitLocked())
                return Task.CompletedTask;
            // Continuations run elsewhere: a writer must not run its reader's code inside its own call.
            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrival.Task.WaitAsync(cancellationToken);
        }
    }

    internal void WakeReaders()
    {
        TaskCompletionSource? arrival;
        lock (_gate)
            arrival = TakeWaitersLocked();
        arrival?.TrySetResult();
    }

    internal void CloseWriter()
    {
        lock (_gate)
            _isWriterClosed = true;
        WakeReaders();
    }

    internal void CloseReader()
    {
        lock (_gate)
        {
            _isReaderClosed = true;
            while (_count > 0)
                RemoveFirstLocked();
            _smallBuffers.Clear();
            _largeBuffers.Clear();
        }

        WakeReaders();
    }

    private bool MustWaitLocked() => _count == 0 && !_isReaderClosed && !_isWriterClosed;

    private TaskCompletionSource? TakeWaitersLocked()
    {
        if (_waitingThreads > 0)
            Monitor.PulseAll(_gate);
        TaskCompletionSource? arrival = _arrival;
        _arrival = null;
        return arrival;
    }

    private void ThrowIfEndedLocked(object owner)
    {
        ObjectDisposedException.ThrowIf(_isReaderClosed, owner);
        if (_count == 0 && _isWriterClosed)
            throw new EndOfStreamException("The other end of the queue is closed, and every packet has been read.");
    }

    private void RemoveFirstLocked()
    {
        ref Entry entry = ref _ring[_head];
        (entry.Buffer.Length == SmallBufferSize ? _smallBuffers : _largeBuffers).Push(entry.Buffer);
        entry = default;
        if (++_head == _ring.Length)
            _head = 0;
        _count--;
    }

    private byte[] RentLocked(int length)
    {
        bool isSmall = length <= SmallBufferSize;
        if ((isSmall ? _smallBuffers : _largeBuffers).TryPop(out byte[]? buffer))
            return buffer;
        return GC.AllocateUninitializedArray<byte>(isSmall ? SmallBufferSize : PacketBatch.MaximumPacketSize);
    }

    private struct Entry
    {
        internal byte[] Buffer;
        internal int Length;
        internal GsoInfo Gso;
    }
}
