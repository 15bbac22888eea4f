// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>Cutting and joining allocate nothing, whatever comes.</summary>
public sealed class OffloadAllocationTests
{
    [Fact]
    public void CutAndJoin_EveryShape_AllocatesNothing()
    {
        Wire tcp = new() { Payload = new byte[9000], IsUnfinished = true };
        Wire[] superpackets =
            [tcp, tcp with { IsUdp = true }, tcp with { IsVersion6 = true }, tcp with { IsVersion6 = true, IsUdp = true }];
        byte[][] bytes = [.. superpackets.Select(p => p.Build())];
        GsoInfo[] gso = [.. superpackets.Select(p => p.Describe(1000))];
        PacketBatch superpacketBatch = new(4), segmentBatch = new(64);
        Coalescer coalescer = new(DeviceLayer.Packet);
        int groups = 0, refused = 0;
        byte[] whole = new byte[65_536];

        void Round()
        {
            superpacketBatch.Clear();
            segmentBatch.Clear();
            for (int i = 0; i < bytes.Length; i++)
                superpacketBatch.TryAdd(bytes[i], gso[i]);
            superpacketBatch.TryAdd(bytes[0], gso[1]);
            foreach (ref readonly Packet packet in superpacketBatch)
            {
                if (!Segmenter.TryStart(packet, DeviceLayer.Packet, out Segmenter segmenter, out _))
                {
                    refused++;
                    continue;
                }

                while (segmenter.TryNext(out Span<byte> segment))
                    segmentBatch.TryAdd(segment);
            }

            if (Segmenter.TryStart(whole, 0, DeviceLayer.Packet, gso[0], out _, out _))
                refused--;
            else
                refused++;
            coalescer.Start(segmentBatch);
            foreach (CoalescedGroup group in coalescer)
            {
                group.CopyTo(whole);
                groups += group.Gso.SegmentSize + group.GetPackets().Length;
                whole[0] = 0;
            }
        }

        for (int i = 0; i < 100; i++)
            Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(groups > 0 && refused > 0);
        Assert.Equal(4, coalescer.Count);
    }
}
