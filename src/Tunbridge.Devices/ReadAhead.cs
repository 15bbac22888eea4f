// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>Reads a queue in groups, each one system call, while packets come without a pause.</summary>
/// <remarks>
/// A read that finds nothing costs more in a group than by itself (0.4 µs, where one that finds a packet saves 0.2), and
/// what is read before there is room for it must lie somewhere. So a group is made only after <see cref="LeastStreak"/>
/// packets were read in a row, and is an eighth as long as the row; so many reads that a batch has room for as many
/// packets as large as the last ones. When they come larger, some are left over: they lie in the ring, and the next read
/// gets them first.
/// <para>Several readers: one makes groups, others read singly meanwhile. None is made while somebody waits for the card,
/// whom packets that are left over would not wake. Both sides say what they are about to do before they look at the
/// other: the group's reader <c>_mayHold</c>, then <c>_waiters</c>; who waits, the other way round.</para>
/// </remarks>
internal sealed class ReadAhead : IDisposable
{
    private const int LeastGroup = 8;
    private const int GroupShare = 8;
    private const int LeastStreak = 256; // shorter rows are read as fast singly
    private const int LongestStreak = 1 << 20;
    private const int Alignment = 16; // what a batch may lose between two packets

    private readonly Lock _lock = new();
    private ReadRing? _ring; // under _lock
    private PacketFormat? _format; // of what the ring holds; under _lock
    private bool _isOff = RingSwitch.IsOff; // set under _lock, never cleared
    private int _mayHold; // 1 while a group is made and while something is left of one; written under _lock
    private int _waiters;

    // A guess, which readers at the same time may spoil: packets read since one last waited, bytes of the largest of the
    // last call and of this one.
    private int _streak;
    private int _largest;
    private int _largestBefore;

    private long _groups;

    /// <summary>How many groups were read.</summary>
    internal long Groups => Interlocked.Read(ref _groups);

    /// <summary>Why no ring could be had, or why it was given up; None while neither has happened.</summary>
    internal Errno Refusal { get; private set; }

    /// <summary>Whether <see cref="Drain"/> has something to give or a group is worth its while.</summary>
    internal bool IsDue => MayHold || (_streak >= LeastStreak && !_isOff);

    /// <summary>Whether something may be left of a group.</summary>
    internal bool MayHold => Volatile.Read(ref _mayHold) != 0;

    /// <summary>Notes what single reads gave.</summary>
    internal void Count(int packets, int largest, Errno end)
    {
        NoteStreak(packets, end);
        NoteLargest(packets, largest);
    }

    /// <summary>Appends what is left of the last group, then groups of packets.</summary>
    /// <returns>
    /// EAGAIN when nothing waits any more; None when the batch or <paramref name="maximum"/> is reached, or the rest is to be
    /// read singly: it is little, another reader is at it, somebody waits, or the ring failed.
    /// </returns>
    internal Errno Drain(FileDescriptor descriptor, PacketFormat format, PacketBatch batch, int maximum, out int added)
    {
        added = 0;
        if (!_lock.TryEnter())
            return Errno.None;
        try
        {
            added = Give(batch, maximum);
            while (MayRead(descriptor, batch, maximum - added, out int count))
            {
                _format = format;
                Errno errno = _ring!.Read(count);
                NoteStreak(count, errno);
                _groups++;
                if (errno is not (Errno.None or Errno.EAGAIN) && _ring.Held == 0)
                    TurnOff(errno); // a single read tells whether it is the card or the ring that fails
                added += Give(batch, maximum - added);
                if (errno == Errno.EAGAIN)
                    return errno;
            }

            return Errno.None;
        }
        finally
        {
            Volatile.Write(ref _mayHold, _ring is { Held: > 0 } ? 1 : 0);
            _lock.Exit();
        }
    }

    /// <summary>Gives one packet that is left of the last group.</summary>
    internal bool TryTake(Span<byte> buffer, out int length, out GsoInfo gso)
    {
        length = 0;
        gso = default;
        if (!MayHold)
            return false;
        lock (_lock)
        {
            while (_ring is { Held: > 0 })
            {
                ReadOnlySpan<byte> read = _ring.Take();
                if (_ring.Held == 0)
                    Volatile.Write(ref _mayHold, 0);
                if (read.Length < _format!.Prefix)
                    continue;
                _format.Read(read[.._format.Prefix], out gso, out _, out _);
                read = read[_format.Prefix..];
                length = Math.Min(read.Length, buffer.Length);
                read[..length].CopyTo(buffer);
                return true;
            }
        }

        return false;
    }

    /// <summary>Marks the begin of a wait: no group is made until it ends.</summary>
    /// <returns>False when packets are left of the last group: they are to be read instead, and nothing has begun.</returns>
    internal bool TryBeginWait()
    {
        Interlocked.Increment(ref _waiters);
        if (!MayHold)
            return true;
        bool holds;
        lock (_lock)
            holds = _ring is { Held: > 0 };
        if (holds)
            EndWait();
        return !holds;
    }

    internal void EndWait() => Interlocked.Decrement(ref _waiters);

    /// <summary>Gives the card back; what was left of a group is lost, as is what the kernel's queue holds.</summary>
    public void Dispose()
    {
        lock (_lock)
            TurnOff(Errno.None);
    }

    // Called with the lock held, with room for one packet at least.
    private bool MayRead(FileDescriptor descriptor, PacketBatch batch, int maximum, out int count)
    {
        count = 0;
        if (maximum < LeastGroup || batch.IsFull || _isOff || _ring is { Held: > 0 })
            return false;
        int each = PacketBatch.Headroom + Math.Max(_largest, _largestBefore) + Alignment;
        int room = 1 + ((batch.GetSpan().Length - PacketBatch.MaximumPacketSize) / each);
        count = Math.Min(Math.Min(maximum, batch.Capacity - batch.Count), Math.Min(room, ReadRing.Depth));
        count = Math.Min(count, _streak / GroupShare);
        if (count < LeastGroup || !TryOpen(descriptor))
            return false;
        Interlocked.Exchange(ref _mayHold, 1);
        return Volatile.Read(ref _waiters) == 0;
    }

    private bool TryOpen(FileDescriptor descriptor)
    {
        if (_ring is not null)
            return true;
        _ring = ReadRing.TryOpen(descriptor, PacketBatch.MaximumPacketSize, out Errno errno);
        if (_ring is null)
            TurnOff(errno);
        return _ring is not null;
    }

    private int Give(PacketBatch batch, int maximum)
    {
        if (_ring is not { Held: > 0 } ring)
            return 0;
        int given = 0;
        int largest = 0;
        PacketFormat format = _format!;
        while (ring.Held != 0 && given < maximum && !batch.IsFull)
        {
            ReadOnlySpan<byte> read = ring.Take();
            Span<byte> room = batch.GetSpan();
            read.CopyTo(room);
            largest = Math.Max(largest, read.Length);
            if (format.TryCommit(batch, room, read.Length))
                given++;
        }

        NoteLargest(given, largest);
        return given;
    }

    private void NoteStreak(int packets, Errno end) =>
        _streak = end == Errno.None ? Math.Min(_streak + packets, LongestStreak) : 0;

    private void NoteLargest(int packets, int largest)
    {
        if (packets == 0)
            return;
        _largestBefore = _largest;
        _largest = largest;
    }

    private void TurnOff(Errno why)
    {
        _isOff = true;
        Refusal = why;
        _ring?.Dispose();
        _ring = null;
    }
}
