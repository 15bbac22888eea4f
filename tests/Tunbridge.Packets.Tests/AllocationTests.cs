// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets.Capture;

namespace Tunbridge.Packets.Tests;

/// <summary>The packet path allocates nothing once it is warm.</summary>
public sealed class AllocationTests
{
    private static readonly GsoInfo s_gso = new() { Kind = GsoKind.TcpV4, SegmentSize = 1000, HeaderLength = 40 };

    [Fact]
    public void Batch_FillEnumerateClear_AllocatesNothing()
    {
        var batch = new PacketBatch(16);
        byte[] bytes = new byte[1400];
        int total = 0;
        AssertNoAllocation(() =>
        {
            while (batch.Count < 8)
                batch.TryAdd(bytes, s_gso);
            while (!batch.IsFull)
            {
                batch.GetSpan()[0] = 1;
                batch.Commit(1400, s_gso, skip: 10);
            }

            foreach (ref readonly Packet packet in batch)
                total += packet.Span.Length + packet.SpanWithHeadroom(10).Length + packet.Gso.SegmentSize;
            batch.Clear();
        });
        Assert.True(total > 0);
    }

    [Fact]
    public void Checksum_EveryForm_AllocatesNothing()
    {
        byte[] bytes = new byte[1401];
        uint total = 0;
        AssertNoAllocation(() =>
        {
            uint pseudo = InternetChecksum.PseudoHeaderV4(bytes.AsSpan(0, 4), bytes.AsSpan(4, 4), 6, 9);
            total += InternetChecksum.Compute(bytes, pseudo);
            total += InternetChecksum.PseudoHeaderV6(bytes.AsSpan(0, 16), bytes.AsSpan(16, 16), 6, 9);
            total += InternetChecksum.Update(1, bytes.AsSpan(0, 4), bytes.AsSpan(4, 4));
            total += InternetChecksum.Concatenate(1, 3, 2);
        });
        Assert.True(total > 0);
    }

    [Fact]
    public void VirtioNetHeader_ReadAndWrite_AllocatesNothing()
    {
        byte[] header = new byte[12];
        AssertNoAllocation(() =>
        {
            VirtioNetHeader.Write(header, s_gso, littleEndian: true);
            VirtioNetHeader.TryRead(header, littleEndian: true, out _);
        });
    }

    [Fact]
    public void MemoryQueue_WriteAndReadWithoutWaiting_AllocatesNothing()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        var batch = new PacketBatch();
        byte[] small = new byte[1400];
        byte[] large = new byte[60_000];
        byte[] buffer = new byte[65_536];
        small[0] = large[0] = 0x45;
        CancellationToken token = TestContext.Current.CancellationToken; // one that can be cancelled
        int total = 0;
        AssertNoAllocation(() =>
        {
            for (int i = 0; i < 10; i++)
                first.Write(small);
            first.Write(large, s_gso);
            total += second.Read(batch, token);
            total += second.Write(batch);
            total += first.Read(buffer, out _, token);
            total += first.TryRead(buffer, out int length, out _) ? length : 0;
            batch.Clear();
            total += first.TryRead(batch);
            batch.Clear();
            total += (int)second.TryWrite([]); // refusals too
        });
        Assert.True(total > 0);
    }

    [Fact]
    public void MemoryQueue_ReadAsyncOfWhatWaits_AllocatesNothing()
    {
        var (first, second) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        var batch = new PacketBatch();
        byte[] buffer = new byte[10];
        int total = 0;
        AssertNoAllocation(() =>
        {
            first.Write([0x45]);
            ValueTask<int> read = second.ReadAsync(batch);
            total += read.IsCompletedSuccessfully ? read.Result : throw new InvalidOperationException("it waited");
            first.Write([0x45]);
            read = second.ReadAsync(buffer.AsMemory());
            total += read.IsCompletedSuccessfully ? read.Result : throw new InvalidOperationException("it waited");
            batch.Clear();
        });
        Assert.True(total > 0);
    }

    [Fact]
    public void PcapngWriter_WritePacket_AllocatesNothing()
    {
        var stream = new MemoryStream(1024 * 1024);
        var writer = new PcapngWriter(stream);
        int number = writer.AddInterface(PcapngLinkType.Raw, "tun0");
        byte[] bytes = new byte[1401];
        AssertNoAllocation(() =>
        {
            stream.Position = 0;
            writer.WritePacket(number, bytes, 1_700_000_000_000_000_000, PacketDirection.Inbound);
            writer.WritePacket(number, bytes, DateTimeOffset.UnixEpoch);
            writer.WriteStatistics(number, 1, 2, 3);
        });
        Assert.True(stream.Length > 2800);
    }

    [Fact]
    public void PcapngReader_TryReadPacket_AllocatesNothing()
    {
        var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        writer.AddInterface(PcapngLinkType.Raw, "tun0");
        for (int i = 0; i < 500; i++)
            writer.WritePacket(0, new byte[1400], i, PacketDirection.Outbound);
        stream.Position = 0;
        var reader = new PcapngReader(stream);
        AssertNoAllocation(() => Assert.True(reader.TryReadPacket(out _)));
    }

    private static void AssertNoAllocation(Action action)
    {
        for (int i = 0; i < 100; i++)
            action(); // warm: compiled, buffers grown
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
