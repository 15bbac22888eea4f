// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Switching;

/// <summary>A queue that breaks its contract: its writes throw. Reads wait until it is closed.</summary>
internal sealed class BrokenQueue : IPacketQueue
{
    private readonly MemoryPacketQueue _inner;

    internal BrokenQueue() => (_inner, _) = MemoryPacketQueue.CreatePair(DeviceLayer.Frame);

    public DeviceLayer Layer => DeviceLayer.Frame;

    public PacketRefusals Refusals => _inner.Refusals;

    public int Read(PacketBatch batch, CancellationToken cancellationToken = default) => _inner.Read(batch, cancellationToken);

    public ValueTask<int> ReadAsync(PacketBatch batch, CancellationToken cancellationToken = default) =>
        _inner.ReadAsync(batch, cancellationToken);

    public int TryRead(PacketBatch batch) => _inner.TryRead(batch);

    public int Read(Span<byte> buffer, out GsoInfo gso, CancellationToken cancellationToken = default) =>
        _inner.Read(buffer, out gso, cancellationToken);

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _inner.ReadAsync(buffer, cancellationToken);

    public bool TryRead(Span<byte> buffer, out int length, out GsoInfo gso) => _inner.TryRead(buffer, out length, out gso);

    public void Write(ReadOnlySpan<byte> packet, in GsoInfo gso = default) => throw new InvalidOperationException("broken");

    public int Write(PacketBatch batch) => throw new InvalidOperationException("broken");

    public PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, in GsoInfo gso = default) =>
        throw new InvalidOperationException("broken");

    public void Dispose() => _inner.Dispose();

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
