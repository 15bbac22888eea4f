// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>Closing and cancelling wake whoever waits.</summary>
public sealed class WakeTests : DeviceTest
{
    private static readonly TimeSpan s_patience = Generous.Patience;

    [Fact]
    public void Dispose_WakesEverySynchronousReader()
    {
        TunDevice tun = UpTun();
        BlockedThread[] readers =
        [
            new(() => tun.Read(new PacketBatch(), CancellationToken.None)),
            new(() => tun.Read(new byte[100], out _, CancellationToken.None)),
            new(() => tun.Read(new PacketBatch(), new CancellationTokenSource().Token)),
        ];
        foreach (BlockedThread reader in readers)
            reader.WaitUntilBlocked();
        tun.Dispose();
        foreach (BlockedThread reader in readers)
            Assert.IsType<ObjectDisposedException>(reader.Join());
        Assert.False(Exists("t0"));
    }

    [Fact]
    public void Cancel_WakesItsReaderOnly()
    {
        using TunDevice tun = UpTun();
        using CancellationTokenSource first = new(), second = new();
        BlockedThread a = new(() => tun.Read(new PacketBatch(), first.Token));
        BlockedThread b = new(() => tun.Read(new PacketBatch(), second.Token));
        a.WaitUntilBlocked();
        b.WaitUntilBlocked();
        first.Cancel();
        OperationCanceledException error = Assert.IsType<OperationCanceledException>(a.Join());
        Assert.Equal(first.Token, error.CancellationToken);
        b.WaitUntilBlocked();
        Send(1);
        Assert.Null(b.Join());
    }

    [Fact]
    public async Task DisposeAsync_WakesTheAsynchronousReader()
    {
        TunDevice tun = UpTun();
        Task<int> read = tun.ReadAsync(new PacketBatch(), Token).AsTask();
        await tun.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(s_patience, Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await tun.ReadAsync(new PacketBatch(), Token));
    }

    [Fact]
    public async Task ReadAsync_Cancelled_LosesNoPacketAndTheNextReadWorks()
    {
        using TunDevice tun = UpTun();
        PacketBatch batch = new();
        for (byte i = 0; i < 50; i++)
        {
            using CancellationTokenSource source = new();
            ValueTask<int> read = tun.ReadAsync(batch, source.Token);
            await source.CancelAsync();
            OperationCanceledException error = await Assert.ThrowsAsync<OperationCanceledException>(async () => await read);
            Assert.Equal(source.Token, error.CancellationToken);
            Assert.Equal(0, batch.Count);
            Send(i);
            Assert.Equal(1, await tun.ReadAsync(batch, Token));
            Assert.Equal([i], Marks(batch));
            batch.Clear();
        }
    }

    [Fact]
    public async Task ReadAsync_PacketsAndCancellationsRacing_GivesEveryPacketOnce()
    {
        using TunDevice tun = UpTun(new() { TransmitQueueLength = 1000 });
        const int Count = 200;
        List<byte> seen = [];
        Task sender = Task.Run(() =>
        {
            for (int i = 0; i < Count; i++)
                Send((byte)i);
        }, Token);
        PacketBatch batch = new(4);
        while (seen.Count < Count)
        {
            using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
            ValueTask<int> read = tun.ReadAsync(batch, source.Token);
            Task cancel = source.CancelAsync();
            try
            {
                await read;
            }
            catch (OperationCanceledException) when (!Token.IsCancellationRequested)
            {
                Assert.Equal(0, batch.Count);
            }

            await cancel;
            seen.AddRange(Marks(batch));
            batch.Clear();
        }

        await sender;
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (byte)i), seen);
    }

    [Fact]
    public async Task ReadAllAsync_GivesPacketsUntilTheDeviceIsClosed()
    {
        using TunDevice tun = UpTun();
        Send(1, 2, 3);
        List<byte> seen = [];
        await foreach (ReadOnlyMemory<byte> packet in tun.ReadAllAsync(Token))
        {
            seen.Add(packet.Span[28]);
            if (seen.Count == 3)
                tun.Dispose();
        }

        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public void Read_AlreadyCancelled_TakesNoPacket()
    {
        using TunDevice tun = UpTun();
        Send(1);
        Assert.Throws<OperationCanceledException>(() => tun.Read(new PacketBatch(), new CancellationToken(true)));
        Assert.Equal(1, tun.TryRead(new PacketBatch()));
    }

    [Fact]
    public void Read_FullBatch_IsTheCallersMistake()
    {
        using TunDevice tun = UpTun();
        PacketBatch batch = new(1);
        batch.TryAdd([1]);
        Assert.Throws<ArgumentException>(() => tun.Read(batch, Token));
        Assert.Throws<ArgumentException>(() => tun.TryRead(batch));
    }

    [Fact]
    public void Read_SeveralThreads_ShareThePackets()
    {
        TunDevice tun = UpTun();
        const int Count = 200;
        List<byte> seen = [];
        using CountdownEvent all = new(Count);
        BlockedThread[] readers = [.. Enumerable.Range(0, 3).Select(_ => new BlockedThread(() =>
        {
            PacketBatch batch = new();
            while (true)
            {
                batch.Clear();
                int added = tun.Read(batch, CancellationToken.None);
                lock (seen)
                    seen.AddRange(Marks(batch));
                all.Signal(added);
            }
        }))];
        for (int i = 0; i < Count; i++)
            Send((byte)i);
        Assert.True(all.Wait(s_patience, Token));
        tun.Dispose();
        foreach (BlockedThread reader in readers)
            Assert.IsType<ObjectDisposedException>(reader.Join());
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (byte)i), seen.Order());
    }

    [Fact]
    public void DisposedDevice_EveryCall_SaysSo()
    {
        TunDevice tun = UpTun();
        tun.Dispose();
        tun.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tun.TryRead(new PacketBatch()));
        Assert.Throws<ObjectDisposedException>(() => tun.Write(Samples.IPv4()));
        Assert.Throws<ObjectDisposedException>(() => tun.Write(new PacketBatch()));
        Assert.Throws<ObjectDisposedException>(() => tun.TryWrite(Samples.IPv4()));
        Assert.Throws<ObjectDisposedException>(() => tun.SetPersistent(true));
        Assert.Throws<ObjectDisposedException>(() => tun.GetLink());
        Assert.Equal("t0", tun.Name);
    }
}
