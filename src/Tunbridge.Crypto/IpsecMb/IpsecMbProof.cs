// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.IpsecMb;

/// <summary>What ipsec-mb has to show at load: published vectors, no write beyond its room, the answers of OpenSSL.</summary>
internal static unsafe class IpsecMbProof
{
    private const int Margin = 16384;
    private const byte Poison = 0xA5;

    // Around every width that the vector code unrolls to: blocks of 16 bytes, 8, 16, 32 and 48 at once.
    private static ReadOnlySpan<short> Lengths =>
        [0, 1, 15, 16, 17, 47, 64, 127, 128, 129, 255, 256, 257, 511, 512, 513, 767, 768, 769, 1023, 1400, 1537, 2305];

    /// <summary>What is wrong, in words; null when nothing is.</summary>
    internal static string? Fault(IpsecMbLibrary library, ICryptoProvider reference)
    {
        for (int i = 0; i < 3; i++)
        {
            if (!StaysInside(library.Gcm[i]))
                return $"version {library.Version} works in more memory than is set aside for it";
            AeadAlgorithm algorithm = (AeadAlgorithm)(i + 1);
            if (!IsPublished(library.Gcm[i], algorithm) || !Agrees(library.Gcm[i], algorithm, reference))
                return $"version {library.Version} ({library.InstructionSet}) gives wrong answers for {algorithm}";
        }

        return null;
    }

    // McGrew and Viega, The Galois/Counter Mode of Operation, test cases 2, 8 and 14: a block of zeros under a zero key.
    private static bool IsPublished(GcmFunctions functions, AeadAlgorithm algorithm)
    {
        using IpsecMbGcm gcm = new(functions, algorithm, stackalloc byte[Aead.KeySize(algorithm)]);
        Span<byte> packet = stackalloc byte[16], tag = stackalloc byte[16];
        packet.Clear();
        gcm.Seal(stackalloc byte[Aead.NonceSize], default, packet, packet, tag);
        (string cipher, string code) = algorithm switch
        {
            AeadAlgorithm.Aes128Gcm => ("0388dace60b6a392f328c2b971b2fe78", "ab6e47d42cec13bdf53a67b21257bddf"),
            AeadAlgorithm.Aes192Gcm => ("98e7247c07f0fe411c267e4384b0f600", "2ff58d80033927ab8ef4d4587514f0fb"),
            _ => ("cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"),
        };
        return packet.SequenceEqual(Convert.FromHexString(cipher)) && tag.SequenceEqual(Convert.FromHexString(code));
    }

    private static bool Agrees(GcmFunctions functions, AeadAlgorithm algorithm, ICryptoProvider reference)
    {
        Span<byte> key = stackalloc byte[Aead.KeySize(algorithm)], nonce = stackalloc byte[Aead.NonceSize];
        Pattern(key, 3);
        Pattern(nonce, 5);
        using IpsecMbGcm ours = new(functions, algorithm, key);
        using IAeadSealer theirs = reference.CreateSealer(algorithm, key);
        byte[] plain = new byte[Lengths[^1] + 1], one = new byte[plain.Length], other = new byte[plain.Length];
        Pattern(plain, 7);
        Span<byte> tag = stackalloc byte[16], right = stackalloc byte[16];
        foreach (short length in Lengths)
        {
            int start = length & 1;    // at an odd place now and then
            plain.CopyTo(one, 0);
            plain.CopyTo(other, 0);
            ReadOnlySpan<byte> associated = plain.AsSpan(0, length % 33);
            // To another place and, once opened below, in place.
            ours.Seal(nonce, associated, plain.AsSpan(start, length), one.AsSpan(start, length), tag);
            theirs.Seal(nonce, associated, other.AsSpan(start, length), right);
            if (!one.AsSpan().SequenceEqual(other) || !tag.SequenceEqual(right) ||
                !ours.TryOpen(nonce, associated, one.AsSpan(start, length), tag) || !one.AsSpan().SequenceEqual(plain))
                return false;
            ours.Seal(nonce, associated, one.AsSpan(start, length), one.AsSpan(start, length), tag);
            if (!one.AsSpan().SequenceEqual(other) || !tag.SequenceEqual(right))
                return false;
            tag[length & 15] ^= 1;
            if (ours.TryOpen(nonce, associated, other.AsSpan(start, length), tag))
                return false;
            nonce[0]++;
        }

        return true;
    }

    private static bool StaysInside(GcmFunctions functions)
    {
        byte* block = (byte*)NativeMemory.AlignedAlloc(2 * Margin, 64);
        try
        {
            new Span<byte>(block, 2 * Margin).Fill(Poison);
            byte* context = block + Margin;
            byte* nonce = stackalloc byte[Aead.NonceSize], tag = stackalloc byte[Aead.TagSize], key = stackalloc byte[32];
            byte[] data = new byte[Lengths[^1]];
            functions.Expand(key, block);
            fixed (byte* d = data)
            {
                foreach (short length in Lengths)
                {
                    functions.Encrypt(block, context, d, d, length, nonce, d, length % 33, tag);
                    functions.Decrypt(block, context, d, d, length, nonce, d, length % 33, tag);
                }
            }

            return Untouched(block + IpsecMbLibrary.KeyRoom, Margin - IpsecMbLibrary.KeyRoom) &&
                Untouched(context + IpsecMbLibrary.ContextRoom, Margin - IpsecMbLibrary.ContextRoom);
        }
        finally
        {
            NativeMemory.AlignedFree(block);
        }
    }

    private static bool Untouched(byte* start, int length) =>
        !new ReadOnlySpan<byte>(start, length).ContainsAnyExcept(Poison);

    private static void Pattern(Span<byte> bytes, int step)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i * step + step);
    }
}
