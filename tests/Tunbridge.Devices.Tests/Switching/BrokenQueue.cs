// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Switching;

/// <summary>
/// A queue that breaks its contract: its writes throw. Reads wait until it is closed, or with a barrier until somebody
/// writes, and then throw at the same time.
/// </summary>
internal sealed class BrokenQueue : IPacketQueue
{
    private readonly MemoryPacketQueue _inner;

    private readonly Barrier? _together;

    internal BrokenQueue(Barrier? together = null)
    {
        _together = together;
        (_inner, _) = MemoryPacketQueue.CreatePair(DeviceLayer.Frame);
    }

    public DeviceLayer Layer => DeviceLayer.Frame;

    public PacketRefusals Refusals => _inner.Refusals;

    public int Read(PacketBatch batch, CancellationToken cancellationToken = default) =>
        _together is null ? _inner.Read(batch, cancellationToken) : throw Broken();

    public ValueTask<int> ReadAsync(PacketBatch batch, CancellationToken cancellationToken = default) =>
        _inner.ReadAsync(batch, cancellationToken);

    public int TryRead(PacketBatch batch) => _inner.TryRead(batch);

    public int Read(Span<byte> buffer, out GsoInfo gso, CancellationToken cancellationToken = default) =>
        _inner.Read(buffer, out gso, cancellationToken);

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _inner.ReadAsync(buffer, cancellationToken);

    public bool TryRead(Span<byte> buffer, out int length, out GsoInfo gso) => _inner.TryRead(buffer, out length, out gso);

    public void Write(ReadOnlySpan<byte> packet, in GsoInfo gso = default) => throw Broken();

    public int Write(PacketBatch batch) => throw Broken();

    public PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, in GsoInfo gso = default) =>
        throw Broken();

    public void Dispose() => _inner.Dispose();

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private InvalidOperationException Broken()
    {
        _together?.SignalAndWait(TestContext.Current.CancellationToken);
        return new("broken");
    }
}
