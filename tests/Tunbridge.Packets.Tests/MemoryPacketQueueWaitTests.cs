// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests;

/// <summary>Readers that wait, and everything that wakes them.</summary>
public sealed class MemoryPacketQueueWaitTests
{
    private static readonly TimeSpan s_generous = TimeSpan.FromSeconds(60);

    private readonly MemoryPacketQueue _near;
    private readonly MemoryPacketQueue _far;

    public MemoryPacketQueueWaitTests() => (_near, _far) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool> BatchOrBuffer => [true, false];

    [Theory]
    [MemberData(nameof(BatchOrBuffer))]
    public void Read_BlockedThread_GetsThePacketWrittenLater(bool isBatch)
    {
        var reader = new BlockedReader(_near, isBatch, CancellationToken.None);
        _far.Write([0x45, 7]);

        Assert.Null(reader.Join());
        Assert.Equal(isBatch ? 1 : 2, reader.Result);
    }

    [Theory]
    [MemberData(nameof(BatchOrBuffer))]
    public void Read_BlockedThread_IsWokenByDispose(bool isBatch)
    {
        var reader = new BlockedReader(_near, isBatch, CancellationToken.None);
        _near.Dispose();
        Assert.IsType<ObjectDisposedException>(reader.Join());
    }

    [Theory]
    [MemberData(nameof(BatchOrBuffer))]
    public void Read_BlockedThread_IsWokenByCancellation(bool isBatch)
    {
        using var source = new CancellationTokenSource();
        var reader = new BlockedReader(_near, isBatch, source.Token);
        source.Cancel();

        var cancelled = Assert.IsType<OperationCanceledException>(reader.Join());
        Assert.Equal(source.Token, cancelled.CancellationToken);
        _far.Write([0x45]); // the queue itself goes on
        Assert.True(_near.TryRead(new byte[1], out _, out _));
    }

    [Theory]
    [MemberData(nameof(BatchOrBuffer))]
    public void Read_BlockedThread_IsWokenByTheOtherEndsClose(bool isBatch)
    {
        var reader = new BlockedReader(_near, isBatch, CancellationToken.None);
        _far.Dispose();
        Assert.IsType<EndOfStreamException>(reader.Join());
    }

    [Fact]
    public void Read_SeveralBlockedThreads_AreAllWokenByDispose()
    {
        var readers = Enumerable.Range(0, 4)
            .Select(i => new BlockedReader(_near, i % 2 == 0, CancellationToken.None)).ToList();
        _near.Dispose();
        foreach (BlockedReader reader in readers)
            Assert.IsType<ObjectDisposedException>(reader.Join());
    }

    [Fact]
    public async Task Read_CancelledBefore_TakesNothing()
    {
        _far.Write([0x45]);
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => _near.Read(new PacketBatch(), cancelled));
        Assert.Throws<OperationCanceledException>(() => _near.Read(new byte[1], out _, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StartReading(isBatch: true, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StartReading(isBatch: false, cancelled));
        Assert.Equal(1, _near.TryRead(new PacketBatch()));
    }

    [Theory]
    [MemberData(nameof(BatchOrBuffer))]
    public async Task ReadAsync_Waiting_GetsThePacketWrittenLater(bool isBatch)
    {
        Task<int> reading = StartReading(isBatch, Token);
        Assert.False(reading.IsCompleted);
        _far.Write([0x45, 7]);

        Assert.Equal(isBatch ? 1 : 2, await reading.WaitAsync(s_generous, Token));
    }

    [Theory]
    [MemberData(nameof(BatchOrBuffer))]
    public async Task ReadAsync_Waiting_IsWokenByDispose(bool isBatch)
    {
        Task<int> reading = StartReading(isBatch, Token);
        _near.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.WaitAsync(s_generous, Token));
    }

    [Theory]
    [MemberData(nameof(BatchOrBuffer))]
    public async Task ReadAsync_Waiting_IsWokenByTheOtherEndsClose(bool isBatch)
    {
        Task<int> reading = StartReading(isBatch, Token);
        await _far.DisposeAsync();
        await Assert.ThrowsAsync<EndOfStreamException>(() => reading.WaitAsync(s_generous, Token));
    }

    [Theory]
    [MemberData(nameof(BatchOrBuffer))]
    public async Task ReadAsync_Waiting_IsWokenByItsOwnTokenOnly(bool isBatch)
    {
        using var source = new CancellationTokenSource();
        Task<int> cancelled = StartReading(isBatch, source.Token);
        Task<int> other = StartReading(isBatch, Token);
        await source.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => cancelled.WaitAsync(s_generous, Token));
        Assert.Equal(source.Token, exception.CancellationToken);
        Assert.False(other.IsCompleted);
        _far.Write([0x45]);
        Assert.Equal(1, await other.WaitAsync(s_generous, Token));
    }

    [Fact]
    public async Task ReadAsync_ManyReadersOneWriter_EveryPacketIsReadOnce()
    {
        const int Packets = 20_000;
        int[] seen = new int[Packets];
        var readers = Enumerable.Range(0, 4).Select(async i =>
        {
            var batch = new PacketBatch(1 + i);
            try
            {
                while (true)
                {
                    batch.Clear();
                    await _near.ReadAsync(batch, Token);
                    for (int p = 0; p < batch.Count; p++)
                        Interlocked.Increment(ref seen[BitConverter.ToInt32(batch[p].Span[1..])]);
                }
            }
            catch (EndOfStreamException)
            {
                return;
            }
        }).ToList();

        byte[] packet = new byte[5];
        packet[0] = 0x45;
        for (int i = 0; i < Packets; i++)
        {
            BitConverter.TryWriteBytes(packet.AsSpan(1), i);
            while (_far.TryWrite(packet) == PacketWriteStatus.QueueFull)
                await Task.Yield();
        }

        await _far.DisposeAsync();
        await Task.WhenAll(readers).WaitAsync(s_generous, Token);
        Assert.All(seen, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task ReadAsync_ManyCancelledWaits_LeaveTheQueueWorking()
    {
        for (int i = 0; i < 200; i++)
        {
            using var source = new CancellationTokenSource();
            Task<int> waiting = StartReading(isBatch: i % 2 == 0, source.Token);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_generous, Token));
        }

        _far.Write([0x45]);
        Assert.Equal(1, _near.Read(new byte[4], out _, Token));
    }

    [Fact]
    public async Task ReadAllAsync_UntilDisposed_GivesEveryPacketAndEnds()
    {
        var seen = new List<byte>();
        _far.Write([0x45, 1]);
        _far.Write([0x45, 2]);
        await foreach (ReadOnlyMemory<byte> packet in _near.ReadAllAsync(Token))
        {
            seen.Add(packet.Span[1]);
            if (seen.Count == 2)
                _far.Write([0x45, 3]);
            if (seen.Count == 3)
                _near.Dispose();
        }

        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public async Task ReadAllAsync_LeftEarly_LosesNoPacket()
    {
        for (byte i = 0; i < 3; i++)
            _far.Write([0x45, i]);
        await foreach (ReadOnlyMemory<byte> packet in _near.ReadAllAsync(Token))
        {
            Assert.Equal(0, packet.Span[1]);
            break;
        }

        var batch = new PacketBatch();
        Assert.Equal(2, _near.TryRead(batch));
        Assert.Equal(1, batch[0].Span[1]);
    }

    [Fact]
    public async Task ReadAllAsync_OtherEndClosed_EndsAfterTheLastPacket()
    {
        _far.Write([0x45, 1]);
        _far.Dispose();
        int count = 0;
        await foreach (ReadOnlyMemory<byte> packet in _near.ReadAllAsync(Token))
            count += packet.Length;
        Assert.Equal(2, count);
    }

    [Fact]
    public async Task ReadAllAsync_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        await using IAsyncEnumerator<ReadOnlyMemory<byte>> packets =
            _near.ReadAllAsync(Token).GetAsyncEnumerator(source.Token);
        ValueTask<bool> next = packets.MoveNextAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private Task<int> StartReading(bool isBatch, CancellationToken token) => isBatch
        ? _near.ReadAsync(new PacketBatch(), token).AsTask()
        : _near.ReadAsync(new byte[16], token).AsTask();

    /// <summary>A thread of its own that has really begun to wait when the constructor returns.</summary>
    private sealed class BlockedReader
    {
        private readonly Thread _thread;
        private Exception? _error;

        internal BlockedReader(MemoryPacketQueue queue, bool isBatch, CancellationToken token)
        {
            _thread = new Thread(() =>
            {
                try
                {
                    Result = isBatch ? queue.Read(new PacketBatch(), token) : queue.Read(new byte[16], out _, token);
                }
                catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or IOException)
                {
                    _error = e;
                }
            })
            { IsBackground = true };
            _thread.Start();
            Assert.True(
                SpinWait.SpinUntil(() => _thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), s_generous),
                "the reader never began to wait");
        }

        internal int Result { get; private set; }

        internal Exception? Join()
        {
            Assert.True(_thread.Join(s_generous), "the reader was not woken");
            return _error;
        }
    }
}
