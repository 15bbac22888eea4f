// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>Packets of chance against the rules told slowly; bytes of chance against the buffer's ends.</summary>
public sealed class CoalescerRandomTests
{
    private const int Seed = 22_112_026;

    [Fact]
    public void Superpackets_CutAndJoined_AreTheSame()
    {
        RandomWires wires = new(Seed);
        Coalescer[] coalescers = [new(DeviceLayer.Packet), new(DeviceLayer.Frame)];
        for (int i = 0; i < Rounds.Count; i++)
        {
            DeviceLayer layer = wires.Chance(2) ? DeviceLayer.Packet : DeviceLayer.Frame;
            int size = wires.Random.Next(1, 200);
            Wire packet = wires.Flow(layer, isPlain: true) with
            {
                Payload = wires.Bytes(wires.Random.Next(size + 1, size * wires.Random.Next(2, wires.Chance(10) ? 65 : 6))),
                Flags = wires.Chance(2) ? TcpFlags.Ack : TcpFlags.Ack | TcpFlags.Psh,
            };
            byte[] bytes = (packet with { IsUnfinished = true }).Build();
            List<byte[]>? segments = Cutting.Run(bytes, layer, packet.Describe(size), out SegmentRefusal refusal);
            if (segments is null)
                Assert.Fail($"round {i}: {refusal}");
            // UDP whose checksum comes to none cannot come from the segmenter, and all else merges.
            Coalescer coalescer = coalescers[(int)layer];
            byte[] slab = [.. segments.SelectMany(s => s)];
            coalescer.Start(slab);
            int at = 0;
            foreach (byte[] segment in segments)
            {
                coalescer.Add(at, segment.Length);
                at += segment.Length;
            }

            if (coalescer.Count != 1 || !Joining.BytesOf(coalescer[0]).AsSpan().SequenceEqual(bytes)
                || coalescer[0].Gso != packet.Describe(size))
                Assert.Fail($"round {i}: {coalescer.Count} groups of {packet}, size {size}");
        }
    }

    [Fact]
    public void Packets_Random_AreGroupedAsTheSlowWayGroupsThem()
    {
        RandomWires wires = new(Seed + 1);
        Coalescer[] coalescers = [new(DeviceLayer.Packet), new(DeviceLayer.Frame)];
        int merged = 0;
        for (int packets = 0; packets < Rounds.Count;)
        {
            DeviceLayer layer = wires.Chance(2) ? DeviceLayer.Packet : DeviceLayer.Frame;
            List<Wire> sent = Traffic(wires, layer);
            packets += sent.Count;
            List<List<int>> groups = Joining.Run(coalescers[(int)layer], [.. sent.Select(p => p.Build())]);
            List<List<Wire>> slow = SlowCoalescer.Group(sent);
            List<List<int>> expected = [.. slow.Select(g => g.Select(p => sent.FindIndex(q => ReferenceEquals(p, q))).ToList())];
            string got = Text(groups), wanted = Text(expected);
            if (got != wanted)
                Assert.Fail($"packet {packets}:\n got    {got}\n wanted {wanted}\n {string.Join("\n ", sent)}");
            merged += groups.Count(g => g.Count > 1);
        }

        Assert.InRange(merged, Rounds.Count / 50, Rounds.Count);
    }

    [Fact]
    public void HostileBytes_Random_NeverThrowNorReadOutside()
    {
        RandomWires wires = new(Seed + 2);
        Coalescer[] coalescers = [new(DeviceLayer.Packet, 16), new(DeviceLayer.Frame, 16)];
        for (int packets = 0; packets < Rounds.Count;)
        {
            DeviceLayer layer = wires.Chance(2) ? DeviceLayer.Packet : DeviceLayer.Frame;
            List<byte[]> bytes = [.. Traffic(wires, layer).Take(16).Select(p => Damage(wires, p.Build()))];
            packets += bytes.Count;
            try
            {
                Joining.Run(coalescers[(int)layer], bytes);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"packet {packets}: {string.Join(' ', bytes.Select(Convert.ToHexString))}\n{e}");
            }
        }
    }

    // A few flows, each mostly in sequence, with something odd now and then, and neighbours changing places.
    private static List<Wire> Traffic(RandomWires wires, DeviceLayer layer)
    {
        List<Wire> flows = [];
        for (int i = wires.Random.Next(1, 4); i > 0; i--)
            flows.Add(wires.Flow(layer, isPlain: true) with { Payload = wires.Bytes(wires.Random.Next(1, 40)) });
        List<Wire> sent = [];
        int count = wires.Random.Next(1, 40);
        while (sent.Count < count)
        {
            int i = wires.Random.Next(flows.Count);
            Wire packet = flows[i] with { };
            sent.Add(wires.Chance(8) ? Odd(wires, packet) : packet);
            flows[i] = packet with
            {
                Sequence = packet.Sequence + (uint)packet.Payload.Length,
                Identification = (ushort)(packet.Identification + 1),
                Payload = wires.Bytes(wires.Chance(10) ? wires.Random.Next(1, 40) : packet.Payload.Length),
            };
        }

        for (int i = 1; i < sent.Count; i++)
        {
            if (wires.Chance(8))
                (sent[i - 1], sent[i]) = (sent[i], sent[i - 1]);
        }

        return sent;
    }

    private static Wire Odd(RandomWires wires, Wire w) => wires.Random.Next(20) switch
    {
        0 => w with { TrafficClass = (byte)(w.TrafficClass ^ 1) },
        1 => w with { HopLimit = (byte)(w.HopLimit - 1) },
        2 => w with { HasBadChecksum = true },
        3 => w with { HasBadHeaderChecksum = true },
        4 => w with { Payload = [] },
        5 => w with { Padding = 2 },
        6 => w with { Acknowledgment = w.Acknowledgment + 1 },
        7 => w with { Window = (ushort)(w.Window + 1) },
        8 => w with { Flags = TcpFlags.Ack | TcpFlags.Fin },
        9 => w with { Flags = w.Flags | TcpFlags.Psh },
        10 => w with { Flags = w.Flags | TcpFlags.Ece },
        11 => w with { ReservedBits = 1 },
        12 => w with { Fragment = 0x2000 },
        13 => w with { Fragment = (ushort)(w.Fragment ^ 0x4000) },
        14 => w with { Identification = (ushort)(w.Identification + 5) },
        15 => w with { FlowLabel = w.IsVersion6 ? w.FlowLabel ^ 1 : 0 },
        16 => w with { Extension = w.IsVersion6 ? (byte)60 : (byte)0 },
        17 => w with { Ipv4Options = w.IsVersion6 ? [] : [1, 1, 1, 1] },
        18 => w with { Sequence = w.Sequence + 1 },
        _ => w with { HasNoChecksum = w.IsUdp },
    };

    private static byte[] Damage(RandomWires wires, byte[] bytes)
    {
        if (wires.Chance(10))
            bytes = wires.Bytes(wires.Random.Next(100));
        for (int flips = wires.Random.Next(3); flips > 0 && bytes.Length > 0; flips--)
            bytes[wires.Random.Next(Math.Min(bytes.Length, 70))] ^= (byte)(1 << wires.Random.Next(8));
        return wires.Chance(4) ? bytes[..wires.Random.Next(bytes.Length + 1)] : bytes;
    }

    private static string Text(List<List<int>> groups) => string.Join(" | ", groups.Select(g => string.Join(' ', g)));
}
