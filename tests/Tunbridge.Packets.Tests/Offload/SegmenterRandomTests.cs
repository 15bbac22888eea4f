// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>Superpackets of chance against the slow way, and bytes of chance against nothing but the buffer's ends.</summary>
public sealed class SegmenterRandomTests
{
    private const int Seed = 20_261_122;

    [Fact]
    public void Superpackets_Random_AreCutAsTheSlowWayCutsThem()
    {
        RandomWires wires = new(Seed);
        for (int i = 0; i < Rounds.Count; i++)
        {
            Wire packet = Superpacket(wires);
            int size = wires.Random.Next(1, 100) * (wires.Chance(20) ? 20 : 1);
            List<byte[]>? segments = Cutting.Run(packet.Build(), packet.Layer, packet.Describe(size), out SegmentRefusal refusal);
            List<Wire> expected = packet.Cut(size);
            if (segments is null || segments.Count != expected.Count)
                Assert.Fail($"round {i}: {refusal}, {segments?.Count} segments, {packet}");
            for (int k = 0; k < expected.Count; k++)
            {
                if (!segments[k].AsSpan().SequenceEqual(expected[k].Build()))
                    Assert.Fail($"round {i}, segment {k}: {Convert.ToHexString(segments[k])} is not {expected[k]}");
            }
        }
    }

    [Fact]
    public void HostileBytes_Random_NeverThrowNorLeaveTheBuffer()
    {
        RandomWires wires = new(Seed + 1);
        int refused = 0;
        for (int i = 0; i < Rounds.Count; i++)
        {
            Wire packet = Superpacket(wires);
            byte[] bytes = wires.Chance(4) ? wires.Bytes(wires.Random.Next(200)) : packet.Build();
            for (int flips = wires.Random.Next(4); flips > 0 && bytes.Length > 0; flips--)
                bytes[wires.Random.Next(Math.Min(bytes.Length, 80))] = (byte)wires.Random.Next(256);
            if (wires.Chance(3))
                bytes = bytes[..wires.Random.Next(bytes.Length + 1)];
            GsoInfo gso = wires.Chance(2) ? packet.Describe(wires.Random.Next(64)) : new GsoInfo
            {
                Kind = (GsoKind)wires.Random.Next(8),
                NeedsChecksum = wires.Chance(2),
                HeaderLength = (ushort)wires.Random.Next(0x10000),
                SegmentSize = (ushort)wires.Random.Next(wires.Chance(2) ? 8 : 0x10000),
                ChecksumStart = (ushort)wires.Random.Next(wires.Chance(2) ? 100 : 0x10000),
                ChecksumOffset = (ushort)wires.Random.Next(wires.Chance(2) ? 20 : 0x10000),
            };
            try
            {
                if (Cutting.Run(bytes, packet.Layer, gso, out _) is null)
                    refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"round {i}: {Convert.ToHexString(bytes)} {gso}\n{e}");
            }
        }

        Assert.InRange(refused, Rounds.Count / 10, Rounds.Count * 9 / 10); // both ways were taken
    }

    private static Wire Superpacket(RandomWires wires)
    {
        DeviceLayer layer = wires.Chance(2) ? DeviceLayer.Packet : DeviceLayer.Frame;
        Wire flow = wires.Flow(layer, isPlain: false);
        return flow with
        {
            IsUnfinished = true,
            Flags = (TcpFlags)wires.Random.Next(512),
            ReservedBits = (byte)wires.Random.Next(8),
            Urgent = (ushort)wires.Random.Next(0x10000),
            Payload = wires.Bytes(wires.Random.Next(500) * (wires.Chance(50) ? 100 : 1)),
        };
    }
}
