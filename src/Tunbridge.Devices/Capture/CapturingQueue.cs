// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Devices;

/// <summary>A queue whose packets, both ways, are also written into a <see cref="PacketCapture"/>.</summary>
/// <remarks>
/// As thread-safe as the queue within. Read packets are outbound (the host sent them), written ones inbound; refused
/// writes are not in the capture. A superpacket is captured whole.
/// </remarks>
public sealed class CapturingQueue : IPacketQueue
{
    private readonly IPacketQueue _inner;
    private readonly PacketCapture _capture;
    private readonly int _interface;

    internal CapturingQueue(IPacketQueue inner, PacketCapture capture, int interfaceNumber)
    {
        _inner = inner;
        _capture = capture;
        _interface = interfaceNumber;
    }

    /// <inheritdoc/>
    public DeviceLayer Layer => _inner.Layer;

    /// <inheritdoc/>
    public PacketRefusals Refusals => _inner.Refusals;

    /// <inheritdoc/>
    public int Read(PacketBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return RecordNew(batch, _inner.Read(batch, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(PacketBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return RecordNew(batch, await _inner.ReadAsync(batch, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public int TryRead(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return RecordNew(batch, _inner.TryRead(batch));
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, out GsoInfo gso, CancellationToken cancellationToken = default)
    {
        int length = _inner.Read(buffer, out gso, cancellationToken);
        _capture.Write(_interface, buffer[..length], PacketDirection.Outbound);
        return length;
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int length = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _capture.Write(_interface, buffer.Span[..length], PacketDirection.Outbound);
        return length;
    }

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out int length, out GsoInfo gso)
    {
        if (!_inner.TryRead(buffer, out length, out gso))
            return false;
        _capture.Write(_interface, buffer[..length], PacketDirection.Outbound);
        return true;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> packet, in GsoInfo gso = default)
    {
        _inner.Write(packet, gso);
        _capture.Write(_interface, packet, PacketDirection.Inbound);
    }

    /// <inheritdoc/>
    public int Write(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int written = 0;
        // One by one: a batch write tells how many were taken, not which.
        foreach (ref readonly Packet packet in batch)
        {
            PacketWriteStatus status = _inner is DeviceQueue queue
                ? queue.TryWrite(packet.Span, packet.EtherType, packet.Gso)
                : _inner.TryWrite(packet.Span, packet.Gso);
            if (status != PacketWriteStatus.Written)
                continue;
            _capture.Write(_interface, packet.Span, PacketDirection.Inbound);
            written++;
        }

        return written;
    }

    /// <inheritdoc/>
    public PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, in GsoInfo gso = default)
    {
        PacketWriteStatus status = _inner.TryWrite(packet, gso);
        if (status == PacketWriteStatus.Written)
            _capture.Write(_interface, packet, PacketDirection.Inbound);
        return status;
    }

    /// <summary>Closes the queue within; the capture stays.</summary>
    public void Dispose() => _inner.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private int RecordNew(PacketBatch batch, int added)
    {
        for (int i = batch.Count - added; i < batch.Count; i++)
            _capture.Write(_interface, batch[i].Span, PacketDirection.Outbound);
        return added;
    }
}
