// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tunbridge.Packets;

// The sum over many bytes. RFC 1071 section 2(B): the sum of words in any byte order is the sum in that byte order, so
// native words are added and only the folded result is swapped; and 64-bit words are as good as 16-bit ones, as 2^16 is
// 1 modulo 2^16 - 1.
//
// A 64-bit word is low + high * 2^32. One accumulator adds whole words and lets carries out of bit 63 go, another
// adds the high halves; neither the sum of the high halves nor that of the low ones passes 2^61 in a span. So the sum
// of the low halves is whole - (high << 32), exactly, and two additions and a shift do for each word.
public static partial class InternetChecksum
{
    /// <summary>Whether a block is right whose checksum field is filled in.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> bytes) => Fold(SumNative(bytes)) == ushort.MaxValue;

    /// <summary>Whether a transport header and payload are right, with the parts of their pseudo-header.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> addresses, uint protocolAndLength)
    {
        uint rest = Fold(protocolAndLength);
        if (BitConverter.IsLittleEndian)
            rest = BinaryPrimitives.ReverseEndianness((ushort)rest);
        return Fold(SumNative(bytes) + SumNative(addresses) + rest) == ushort.MaxValue;
    }

    /// <summary>The sum in native byte order, not folded, by the widest vectors there are.</summary>
    internal static ulong SumNative(ReadOnlySpan<byte> bytes)
    {
        if (Vector512.IsHardwareAccelerated && bytes.Length >= Vector512<byte>.Count)
            return SumBy512(bytes);
        if (Vector256.IsHardwareAccelerated && bytes.Length >= Vector256<byte>.Count)
            return SumBy256(bytes);
        if (Vector128.IsHardwareAccelerated && bytes.Length >= Vector256<byte>.Count)
            return SumBy128(bytes);
        return SumByWord(bytes);
    }

    /// <summary>Without vectors.</summary>
    internal static ulong SumByWord(ReadOnlySpan<byte> bytes)
    {
        ulong whole = 0;
        ulong high = 0;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            whole += word;
            high += word >> 32;
        }

        ulong sum = Total(whole, high);
        ReadOnlySpan<byte> rest = bytes[(bytes.Length & ~7)..];
        foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(rest))
            sum += word;
        return sum + OddByte(bytes);
    }

    // The three forms are one algorithm: pairs of vectors, then one, then the last bytes as the end of a vector whose
    // first bytes have been summed already and are masked out. Indices stay below the length at every load.

    /// <summary>By vectors of 64 bytes, at least one.</summary>
    internal static ulong SumBy512(ReadOnlySpan<byte> bytes)
    {
        const int Size = 64;
        ref byte start = ref MemoryMarshal.GetReference(bytes[..Math.Max(bytes.Length, Size)]);
        int end = bytes.Length & ~1;
        Vector512<ulong> whole = default, high = default, whole2 = default, high2 = default;
        int at = 0;
        for (; at <= end - (2 * Size); at += 2 * Size)
        {
            Vector512<ulong> a = Vector512.LoadUnsafe(ref start, (nuint)at).AsUInt64();
            Vector512<ulong> b = Vector512.LoadUnsafe(ref start, (nuint)at + Size).AsUInt64();
            whole += a;
            high += a >>> 32;
            whole2 += b;
            high2 += b >>> 32;
        }

        if (at <= end - Size)
        {
            Vector512<ulong> a = Vector512.LoadUnsafe(ref start, (nuint)at).AsUInt64();
            whole += a;
            high += a >>> 32;
            at += Size;
        }

        if (at < end)
        {
            Vector512<byte> last = Vector512.LoadUnsafe(ref start, (nuint)(end - Size));
            Vector512<byte> isNew = Vector512.GreaterThanOrEqual(
                Vector512<byte>.Indices, Vector512.Create((byte)(Size - (end - at))));
            Vector512<ulong> a = (last & isNew).AsUInt64();
            whole2 += a;
            high2 += a >>> 32;
        }

        high += high2;
        return Vector512.Sum(whole + whole2 - (high << 32) + high) + OddByte(bytes);
    }

    /// <summary>By vectors of 32 bytes, at least one.</summary>
    internal static ulong SumBy256(ReadOnlySpan<byte> bytes)
    {
        const int Size = 32;
        ref byte start = ref MemoryMarshal.GetReference(bytes[..Math.Max(bytes.Length, Size)]);
        int end = bytes.Length & ~1;
        Vector256<ulong> whole = default, high = default, whole2 = default, high2 = default;
        int at = 0;
        for (; at <= end - (2 * Size); at += 2 * Size)
        {
            Vector256<ulong> a = Vector256.LoadUnsafe(ref start, (nuint)at).AsUInt64();
            Vector256<ulong> b = Vector256.LoadUnsafe(ref start, (nuint)at + Size).AsUInt64();
            whole += a;
            high += a >>> 32;
            whole2 += b;
            high2 += b >>> 32;
        }

        if (at <= end - Size)
        {
            Vector256<ulong> a = Vector256.LoadUnsafe(ref start, (nuint)at).AsUInt64();
            whole += a;
            high += a >>> 32;
            at += Size;
        }

        if (at < end)
        {
            Vector256<byte> last = Vector256.LoadUnsafe(ref start, (nuint)(end - Size));
            Vector256<byte> isNew = Vector256.GreaterThanOrEqual(
                Vector256<byte>.Indices, Vector256.Create((byte)(Size - (end - at))));
            Vector256<ulong> a = (last & isNew).AsUInt64();
            whole2 += a;
            high2 += a >>> 32;
        }

        high += high2;
        return Vector256.Sum(whole + whole2 - (high << 32) + high) + OddByte(bytes);
    }

    /// <summary>By vectors of 16 bytes, at least one.</summary>
    internal static ulong SumBy128(ReadOnlySpan<byte> bytes)
    {
        const int Size = 16;
        ref byte start = ref MemoryMarshal.GetReference(bytes[..Math.Max(bytes.Length, Size)]);
        int end = bytes.Length & ~1;
        Vector128<ulong> whole = default, high = default, whole2 = default, high2 = default;
        int at = 0;
        for (; at <= end - (2 * Size); at += 2 * Size)
        {
            Vector128<ulong> a = Vector128.LoadUnsafe(ref start, (nuint)at).AsUInt64();
            Vector128<ulong> b = Vector128.LoadUnsafe(ref start, (nuint)at + Size).AsUInt64();
            whole += a;
            high += a >>> 32;
            whole2 += b;
            high2 += b >>> 32;
        }

        if (at <= end - Size)
        {
            Vector128<ulong> a = Vector128.LoadUnsafe(ref start, (nuint)at).AsUInt64();
            whole += a;
            high += a >>> 32;
            at += Size;
        }

        if (at < end)
        {
            Vector128<byte> last = Vector128.LoadUnsafe(ref start, (nuint)(end - Size));
            Vector128<byte> isNew = Vector128.GreaterThanOrEqual(
                Vector128<byte>.Indices, Vector128.Create((byte)(Size - (end - at))));
            Vector128<ulong> a = (last & isNew).AsUInt64();
            whole2 += a;
            high2 += a >>> 32;
        }

        high += high2;
        return Vector128.Sum(whole + whole2 - (high << 32) + high) + OddByte(bytes);
    }

    // Half of it comes from each half of the words: as 2^32 is 1 modulo 2^16 - 1, they are simply added.
    private static ulong Total(ulong whole, ulong high) => whole - (high << 32) + high;

    // An odd last byte is the first of a word in memory, whose other byte is 0.
    private static ulong OddByte(ReadOnlySpan<byte> bytes)
    {
        if ((bytes.Length & 1) == 0)
            return 0;
        return BitConverter.IsLittleEndian ? bytes[^1] : (ulong)bytes[^1] << 8;
    }
}
