// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Intrinsics;
using Tunbridge.Packets.Tests.Offload;

namespace Tunbridge.Packets.Tests;

/// <summary>Every width of vector sums as word by word does, whatever this processor would choose.</summary>
public sealed class InternetChecksumFormsTests
{
    private const int Seed = 1071;

    private delegate ulong Form(ReadOnlySpan<byte> bytes);

    private static readonly (string Name, int Least, Form Sum)[] s_forms =
    [
        ("word", 0, InternetChecksum.SumByWord),
        ("128", 16, InternetChecksum.SumBy128),
        ("256", 32, InternetChecksum.SumBy256),
        ("512", 64, InternetChecksum.SumBy512),
        ("chosen", 0, InternetChecksum.SumNative),
    ];

    [Fact]
    public void Forms_RandomBytes_EqualWordByWord()
    {
        Random random = new(Seed);
        byte[] buffer = new byte[1 << 16];
        random.NextBytes(buffer);
        for (int i = 0; i < Rounds.Count; i++)
        {
            int offset = random.Next(256);
            int length = i % 100 == 0 ? random.Next(65_000) : random.Next(400);
            if (i % 16 == 0)
                buffer.AsSpan(offset, length).Fill((byte)(i % 32 == 0 ? 0xFF : 0));
            else
                random.NextBytes(buffer.AsSpan(offset, Math.Min(length, 400)));
            ReadOnlySpan<byte> bytes = buffer.AsSpan(offset, length);
            ushort expected = Wire.NaiveSum(bytes);
            foreach ((string name, int least, Form sum) in s_forms)
            {
                if (length >= least && Folded(sum(bytes)) != expected)
                    Assert.Fail($"{name}: round {i}, {length} bytes at {offset}");
            }

            if (InternetChecksum.Sum(bytes) != expected)
                Assert.Fail($"Sum: round {i}, {length} bytes at {offset}");
        }
    }

    [Fact]
    public void Forms_EveryLength_EqualWordByWord()
    {
        byte[] buffer = new byte[1200];
        new Random(Seed).NextBytes(buffer);
        for (int length = 0; length <= buffer.Length; length++)
        {
            ReadOnlySpan<byte> bytes = buffer.AsSpan(buffer.Length - length);
            foreach ((string name, int least, Form sum) in s_forms)
            {
                if (length >= least)
                    Assert.True(Folded(sum(bytes)) == Wire.NaiveSum(bytes), $"{name}, {length} bytes");
            }
        }
    }

    [Fact]
    public void Forms_ManyMegabytesOfOnes_DoNotOverflow()
    {
        byte[] ones = new byte[100_000_001];
        Array.Fill(ones, (byte)0xFF);
        ushort expected = Wire.NaiveSum(ones);
        Assert.All(s_forms, f => Assert.Equal(expected, Folded(f.Sum(ones))));
    }

    [Fact]
    public void Forms_TooFewBytes_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => InternetChecksum.SumBy512(new byte[63]));
        Assert.Throws<ArgumentOutOfRangeException>(() => InternetChecksum.SumBy256(new byte[31]));
        Assert.Throws<ArgumentOutOfRangeException>(() => InternetChecksum.SumBy128(new byte[15]));
        Assert.True(Vector128.IsHardwareAccelerated || Vector128<byte>.Count == 16);
    }

    [Fact]
    public void Update_Of32Bits_EqualsComputedAnew()
    {
        Random random = new(1624);
        byte[] block = new byte[40];
        for (int i = 0; i < Rounds.Count; i++)
        {
            random.NextBytes(block);
            block[0] |= 1; // never all zero, the one case in which the two zeros differ
            ushort before = InternetChecksum.Compute(block);
            Span<byte> field = block.AsSpan(2 + (2 * random.Next(17)), 4);
            uint old = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(field);
            uint now = i % 8 == 0 ? old ^ 0xFFFF_FFFF : (uint)random.NextInt64(1L << 32);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(field, now);
            if (InternetChecksum.Update(before, old, now) != InternetChecksum.Compute(block))
                Assert.Fail($"round {i}: {old:x8} to {now:x8} in {Convert.ToHexString(block)}");
        }
    }

    private static ushort Folded(ulong native)
    {
        while (native > 0xFFFF)
            native = (native & 0xFFFF) + (native >> 16);
        return BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)native) : (ushort)native;
    }
}
