// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A reusable list of datagrams to send, which stay where they lie in one pinned slab.</summary>
/// <remarks>
/// Datagrams added one after the other for the same path and of the same length become one message (UDP_SEGMENT); a
/// shorter one ends it. The caller owns the batch, must leave the bytes alone until they are sent, and calls
/// <see cref="Clear"/> before filling it again. Not thread-safe: one owner at a time. Nothing is allocated after
/// construction.
/// </remarks>
public sealed unsafe partial class DatagramSendBatch : IDisposable
{
    /// <summary>The most messages handed to the kernel in one system call.</summary>
    public const int MaximumMessages = 128;

    /// <summary>The most datagrams in one message: what every kernel with UDP_SEGMENT takes.</summary>
    public const int MaximumSegments = 64;

    /// <summary>The most bytes in one message: what fits into an IPv4 packet.</summary>
    public const int MaximumMessageSize = 65_507;

    private const int NoLength = -1;

    private readonly Memory<byte> _slab;
    private readonly MemoryHandle _pin;
    private readonly byte* _start;
    private readonly int _length; // of the slab
    private readonly Message[] _messages; // pinned, as the next
    private readonly Libc.iovec[] _vectors;
    private readonly Libc.iovec* _vectorsEnd;
    private int _messageCount;
    private Libc.iovec* _nextVector;
    private Message* _last; // the last message
    private int _fitting = NoLength; // length of a datagram that goes on with the last message
    private int _full; // bytes at which it takes no more of that length

    /// <summary>Makes an empty batch over memory that holds, or will hold, the datagrams.</summary>
    /// <param name="slab">
    /// The memory, such as the slab of a packet batch; pinned until the batch is disposed. Stays the caller's.
    /// </param>
    /// <param name="capacity">The most datagrams, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1.</exception>
    public DatagramSendBatch(Memory<byte> slab, int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 20);
        _slab = slab;
        _pin = slab.Pin();
        _start = (byte*)_pin.Pointer;
        _length = slab.Length;
        _messages = GC.AllocateArray<Message>(capacity, pinned: true);
        _vectors = GC.AllocateArray<Libc.iovec>(capacity, pinned: true);
        _nextVector = FirstVector;
        _vectorsEnd = FirstVector + capacity;
        _headers = GC.AllocateArray<Libc.mmsghdr>(MaximumMessages, pinned: true);
        _single = GC.AllocateArray<Libc.iovec>(MaximumMessages, pinned: true);
        _side = GC.AllocateArray<byte>(MaximumMessages * SideSize, pinned: true);
        _after = new Position[MaximumMessages];
    }

    /// <summary>Makes an empty batch with a slab of its own, which begins on a cache line.</summary>
    /// <param name="slabSize">Bytes of the slab.</param>
    /// <param name="capacity">The most datagrams, at least 1.</param>
    public DatagramSendBatch(int slabSize, int capacity = 1024)
        : this(CacheLine.Allocate(slabSize), capacity)
    {
    }

    /// <summary>The memory that datagrams are added from.</summary>
    public Memory<byte> Slab => _slab;

    /// <summary>The most datagrams it holds, those of a run that lie side by side counted as one.</summary>
    public int Capacity => _vectors.Length;

    /// <summary>How many messages the datagrams added make.</summary>
    public int MessageCount => _messageCount;

    /// <summary>Whether nothing is left to send.</summary>
    public bool IsDone => _next.Message == _messageCount;

    /// <summary>Adds a datagram, without copying it.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="datagram">Its bytes, which lie in <see cref="Slab"/>.</param>
    /// <returns>False, with nothing changed, when the batch is full.</returns>
    /// <exception cref="ArgumentException">
    /// The bytes lie outside the slab, or are more than a datagram holds (65,507).
    /// </exception>
    public bool TryAdd(in DatagramPath path, ReadOnlySpan<byte> datagram)
    {
        // Spent on every datagram, nearly all of which go on with the last message: hence so few instructions.
        byte* at = Locate(datagram);
        int length = datagram.Length;
        return length == _fitting && DatagramPath.Same(_last->Path, path) ? Extend(at, length) : Append(path, at, length);
    }

    /// <summary>Adds datagrams of equal length that lie side by side, the last of which may be shorter.</summary>
    /// <param name="path">Where they go.</param>
    /// <param name="run">Their bytes, which lie in <see cref="Slab"/>; of any length.</param>
    /// <param name="segmentSize">Bytes of each datagram, 1 to 65,507.</param>
    /// <returns>False, with nothing changed, when the batch has too little room.</returns>
    /// <exception cref="ArgumentException">The bytes lie outside the slab.</exception>
    public bool TryAddRun(in DatagramPath path, ReadOnlySpan<byte> run, int segmentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(segmentSize, MaximumMessageSize);
        byte* at = Locate(run);
        int perMessage = LargestMessage(segmentSize);
        int messages = run.Length == 0 ? 1 : (int)(((long)run.Length + perMessage - 1) / perMessage);
        if (messages > Math.Min(_messages.Length - _messageCount, _vectorsEnd - _nextVector))
            return false;
        int length = run.Length;
        do
        {
            int part = Math.Min(length, perMessage);
            Start(path, at, part, Math.Min(segmentSize, part));
            at += part;
            length -= part;
        }
        while (length > 0);
        return true;
    }

    /// <summary>Forgets every datagram, sent or not.</summary>
    public void Clear()
    {
        _messageCount = 0;
        _nextVector = FirstVector;
        _last = null;
        _fitting = NoLength;
        _next = default;
        _plainMessage = -1;
    }

    /// <summary>Lets the slab go; the batch is not used afterwards.</summary>
    public void Dispose() => _pin.Dispose();

    private Libc.iovec* FirstVector => (Libc.iovec*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_vectors));

    private bool Append(in DatagramPath path, byte* at, int length)
    {
        if (length > MaximumMessageSize)
            throw new ArgumentException($"A datagram holds {MaximumMessageSize} bytes, not {length}.");
        // A shorter one goes on with the message, too, and ends it.
        if (_last != null && _last->TakesShorter(length) && DatagramPath.Same(_last->Path, path))
        {
            if (!Extend(at, length))
                return false;
            _fitting = NoLength;
            return true;
        }

        if (_messageCount == _messages.Length || _nextVector == _vectorsEnd)
            return false;
        Start(path, at, length, length);
        return true;
    }

    // One more datagram for the last message; side by side with the one before, it needs no vector of its own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Extend(byte* at, int length)
    {
        Libc.iovec* next = _nextVector;
        if ((byte*)next[-1].iov_base + next[-1].iov_len == at)
        {
            next[-1].iov_len += (nuint)length;
        }
        else
        {
            if (next == _vectorsEnd)
                return false;
            *next = new() { iov_base = at, iov_len = (nuint)length };
            _nextVector = next + 1;
        }

        if ((_last->Length += length) == _full)
            _fitting = NoLength;
        GC.KeepAlive(this); // its arrays are written to by address
        return true;
    }

    private void Start(in DatagramPath path, byte* at, int length, int segmentSize)
    {
        ref Message message = ref _messages[_messageCount++];
        message.Path = path;
        message.FirstVector = (int)(_nextVector - FirstVector);
        message.Length = length;
        message.SegmentSize = segmentSize;
        _last = (Message*)Unsafe.AsPointer(ref message);
        *_nextVector++ = new() { iov_base = at, iov_len = (nuint)length };
        _full = segmentSize == 0 ? 0 : LargestMessage(segmentSize);
        _fitting = length < _full && message.IsWhole ? segmentSize : NoLength;
        GC.KeepAlive(this);
    }

    private int EndVector(int message) =>
        message + 1 < _messageCount ? _messages[message + 1].FirstVector : (int)(_nextVector - FirstVector);

    // As much of whole datagrams as one message takes.
    private static int LargestMessage(int segmentSize) =>
        Math.Min(MaximumSegments, MaximumMessageSize / segmentSize) * segmentSize;

    // Inside the slab is inside memory that this object keeps pinned: the address stays good.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Locate(ReadOnlySpan<byte> bytes)
    {
        byte* at = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        long offset = at - _start;
        return offset >= 0 && offset <= (long)_length - bytes.Length ? at : LocateEmpty(bytes);
    }

    private byte* LocateEmpty(ReadOnlySpan<byte> bytes) => bytes.IsEmpty
        ? _start
        : throw new ArgumentException("The bytes do not lie in the slab of this batch.", nameof(bytes));

    private struct Message
    {
        internal DatagramPath Path;
        internal int FirstVector;
        internal int Length;
        internal int SegmentSize;

        internal readonly int Datagrams => Length <= SegmentSize ? 1 : (Length + SegmentSize - 1) / SegmentSize;

        // Whether no datagram of it is shorter than the others, and none is empty.
        internal readonly bool IsWhole => Length > 0 && Length % SegmentSize == 0;

        internal readonly bool TakesShorter(int length) =>
            length > 0 && length < SegmentSize && Datagrams < MaximumSegments && IsWhole &&
            Length + length <= MaximumMessageSize;
    }
}
