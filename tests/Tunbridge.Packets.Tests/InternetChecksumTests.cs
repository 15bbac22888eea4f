// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.Packets.Tests;

public sealed class InternetChecksumTests
{
    [Fact]
    public void Sum_Rfc1071Example_IsTheOnePrinted()
    {
        // RFC 1071, section 3: 00 01 f2 03 f4 f5 f6 f7 sums to 2ddf0, folded ddf2.
        ReadOnlySpan<byte> bytes = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];

        Assert.Equal(0xDDF2u, InternetChecksum.Sum(bytes));
        Assert.Equal(0x220D, InternetChecksum.Compute(bytes));
    }

    [Fact]
    public void Sum_EveryLengthAndAlignment_EqualsWordByWord()
    {
        byte[] buffer = new byte[2048 + 64];
        var random = new Random(1071);
        for (int length = 0; length <= 2048; length++)
        {
            random.NextBytes(buffer);
            for (int alignment = 0; alignment < 16; alignment++)
            {
                ReadOnlySpan<byte> bytes = buffer.AsSpan(alignment, length);
                uint initial = (uint)random.Next(0x20000);
                if (NaiveSum(bytes, initial) != InternetChecksum.Sum(bytes, initial))
                    Assert.Fail($"length {length}, alignment {alignment}, initial {initial}");
            }
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    [InlineData(0x80)]
    public void Sum_UniformBytes_EqualsWordByWord(byte value)
    {
        byte[] buffer = new byte[70_000];
        buffer.AsSpan().Fill(value);
        foreach (int length in (int[])[0, 1, 2, 3, 7, 8, 9, 1500, 65_535, 70_000])
            Assert.Equal(NaiveSum(buffer.AsSpan(0, length)), InternetChecksum.Sum(buffer.AsSpan(0, length)));
    }

    [Fact]
    public void Sum_LargestInitial_DoesNotOverflow() =>
        Assert.Equal(NaiveSum([0xFF, 0xFF], uint.MaxValue), InternetChecksum.Sum([0xFF, 0xFF], uint.MaxValue));

    [Fact]
    public void Concatenate_EverySplit_EqualsTheWhole()
    {
        byte[] bytes = new byte[301];
        new Random(2).NextBytes(bytes);
        uint whole = InternetChecksum.Sum(bytes);
        for (int split = 0; split <= bytes.Length; split++)
        {
            uint first = InternetChecksum.Sum(bytes.AsSpan(0, split));
            uint second = InternetChecksum.Sum(bytes.AsSpan(split));
            Assert.Equal(whole, InternetChecksum.Concatenate(first, split, second));
            if (split % 2 == 0)
            {
                Assert.Equal(whole, InternetChecksum.Add(first, second));
                Assert.Equal(whole, InternetChecksum.Sum(bytes.AsSpan(split), first));
            }
        }
    }

    [Fact]
    public void Compute_FieldFilledIn_GivesZero()
    {
        var random = new Random(3);
        byte[] bytes = new byte[64];
        for (int i = 0; i < 10_000; i++)
        {
            Span<byte> block = bytes.AsSpan(0, random.Next(2, bytes.Length));
            random.NextBytes(block);
            int field = random.Next(block.Length / 2) * 2;
            block.Slice(field, 2).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(block[field..], InternetChecksum.Compute(block));
            Assert.Equal(0, InternetChecksum.Compute(block));
        }
    }

    [Fact]
    public void PseudoHeaderV4_UdpDatagram_GivesTheChecksumOfARealPacket()
    {
        // 192.168.0.1 > 192.168.0.2, UDP 1024 > 7, "hi": 0xC0A8+1+0xC0A8+2 + 17 + 10 + 0x0400+7+10+0x6869, added by hand.
        ReadOnlySpan<byte> datagram = [0x04, 0x00, 0x00, 0x07, 0x00, 0x0A, 0x00, 0x00, (byte)'h', (byte)'i'];
        uint pseudo = InternetChecksum.PseudoHeaderV4([192, 168, 0, 1], [192, 168, 0, 2], 17, datagram.Length);

        const uint Total = 0xC0A8 + 1 + 0xC0A8 + 2 + 17 + 10 + 0x0400 + 7 + 10 + 0x6869;
        Assert.Equal(0xFFFF - ((Total & 0xFFFF) + (Total >> 16)), InternetChecksum.Compute(datagram, pseudo));
    }

    [Fact]
    public void PseudoHeader_RandomAddresses_EqualsTheHeaderWrittenOut()
    {
        var random = new Random(4);
        byte[] source = new byte[16];
        byte[] destination = new byte[16];
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(source);
            random.NextBytes(destination);
            byte protocol = (byte)random.Next(256);
            int length = random.Next(0x10000);

            byte[] v4 = [.. source[..4], .. destination[..4], 0, protocol, (byte)(length >> 8), (byte)length];
            Assert.Equal(
                NaiveSum(v4),
                InternetChecksum.PseudoHeaderV4(source.AsSpan(0, 4), destination.AsSpan(0, 4), protocol, length));

            length = random.Next(int.MaxValue); // IPv6's field has 32 bits: jumbograms
            byte[] v6 = [.. source, .. destination, 0, 0, 0, 0, 0, 0, 0, protocol];
            BinaryPrimitives.WriteInt32BigEndian(v6.AsSpan(32), length);
            Assert.Equal(NaiveSum(v6), InternetChecksum.PseudoHeaderV6(source, destination, protocol, length));
        }
    }

    [Fact]
    public void PseudoHeader_WrongAddressLength_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => InternetChecksum.PseudoHeaderV4(new byte[16], new byte[4], 6, 0));
        Assert.Throws<ArgumentException>(() => InternetChecksum.PseudoHeaderV6(new byte[16], new byte[4], 6, 0));
    }

    [Fact]
    public void Update_Rfc1624Example_IsTheOnePrinted() =>
        // RFC 1624, section 4: HC = 0xDD2F, m = 0x5555, m' = 0x3285 gives 0x0000, where equation 2 gave 0xFFFF.
        Assert.Equal(0x0000, InternetChecksum.Update(0xDD2F, 0x5555, 0x3285));

    [Fact]
    public void Update_RandomWordsAndBytes_EqualsComputedAnew()
    {
        var random = new Random(1624);
        byte[] block = new byte[60];
        byte[] replacement = new byte[60];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(block);
            block[0] |= 1; // never all zero, the one case in which the two zeros differ
            ushort before = InternetChecksum.Compute(block);
            int offset = 2 + (random.Next(28) * 2);

            ushort oldWord = BinaryPrimitives.ReadUInt16BigEndian(block.AsSpan(offset));
            ushort newWord = (ushort)random.Next(0x10000);
            BinaryPrimitives.WriteUInt16BigEndian(block.AsSpan(offset), newWord);
            ushort updated = InternetChecksum.Update(before, oldWord, newWord);
            Assert.Equal(InternetChecksum.Compute(block), updated);

            Span<byte> part = block.AsSpan(offset, random.Next(block.Length - offset + 1) & ~1);
            Span<byte> change = replacement.AsSpan(0, part.Length);
            random.NextBytes(change);
            updated = InternetChecksum.Update(updated, part, change);
            change.CopyTo(part);
            Assert.Equal(InternetChecksum.Compute(block), updated);
        }
    }

    [Fact]
    public void FinishUdp_SumOfAllOnes_IsNeverZero()
    {
        Assert.Equal(0x0000, InternetChecksum.Finish(0xFFFF));
        Assert.Equal(0xFFFF, InternetChecksum.FinishUdp(0xFFFF));
        Assert.Equal(0x1234, InternetChecksum.FinishUdp(unchecked((ushort)~0x1234)));
    }

    // The definition, one word at a time with the carry put back at once.
    private static uint NaiveSum(ReadOnlySpan<byte> bytes, uint initial = 0)
    {
        ulong sum = initial;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
            while (sum > 0xFFFF)
                sum = (sum & 0xFFFF) + (sum >> 16);
        }

        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (uint)sum;
    }
}
