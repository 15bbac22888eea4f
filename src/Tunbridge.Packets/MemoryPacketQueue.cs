// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// One end of a pair of queues in memory: what one end writes, the other reads, by the same rules as a card.
/// </summary>
/// <remarks>
/// <para>For tests, for joining two parts of a program, and for running a stack without privilege. As with a
/// card, a write never waits: when the reader has fallen <c>capacity</c> packets behind, the packet is
/// dropped and counted as <see cref="PacketWriteStatus.QueueFull"/> at the writing end. A packet the kernel
/// would not take is <see cref="PacketWriteStatus.Malformed"/> (see <see cref="TryWrite"/>). The
/// <see cref="GsoInfo"/> travels along.</para>
/// <para>Disposing one end wakes its readers with <see cref="ObjectDisposedException"/>; the other end reads
/// what is still there, then gets <see cref="EndOfStreamException"/>, and its writes are
/// <see cref="PacketWriteStatus.Gone"/>.</para>
/// <para>Thread-safe. Buffers are kept and used again: once as many packets have been under way as will be,
/// reads and writes that need not wait allocate nothing.</para>
/// </remarks>
public sealed class MemoryPacketQueue : IPacketQueue
{
    private const int EthernetHeaderSize = 14;

    private readonly MemoryPacketChannel _incoming;
    private readonly MemoryPacketChannel _outgoing;
    private int _isDisposed;

    private MemoryPacketQueue(DeviceLayer layer, MemoryPacketChannel incoming, MemoryPacketChannel outgoing)
    {
        Layer = layer;
        _incoming = incoming;
        _outgoing = outgoing;
    }

    /// <inheritdoc/>
    public DeviceLayer Layer { get; }

    /// <inheritdoc/>
    public PacketRefusals Refusals { get; } = new();

    /// <summary>Makes two ends that are joined to each other.</summary>
    /// <param name="layer">What the queues carry, which decides the packets they refuse.</param>
    /// <param name="capacity">How many packets may wait in each direction, at least 1.</param>
    /// <returns>The two ends, alike in every way; each is to be disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="capacity"/> is below 1 or above 1,048,576.
    /// </exception>
    public static (MemoryPacketQueue First, MemoryPacketQueue Second) CreatePair(DeviceLayer layer, int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 20);
        var there = new MemoryPacketChannel(capacity);
        var back = new MemoryPacketChannel(capacity);
        return (new MemoryPacketQueue(layer, back, there), new MemoryPacketQueue(layer, there, back));
    }

    /// <inheritdoc/>
    public int Read(PacketBatch batch, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(batch);
        cancellationToken.ThrowIfCancellationRequested();
        int count = _incoming.TryRead(batch, this);
        if (count > 0)
            return count;

        using CancellationTokenRegistration wake = WakeOn(cancellationToken);
        while ((count = _incoming.TryRead(batch, this)) == 0)
            _incoming.Wait(cancellationToken);
        return count;
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(PacketBatch batch, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(batch);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        int count = _incoming.TryRead(batch, this);
        return count > 0 ? new ValueTask<int>(count) : ReadWhenReadyAsync(batch, cancellationToken);
    }

    /// <inheritdoc/>
    public int TryRead(PacketBatch batch)
    {
        ThrowIfUnusable(batch);
        return _incoming.TryRead(batch, this);
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, out GsoInfo gso, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_incoming.TryRead(buffer, this, out int length, out gso))
            return length;

        using CancellationTokenRegistration wake = WakeOn(cancellationToken);
        while (!_incoming.TryRead(buffer, this, out length, out gso))
            _incoming.Wait(cancellationToken);
        return length;
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        return _incoming.TryRead(buffer.Span, this, out int length, out _)
            ? new ValueTask<int>(length)
            : ReadWhenReadyAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out int length, out GsoInfo gso) =>
        _incoming.TryRead(buffer, this, out length, out gso);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> packet, in GsoInfo gso = default)
    {
        PacketWriteStatus status = TryWrite(packet, gso);
        if (status != PacketWriteStatus.Written)
            throw new PacketRefusedException(status);
    }

    /// <inheritdoc/>
    public int Write(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ThrowIfDisposed();
        int written = 0;
        foreach (ref readonly Packet packet in batch)
        {
            if (TryWrite(packet.Span, packet.Gso) == PacketWriteStatus.Written)
                written++;
        }

        return written;
    }

    /// <summary>Writes one packet for the other end to read, and tells a refusal by a value.</summary>
    /// <param name="packet">The packet; copied.</param>
    /// <param name="gso">How it is to be cut; given to the reader unchanged.</param>
    /// <returns>
    /// <see cref="PacketWriteStatus.Malformed"/> for what the kernel answers with EINVAL: a packet that is
    /// empty or whose first nibble is neither 4 nor 6, a frame below 14 bytes, a superpacket without segment
    /// size, headers or a checksum field beyond the end; also for more than
    /// <see cref="PacketBatch.MaximumPacketSize"/> bytes.
    /// </returns>
    public PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, in GsoInfo gso = default)
    {
        ThrowIfDisposed();
        PacketWriteStatus status = IsWellFormed(packet, gso)
            ? _outgoing.TryWrite(packet, gso)
            : PacketWriteStatus.Malformed;
        Refusals.Add(status);
        return status;
    }

    /// <summary>
    /// Closes this end and wakes whoever waits in it; may be called from any thread, any number of times.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _incoming.CloseReader();
        _outgoing.CloseWriter();
    }

    /// <summary>Closes this end, as <see cref="Dispose"/> does; completes at once.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<int> ReadWhenReadyAsync(PacketBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _incoming.WaitAsync(cancellationToken).ConfigureAwait(false);
            int count = _incoming.TryRead(batch, this);
            if (count > 0)
                return count; // otherwise another reader was faster
        }
    }

    private async ValueTask<int> ReadWhenReadyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _incoming.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_incoming.TryRead(buffer.Span, this, out int length, out _))
                return length;
        }
    }

    private CancellationTokenRegistration WakeOn(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static channel => ((MemoryPacketChannel)channel!).WakeReaders(), _incoming);

    private bool IsWellFormed(ReadOnlySpan<byte> packet, in GsoInfo gso)
    {
        if (packet.Length > PacketBatch.MaximumPacketSize)
            return false;
        bool isCarried = Layer == DeviceLayer.Packet
            ? packet.Length >= 1 && packet[0] >> 4 is 4 or 6
            : packet.Length >= EthernetHeaderSize;
        return isCarried
            && (!gso.IsSuperpacket || gso.SegmentSize != 0)
            && gso.HeaderLength <= packet.Length
            && (!gso.NeedsChecksum || gso.ChecksumStart + gso.ChecksumOffset + sizeof(ushort) <= packet.Length);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);

    private void ThrowIfUnusable(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ThrowIfDisposed();
        if (batch.IsFull)
            throw new ArgumentException("The batch is full: Clear it before reading into it again.", nameof(batch));
    }
}
