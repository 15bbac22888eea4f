// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Reads a descriptor many times in one system call, never waiting (io_uring(7)).</summary>
/// <remarks>
/// <code>
/// submission ring:  | read into slot 0 | read into slot 1 | … | slot 63 |   written once; only its tail moves
/// slots:            | bytes, padding   | bytes, padding   | … |          memory of the ring's own
/// </code>
/// A group of reads is made and has ended when <see cref="Read"/> returns: each read says RWF_NOWAIT, so that the kernel
/// does it then and there, one after another, or answers EAGAIN; nothing is under way between two calls, and the
/// kernel writes into the slots only meanwhile. What was read is handed out in the order of the reads. One owner at a time: not
/// thread-safe, but not bound to a thread. Allocates nothing once open. Theory of operation: docs/devices.md.
/// </remarks>
public sealed unsafe partial class ReadRing : IDisposable
{
    /// <summary>The most reads of one group.</summary>
    public const int Depth = 64;

    private const int Padding = 64; // one cache line, so that slots do not all begin at the same place of a page

    private readonly FileDescriptor _ring;
    private readonly MemoryMapping _queues;
    private readonly MemoryMapping _entries;
    private readonly MemoryMapping _slots;
    private readonly byte* _firstSlot;
    private readonly int _stride;

    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly uint _completionMask;
    private readonly Libc.io_uring_cqe* _completions;

    // Of the last group: what each slot's read gave; the slots of those that gave something, in the order of the reads, of
    // which the first _taken were handed out.
    private readonly int[] _results = new int[Depth];
    private readonly int[] _good = new int[Depth];
    private int _goodCount;
    private int _taken;

    private ReadRing(
        FileDescriptor ring, MemoryMapping queues, MemoryMapping entries, MemoryMapping slots,
        in Libc.io_uring_params parameters, int maximum, int stride)
    {
        (_ring, _queues, _entries, _slots, _stride) = (ring, queues, entries, slots, stride);
        _firstSlot = slots.Start;
        _submissionHead = (uint*)(queues.Start + parameters.sq_off.head);
        _submissionTail = (uint*)(queues.Start + parameters.sq_off.tail);
        _completionHead = (uint*)(queues.Start + parameters.cq_off.head);
        _completionTail = (uint*)(queues.Start + parameters.cq_off.tail);
        _completionMask = *(uint*)(queues.Start + parameters.cq_off.ring_mask);
        _completions = (Libc.io_uring_cqe*)(queues.Start + parameters.cq_off.cqes);
        Prepare(parameters, maximum);
    }

    /// <summary>How many reads of the last group gave something that has not been taken yet.</summary>
    public int Held => _goodCount - _taken;

    /// <summary>Makes a group of reads in one system call; what they gave is then <see cref="Held"/>.</summary>
    /// <param name="count">How many, 1 to <see cref="Depth"/>.</param>
    /// <returns>
    /// None when every read gave something; else the first other answer, EAGAIN when nothing more waited. Reads that gave
    /// something are held whatever the others answered. EOPNOTSUPP: this kernel cannot read the file without waiting (a card,
    /// before Linux 6.4).
    /// </returns>
    /// <exception cref="InvalidOperationException">Something is held still.</exception>
    /// <exception cref="ObjectDisposedException">The ring is closed.</exception>
    public Errno Read(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Depth);
        ObjectDisposedException.ThrowIf(_ring.IsClosed, this);
        if (Held != 0)
            throw new InvalidOperationException($"{Held} reads of the last group are to be taken first.");
        uint first = *_submissionTail;
        Errno errno = Submit(first, (uint)count, out uint made);
        uint done = Collect();
        while (done < made)
        {
            // Reads that do not wait have ended when they are submitted, so this is for a kernel that interrupts itself.
            AwaitCompletion();
            done += Collect();
        }

        _goodCount = _taken = 0;
        for (uint i = 0; i < made; i++)
        {
            int slot = (int)((first + i) % Depth);
            int result = _results[slot];
            if (result >= 0)
                _good[_goodCount++] = slot;
            else if (errno == Errno.None)
                errno = (Errno)(-result);
        }

        GC.KeepAlive(this);
        return errno;
    }

    /// <summary>Hands out what the next read gave.</summary>
    /// <returns>Its bytes, valid until the next <see cref="Read"/> or <see cref="Dispose"/>.</returns>
    /// <exception cref="InvalidOperationException">Nothing is held.</exception>
    public ReadOnlySpan<byte> Take()
    {
        if (_taken >= _goodCount)
            ThrowNothingHeld();
        int slot = _good[_taken++];
        return new ReadOnlySpan<byte>(_firstSlot + ((nint)slot * _stride), _results[slot]);
    }

    [DoesNotReturn]
    private static void ThrowNothingHeld() => throw new InvalidOperationException("No read is held.");

    private Errno Submit(uint first, uint count, out uint made)
    {
        Volatile.Write(ref *_submissionTail, first + count);
        while (true)
        {
            int submitted = Libc.io_uring_enter(_ring.Number, count, count, Libc.IORING_ENTER_GETEVENTS);
            Errno errno = submitted >= 0 ? Errno.None : Libc.LastErrno;
            if (errno == Errno.EINTR && Volatile.Read(ref *_submissionHead) == first)
                continue;
            // The kernel's head tells what it has taken; the rest, for which it had no memory, is taken back.
            made = Volatile.Read(ref *_submissionHead) - first;
            Volatile.Write(ref *_submissionTail, first + made);
            if (errno == Errno.EINTR)
                return Errno.None;
            return errno == Errno.None && made < count ? Errno.EAGAIN : errno;
        }
    }

    // Completions say which slot they are of; their own order does not matter.
    private uint Collect()
    {
        uint head = *_completionHead, tail = Volatile.Read(ref *_completionTail);
        for (uint i = head; i != tail; i++)
        {
            ref readonly Libc.io_uring_cqe completion = ref _completions[i & _completionMask];
            _results[completion.user_data % Depth] = completion.res;
        }

        Volatile.Write(ref *_completionHead, tail);
        return tail - head;
    }

    private void AwaitCompletion()
    {
        if (Libc.io_uring_enter(_ring.Number, 0, 1, Libc.IORING_ENTER_GETEVENTS) < 0 &&
            Libc.LastErrno is Errno errno and not Errno.EINTR)
        {
            throw new LinuxException(errno, "io_uring_enter", "");
        }
    }
}
