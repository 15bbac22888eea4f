// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>Coalescer runs that check what every group must be.</summary>
internal static class Joining
{
    /// <summary>Adds packets and gives the groups as lists of the packets' indices.</summary>
    public static List<List<int>> Run(Coalescer coalescer, List<byte[]> packets)
    {
        byte[] slab = MakeSlab(packets, out List<int> offsets);
        byte[] before = [.. slab];
        coalescer.Start(slab);
        for (int i = 0; i < packets.Count; i++)
            coalescer.Add(offsets[i], packets[i].Length);
        Assert.Equal(packets.Count, coalescer.PacketCount);

        List<List<int>> groups = [];
        foreach (CoalescedGroup group in coalescer)
            groups.Add(Check(group, coalescer.Layer, packets, offsets));
        Assert.Equal(coalescer.Count, groups.Count);
        Assert.True(before.AsSpan().SequenceEqual(slab), "the slab was changed");
        return groups;
    }

    /// <summary>The group's bytes, put together.</summary>
    public static byte[] BytesOf(CoalescedGroup group)
    {
        byte[] bytes = new byte[group.Length];
        group.CopyTo(bytes);
        return bytes;
    }

    // Cut again, a group gives its packets as they came; identifications apart where DF says they mean nothing.
    private static List<int> Check(CoalescedGroup group, DeviceLayer layer, List<byte[]> packets, List<int> offsets)
    {
        byte[] bytes = BytesOf(group);
        GsoInfo gso = group.Gso;
        int count = group.PacketCount;
        bool isSingle = group.Headers.IsEmpty;
        List<int> indices = [];
        foreach (Range range in group.GetPackets())
            indices.Add(offsets.IndexOf(range.Start.Value));
        Assert.Equal(count, indices.Count);
        Assert.Equal(count == 1, isSingle);
        if (isSingle)
        {
            Assert.Equal(default, gso);
            Assert.True(bytes.AsSpan().SequenceEqual(packets[indices[0]]));
            return indices;
        }

        List<byte[]>? segments = Cutting.Run(bytes, layer, gso, out SegmentRefusal refusal);
        if (segments?.Count != count)
            Assert.Fail($"{refusal}: {segments?.Count} segments of {count} packets");
        for (int i = 0; i < count; i++)
        {
            byte[] original = [.. packets[indices[i]]];
            byte[] segment = segments[i];
            int network = 0;
            if (layer == DeviceLayer.Frame)
                Assert.True(EthernetView.TryParse(segment, out EthernetView frame) && frame.TrySkipTags(out _, out network));
            bool isIdentificationFree = segment[network] == 0x45 && (segment[network + 6] & 0x40) != 0;
            if (isIdentificationFree)
                Forget(original.AsSpan(network), segment.AsSpan(network));
            if (!original.AsSpan().SequenceEqual(segment))
                Assert.Fail($"packet {indices[i]}: {Convert.ToHexString(original)} became {Convert.ToHexString(segment)}");
        }

        return indices;
    }

    private static void Forget(Span<byte> original, Span<byte> segment)
    {
        Assert.Equal(0xFFFF, Wire.NaiveSum(segment[..20])); // the header's checksum is right for the new identification
        original.Slice(4, 2).Clear();
        original.Slice(10, 2).Clear();
        segment.Slice(4, 2).Clear();
        segment.Slice(10, 2).Clear();
    }

    private static byte[] MakeSlab(List<byte[]> packets, out List<int> offsets)
    {
        offsets = [];
        int size = 0;
        foreach (byte[] packet in packets)
        {
            offsets.Add(size);
            size += packet.Length + 1; // one between, so that packets of no bytes can be told apart
        }

        byte[] slab = new byte[size];
        for (int i = 0; i < packets.Count; i++)
            packets[i].CopyTo(slab, offsets[i]);
        return slab;
    }
}
