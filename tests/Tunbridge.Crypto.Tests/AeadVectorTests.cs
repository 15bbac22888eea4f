// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>Published vectors of the authenticated ciphers, on each provider.</summary>
public sealed class AeadVectorTests
{
    private const string Key = "feffe9928665731c6d6a8f9467308308", Nonce = "cafebabefacedbaddecaf888",
        Plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        Associated = "feedfacedeadbeeffeedfacedeadbeefabaddad2", Zero12 = "000000000000000000000000";

    private static readonly string s_zero32 = new('0', 64);

    /// <summary>Provider, source, cipher, key, nonce, associated data, plaintext, ciphertext, tag.</summary>
    public static TheoryData<string, string, AeadAlgorithm, string, string, string, string, string, string> Vectors
    {
        get
        {
            TheoryData<string, string, AeadAlgorithm, string, string, string, string, string, string> rows = [];
            foreach (string p in (string[])[Providers.OpenSsl, Providers.IpsecMb])
            {
                // McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B (used by NIST SP 800-38D).
                rows.Add(p, "GCM 1", AeadAlgorithm.Aes128Gcm, s_zero32[..32], Zero12, "", "", "", "58e2fccefa7e3061367f1d57a4e7455a");
                rows.Add(p, "GCM 3", AeadAlgorithm.Aes128Gcm, Key, Nonce, "", Plain + "1aafd255",
                    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
                    "4d5c2af327cd64a62cf35abd2ba6fab4");
                rows.Add(p, "GCM 4", AeadAlgorithm.Aes128Gcm, Key, Nonce, Associated, Plain,
                    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
                    "5bc94fbc3221a5db94fae95ae7121a47");
                rows.Add(p, "GCM 7", AeadAlgorithm.Aes192Gcm, s_zero32[..48], Zero12, "", "", "", "cd33b28ac773f74ba00ed1f312572435");
                rows.Add(p, "GCM 10", AeadAlgorithm.Aes192Gcm, Key + Key[..16], Nonce, Associated, Plain,
                    "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710",
                    "2519498e80f1478f37ba55bd6d27618c");
                rows.Add(p, "GCM 13", AeadAlgorithm.Aes256Gcm, s_zero32, Zero12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b");
                rows.Add(p, "GCM 16", AeadAlgorithm.Aes256Gcm, Key + Key, Nonce, Associated, Plain,
                    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
                    "76fc6ece0f4e1768cddf8853bb2d551b");
                rows.Add(p, "RFC 8439, 2.8.2", AeadAlgorithm.ChaCha20Poly1305,
                    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
                    Convert.ToHexString(Encoding.ASCII.GetBytes("Ladies and Gentlemen of the class of '99: " +
                        "If I could offer you only one tip for the future, sunscreen would be it.")),
                    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b" +
                    "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc" +
                    "3ff4def08e4b7a9de576d26586cec64b6116", "1ae10b594f09e26a7e902ecbd0600691");
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Aead_PublishedVector_IsMet(
        string provider, string source, AeadAlgorithm algorithm, string key, string nonce, string associated, string plain, string cipher, string tag)
    {
        Assert.NotEmpty(source);
        ICryptoProvider crypto = Providers.Get(provider);
        byte[] packet = Convert.FromHexString(plain), n = Convert.FromHexString(nonce), a = Convert.FromHexString(associated), t = new byte[16];
        using IAeadSealer sealer = crypto.CreateSealer(algorithm, Convert.FromHexString(key));
        using IAeadOpener opener = crypto.CreateOpener(algorithm, Convert.FromHexString(key));
        // Twice: the second packet under a key must not depend on the first.
        for (int round = 0; round < 2; round++)
        {
            sealer.Seal(n, a, packet, t);
            Assert.Equal(cipher, Convert.ToHexStringLower(packet));
            Assert.Equal(tag, Convert.ToHexStringLower(t));
            Assert.True(opener.TryOpen(n, a, packet, t));
            Assert.Equal(plain, Convert.ToHexString(packet), ignoreCase: true);
        }
    }
}
