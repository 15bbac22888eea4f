// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Packets.Tests.Capture;

public sealed class PcapngReaderFuzzTests
{
    private const int Mutations = 100_000;

    private static readonly uint[] s_edges =
        [0, 1, 3, 11, 12, 13, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFC, uint.MaxValue];

    [Fact]
    public void TryReadPacket_MutatedCaptures_NeverThrowsAndAlwaysEnds()
    {
        byte[][] seeds = [Seed(true), Seed(false), WriterSeed()];
        var random = new Random(20_260_101);
        int[] statuses = new int[Enum.GetValues<PcapngReadStatus>().Length];
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = Mutate(seeds[i % seeds.Length], random);
            try
            {
                statuses[(int)ReadToTheEnd(bytes)]++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"mutation {i}: {Convert.ToHexString(bytes)}", e);
            }
        }

        Assert.Equal(0, statuses[(int)PcapngReadStatus.Reading]);
        // Every way to end was met, so the mutations go deep.
        foreach (PcapngReadStatus status in Enum.GetValues<PcapngReadStatus>())
        {
            int met = statuses[(int)status];
            Assert.True(status == PcapngReadStatus.Reading || met > 50, $"{status}: {met}");
        }
    }

    [Fact]
    public void TryReadPacket_EveryBitFlipped_NeverThrows()
    {
        foreach (byte[] seed in (byte[][])[Seed(true), Seed(false)])
        {
            for (int bit = 0; bit < seed.Length * 8; bit++)
            {
                byte[] bytes = [.. seed];
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.NotEqual(PcapngReadStatus.Reading, ReadToTheEnd(bytes));
            }
        }
    }

    private static PcapngReadStatus ReadToTheEnd(byte[] bytes)
    {
        var reader = new PcapngReader(new MemoryStream(bytes, writable: false));
        int packets = 0;
        while (reader.TryReadPacket(out PcapngPacket packet))
        {
            // An accepted packet is one that can be used, and there cannot be more of them than bytes.
            Assert.True(packet.Bytes.Length <= bytes.Length);
            Assert.Same(reader.Interfaces[packet.InterfaceNumber], packet.Interface);
            Assert.True(packet.Time.Year is >= 1677 and <= 2262);
            Assert.True(packet.Direction <= PacketDirection.Outbound);
            Assert.True(++packets <= bytes.Length / 16);
        }

        return reader.Status;
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int changes = random.Next(1, 5); changes > 0 && bytes.Count > 8; changes--)
        {
            int at = random.Next(bytes.Count);
            int aligned = at & ~3;
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.RemoveRange(aligned, Math.Min(random.Next(1, 5) * 4, bytes.Count - aligned));
                    break;
                case 4: // a part once more, somewhere else
                    bytes.InsertRange(aligned, seed.AsSpan(0, random.Next(seed.Length / 4) * 4).ToArray());
                    break;
                case 5: // a word of its own kind: lengths, counts and their edges
                    uint word = random.Next(3) == 0 ? (uint)random.Next(200) : s_edges[random.Next(s_edges.Length)];
                    WriteWord(bytes, aligned, word, random.Next(2) == 0);
                    break;
                default:
                    ushort[] halves = [0, 1, 2, 9, 14, 0xFFFF, (ushort)random.Next(64)];
                    WriteWord(bytes, at & ~1, halves[random.Next(halves.Length)], random.Next(2) == 0, size: 2);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void WriteWord(List<byte> bytes, int at, uint value, bool isLittleEndian, int size = 4)
    {
        byte[] word = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(word, value);
        for (int i = 0; i < size && at + i < bytes.Count; i++)
            bytes[at + i] = word[isLittleEndian ? i : size - 1 - i];
    }

    private static byte[] Seed(bool isLittleEndian)
    {
        var build = new CaptureBuilder(isLittleEndian);
        return build.Section(1, build.Option(4, "seed"u8.ToArray()))
            .Interface(
                1, 64, [.. build.Option(2, "tap0"u8.ToArray()), .. build.Option(9, 9), .. build.Option(14, build.U64(1))])
            .Packet([1, 2, 3, 4, 5], 77, options: [.. build.Option(2, build.U32(2)), .. build.Option(0)])
            .Block(0x0BAD, [1, 2, 3, 4])
            .SimplePacket(3, [6, 7, 8])
            .Section().Interface(101).Interface(101, 0, build.Option(9, 0x94))
            .Packet([9], 1UL << 40, number: 1)
            .ToArray();
    }

    private static byte[] WriterSeed()
    {
        var stream = new MemoryStream();
        var writer = new PcapngWriter(stream, "seed");
        writer.AddInterface(PcapngLinkType.Raw, "tun0", 60);
        writer.WritePacket(0, new byte[100], 1, PacketDirection.Inbound);
        writer.WritePacket(0, [0x45], 2);
        writer.WriteStatistics(0, 3, 2, 0);
        return stream.ToArray();
    }
}
