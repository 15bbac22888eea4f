// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// Unpacks what an old peer packed with LZO1X. Only this direction exists here: sending compressed data leaks what is
/// inside (VORACLE). Every read and write is bounded by the spans given.
/// </summary>
internal static class Lzo1x
{
    // The state is the number of literals just copied: 0 after a match without any, 1 to 3 after a match with some,
    // and Run after a literal run of its own. It decides what an instruction below 16 means.
    private const int Run = 4;

    /// <returns>Bytes written, or −1 for a stream that is wrong, goes past the destination, or does not end with the source.</returns>
    internal static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int read = 0;
        int written = 0;
        int state = 0;
        if (!source.IsEmpty && source[0] > 17)
        {
            int literals = source[0] - 17;
            read = 1;
            if (!Copy(source, ref read, destination, ref written, literals))
                return -1;
            state = literals < Run ? literals : Run;
        }
        while (read < source.Length)
        {
            int instruction = source[read++];
            int length;
            int distance;
            int trailing;
            if (instruction < 16 && state == 0)
            {
                if (!TryLength(source, ref read, instruction, 3, 18, out length) ||
                    !Copy(source, ref read, destination, ref written, length))
                    return -1;
                state = Run;
                continue;
            }
            if (instruction is < 16 or >= 64)
            {
                if (read >= source.Length)
                    return -1;
                int high = source[read++];
                (length, distance) = instruction switch
                {
                    < 16 when state == Run => (3, (high << 2) + (instruction >> 2) + 2049),
                    < 16 => (2, (high << 2) + (instruction >> 2) + 1),
                    < 128 => (3 + ((instruction >> 5) & 1), (high << 3) + ((instruction >> 2) & 7) + 1),
                    _ => (5 + ((instruction >> 5) & 3), (high << 3) + ((instruction >> 2) & 7) + 1),
                };
                trailing = instruction & 3;
            }
            else
            {
                bool isFar = instruction < 32;
                if (!TryLength(source, ref read, instruction & (isFar ? 7 : 31), 2, isFar ? 9 : 33, out length) ||
                    read + 2 > source.Length)
                    return -1;
                int word = source[read] | (source[read + 1] << 8);
                read += 2;
                distance = isFar ? 16384 + ((instruction & 8) << 11) + (word >> 2) : (word >> 2) + 1;
                if (isFar && distance == 16384)
                    return read == source.Length ? written : -1;
                trailing = word & 3;
            }
            if (distance > written || length > destination.Length - written)
                return -1;
            for (int i = 0; i < length; i++, written++)
                destination[written] = destination[written - distance];
            if (!Copy(source, ref read, destination, ref written, trailing))
                return -1;
            state = trailing;
        }
        return -1;      // no end marker
    }

    // A short length is in the instruction; 0 there means a longer one: 255 for each zero byte, then a last byte.
    private static bool TryLength(ReadOnlySpan<byte> source, ref int read, int bits, int shortBase, int longBase, out int length)
    {
        length = bits + shortBase;
        if (bits != 0)
            return true;
        length = longBase;
        while (read < source.Length)
        {
            byte next = source[read++];
            if (next != 0)
            {
                length += next;
                return true;
            }
            length += 255;
        }
        return false;
    }

    private static bool Copy(ReadOnlySpan<byte> source, ref int read, Span<byte> destination, ref int written, int count)
    {
        if (count > source.Length - read || count > destination.Length - written)
            return false;
        source.Slice(read, count).CopyTo(destination[written..]);
        read += count;
        written += count;
        return true;
    }
}
