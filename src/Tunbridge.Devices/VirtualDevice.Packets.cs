// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>The device as its first queue.</summary>
public abstract partial class VirtualDevice
{
    /// <inheritdoc/>
    public int Read(PacketBatch batch, CancellationToken cancellationToken = default) =>
        _queues[0].Read(batch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(PacketBatch batch, CancellationToken cancellationToken = default) =>
        _queues[0].ReadAsync(batch, cancellationToken);

    /// <inheritdoc/>
    public int TryRead(PacketBatch batch) => _queues[0].TryRead(batch);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, out GsoInfo gso, CancellationToken cancellationToken = default) =>
        _queues[0].Read(buffer, out gso, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _queues[0].ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out int length, out GsoInfo gso) =>
        _queues[0].TryRead(buffer, out length, out gso);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> packet, in GsoInfo gso = default) => _queues[0].Write(packet, gso);

    /// <inheritdoc/>
    public int Write(PacketBatch batch) => _queues[0].Write(batch);

    /// <inheritdoc cref="DeviceQueue.Write(Coalescer)"/>
    public int Write(Coalescer coalescer) => _queues[0].Write(coalescer);

    /// <inheritdoc/>
    public PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, in GsoInfo gso = default) =>
        _queues[0].TryWrite(packet, gso);
}
