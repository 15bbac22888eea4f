// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>Nothing of a key is left in the process's memory once it is disposed: searched through /proc/self/mem.</summary>
public sealed class MemoryTests
{
    private const byte Mask = 0x5c;
    private const int Rounds = 5;

    public static TheoryData<string, AeadAlgorithm> Aeads => AeadTests.All;

    [Theory]
    [MemberData(nameof(Aeads))]
    public void AeadKey_Disposed_IsNowhereInMemory(string provider, AeadAlgorithm algorithm)
    {
        ICryptoProvider crypto = Providers.Get(provider);
        Search(Aead.KeySize(algorithm), key =>
        {
            IAeadSealer sealer = crypto.CreateSealer(algorithm, key), fork = sealer.Fork();
            IAeadOpener opener = crypto.CreateOpener(algorithm, key);
            byte[] packet = new byte[100], tag = new byte[16], nonce = new byte[12];
            sealer.Seal(nonce, default, packet, tag);
            _ = opener.TryOpen(nonce, default, packet, tag);
            fork.Seal(nonce, default, packet, tag);
            return [sealer, fork, opener];
        });
    }

    [Fact]
    public void CipherAndMacKeys_Disposed_AreNowhereInMemory()
    {
        Search(32, key =>
        {
            ICipher cipher = CryptoProviders.OpenSsl.CreateEncryptor(CipherAlgorithm.Aes256Ctr, key);
            cipher.Transform(new byte[16], new byte[40]);
            IMac mac = CryptoProviders.OpenSsl.CreateMac(DigestAlgorithm.Sha256, key), fork = mac.Fork();
            fork.Compute(default, default, new byte[32]);
            return [cipher, mac, fork];
        });
        Search(48, secret =>
        {
            using SecretBytes derived = new(256);
            Assert.True(CryptoProviders.OpenSsl.TryTls1Prf(secret, "seed"u8, derived.Span));
            CryptoProviders.OpenSsl.HkdfExpand(DigestAlgorithm.Sha256, secret, "info"u8, derived.Span);
            return [new SecretBytes(secret)];
        });
    }

    [Fact]
    public void Plaintext_ReadFromTls_IsNowhereInMemory()
    {
        using TestAuthority authority = new("Test Authority");
        TestIdentity client = authority.Issue("CN=client", TestAuthority.ClientUsage), server = authority.Issue("CN=server", TestAuthority.ServerUsage);
        using TlsPair pair = new TlsPair(
            new() { Role = TlsRole.Client, Certificate = client.Certificate, PrivateKey = client.Key, Authorities = authority.Pem },
            new() { Role = TlsRole.Server, Certificate = server.Certificate, PrivateKey = server.Key, Authorities = authority.Pem }).Run();
        Search(48, secret =>
        {
            Assert.True(pair.Client.TryWrite(secret));
            pair.Run();
            using SecretBytes read = new(64);
            Assert.Equal(48, pair.Server.Read(read.Span));
            Assert.True(read.Span[..48].SequenceEqual(secret));
            return [];
        });
    }

    // Makes a secret that is known only masked, uses it, checks that it is found while in use (else the search could not
    // fail), and that it is not found afterwards.
    private static void Search(int length, Func<Span<byte>, IDisposable[]> use)
    {
        byte[] masked = RandomNumberGenerator.GetBytes(length);
        SecretBytes secret = new(length);
        for (int i = 0; i < length; i++)
            secret.Span[i] = (byte)(masked[i] ^ Mask);
        Assert.NotEqual(0, Occurrences(masked));
        IDisposable[] users = use(secret.Span);
        secret.Dispose();
        foreach (IDisposable user in users)
            user.Dispose();
        // A signal of the collector puts a thread's registers on its stack, with what a cipher had in them: such a copy is overwritten by
        // what runs next, while one in a heap would stay.
        int left = Rounds;
        do
        {
            OverwriteStack();
            GC.Collect();
        }
        while (Occurrences(masked) > 0 && --left > 0);
        Assert.NotEqual(0, left);
    }

    // What dead frames left below is overwritten by the next calls anyway; here at once.
    private static void OverwriteStack()
    {
        Span<byte> room = stackalloc byte[65536];
        room.Fill(0x11);
        Assert.Equal(0x11, room[^1]);
    }

    // The first 16 bytes are what is looked for: an expanded key keeps those of each half side by side.
    private static int Occurrences(byte[] masked)
    {
        int found = 0;
        byte[] block = GC.AllocateUninitializedArray<byte>(1 << 20, pinned: true);
        using FileStream memory = new("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // Writable memory that is nobody's file but a library's data.
            if (parts[1].Length < 2 || parts[1][1] != 'w' || parts[1][0] != 'r')
                continue;
            string[] ends = parts[0].Split('-');
            long start = long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            long end = long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            while (start < end)
            {
                int read;
                try
                {
                    memory.Position = start;
                    read = memory.Read(block, 0, (int)Math.Min(block.Length, end - start));
                }
                catch (IOException)
                {
                    break;    // unmapped since, or not to be read
                }

                if (read < 16)
                    break;
                // Masked in place, so that what is read here does not count itself.
                for (int i = 0; i < read; i++)
                    block[i] ^= Mask;
                ReadOnlySpan<byte> rest = block.AsSpan(0, read);
                for (int at = rest.IndexOf(masked.AsSpan(0, 16)); at >= 0; at = rest.IndexOf(masked.AsSpan(0, 16)))
                {
                    found++;
                    rest = rest[(at + 1)..];
                }

                start += read == block.Length ? read - 15 : read;
            }
        }

        CryptographicOperations.ZeroMemory(block);
        return found;
    }
}
