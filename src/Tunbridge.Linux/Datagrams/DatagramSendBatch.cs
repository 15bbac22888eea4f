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

    private readonly Memory<byte> _slab;
    private readonly MemoryHandle _pin;
    private readonly byte* _start;
    private readonly Message[] _messages;
    private readonly Libc.iovec[] _vectors; // pinned
    private int _messageCount;
    private int _vectorCount;

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
        _messages = new Message[capacity];
        _vectors = GC.AllocateArray<Libc.iovec>(capacity, pinned: true);
        _headers = GC.AllocateArray<Libc.mmsghdr>(MaximumMessages, pinned: true);
        _single = GC.AllocateArray<Libc.iovec>(MaximumMessages, pinned: true);
        _side = GC.AllocateArray<byte>(MaximumMessages * SideSize, pinned: true);
        _after = new Position[MaximumMessages];
    }

    /// <summary>Makes an empty batch with a slab of its own.</summary>
    /// <param name="slabSize">Bytes of the slab.</param>
    /// <param name="capacity">The most datagrams, at least 1.</param>
    public DatagramSendBatch(int slabSize, int capacity = 1024)
        : this(GC.AllocateUninitializedArray<byte>(slabSize, pinned: true), capacity)
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
        byte* at = Locate(datagram);
        if (datagram.Length > MaximumMessageSize)
            throw new ArgumentException($"A datagram holds {MaximumMessageSize} bytes, not {datagram.Length}.", nameof(datagram));
        return Append(path, at, datagram.Length);
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
        int perMessage = Math.Min(MaximumSegments, MaximumMessageSize / segmentSize) * segmentSize;
        int messages = run.Length == 0 ? 1 : (int)(((long)run.Length + perMessage - 1) / perMessage);
        if (messages > Math.Min(_messages.Length - _messageCount, _vectors.Length - _vectorCount))
            return false;
        int length = run.Length;
        do
        {
            int part = Math.Min(length, perMessage);
            Start(path, at, part, Math.Min(segmentSize, part), (part + segmentSize - 1) / segmentSize);
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
        _vectorCount = 0;
        _next = default;
        _plainMessage = -1;
    }

    /// <summary>Lets the slab go; the batch is not used afterwards.</summary>
    public void Dispose() => _pin.Dispose();

    private bool Append(in DatagramPath path, byte* at, int length)
    {
        if (_messageCount > 0 && length > 0)
        {
            ref Message last = ref _messages[_messageCount - 1];
            if (last.Takes(length) && DatagramPath.Same(last.Path, path))
            {
                ref Libc.iovec vector = ref _vectors[_vectorCount - 1];
                if ((byte*)vector.iov_base + vector.iov_len == at)
                {
                    vector.iov_len += (nuint)length;
                }
                else
                {
                    if (_vectorCount == _vectors.Length)
                        return false;
                    _vectors[_vectorCount++] = new() { iov_base = at, iov_len = (nuint)length };
                    last.EndVector = _vectorCount;
                }

                last.Length += length;
                last.Datagrams++;
                return true;
            }
        }

        if (_messageCount == _messages.Length || _vectorCount == _vectors.Length)
            return false;
        Start(path, at, length, length, datagrams: 1);
        return true;
    }

    private void Start(in DatagramPath path, byte* at, int length, int segmentSize, int datagrams)
    {
        ref Message message = ref _messages[_messageCount++];
        message.Path = path;
        message.FirstVector = _vectorCount;
        message.Length = length;
        message.SegmentSize = segmentSize;
        message.Datagrams = Math.Max(1, datagrams);
        _vectors[_vectorCount++] = new() { iov_base = at, iov_len = (nuint)length };
        message.EndVector = _vectorCount;
    }

    // Inside the slab is inside memory that this object keeps pinned: the address stays good.
    private byte* Locate(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return _start;
        byte* at = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        if (at < _start || at - _start > _slab.Length - bytes.Length)
            throw new ArgumentException("The bytes do not lie in the slab of this batch.", nameof(bytes));
        return at;
    }

    private struct Message
    {
        internal DatagramPath Path;
        internal int FirstVector;
        internal int EndVector;
        internal int Length;
        internal int SegmentSize;
        internal int Datagrams;

        // Whole segments so far, and room for one more of this length.
        internal readonly bool Takes(int length) =>
            length <= SegmentSize && Datagrams < MaximumSegments &&
            Length == Datagrams * SegmentSize && Length + length <= MaximumMessageSize;
    }
}
