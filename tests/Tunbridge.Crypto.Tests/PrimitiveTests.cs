// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>Ciphers without authentication, codes, digests and derived keys against published vectors and .NET's own.</summary>
public sealed class PrimitiveTests
{
    private const string Plain =
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

    private static readonly OpenSslCryptoProvider s_crypto = CryptoProviders.OpenSsl;

    /// <summary>NIST SP 800-38A, F.2 and F.5.</summary>
    [Theory]
    [InlineData(CipherAlgorithm.Aes128Cbc, "2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f",
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7")]
    [InlineData(CipherAlgorithm.Aes192Cbc, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "000102030405060708090a0b0c0d0e0f",
        "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd")]
    [InlineData(CipherAlgorithm.Aes256Cbc, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "000102030405060708090a0b0c0d0e0f",
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b")]
    [InlineData(CipherAlgorithm.Aes256Ctr, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6")]
    public void Cipher_PublishedVector_IsMet(CipherAlgorithm algorithm, string key, string vector, string expected)
    {
        byte[] data = Convert.FromHexString(Plain), iv = Convert.FromHexString(vector);
        using ICipher encryptor = s_crypto.CreateEncryptor(algorithm, Convert.FromHexString(key));
        using ICipher decryptor = s_crypto.CreateDecryptor(algorithm, Convert.FromHexString(key));
        using ICipher fork = encryptor.Fork();
        for (int round = 0; round < 2; round++)
        {
            (round == 0 ? encryptor : fork).Transform(iv, data);
            Assert.Equal(expected, Convert.ToHexStringLower(data));
            decryptor.Transform(iv, data);
            Assert.Equal(Plain, Convert.ToHexStringLower(data));
        }
    }

    [Fact]
    public void CounterMode_EveryLengthAcrossACarry_IsThePrefixOfTheLongest()
    {
        byte[] iv = [.. Enumerable.Repeat((byte)0xff, 16)];
        using ICipher cipher = s_crypto.CreateEncryptor(CipherAlgorithm.Aes256Ctr, Providers.Bytes(32, 1));
        byte[] whole = new byte[100];
        cipher.Transform(iv, whole);
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] part = new byte[length];
            cipher.Transform(iv, part);
            Assert.Equal(whole[..length], part);
        }
    }

    [Fact]
    public void Cipher_WrongSizes_AreTheCallersMistake()
    {
        using ICipher cipher = s_crypto.CreateDecryptor(CipherAlgorithm.Aes128Cbc, new byte[16]);
        Assert.Throws<ArgumentException>(() => cipher.Transform(new byte[16], new byte[17]));
        Assert.Throws<ArgumentException>(() => cipher.Transform(new byte[12], new byte[16]));
        cipher.Transform(new byte[16], default);
        Assert.Throws<ArgumentException>(() => s_crypto.CreateEncryptor(CipherAlgorithm.Aes256Ctr, new byte[16]));
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Transform(new byte[16], default));
    }

    /// <summary>RFC 2202 (cases 1 and 2) and RFC 4231 (cases 1 and 6).</summary>
    [Theory]
    [InlineData(DigestAlgorithm.Md5, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", "9294727a3638bb1c13f48ef8158bfc9d")]
    [InlineData(DigestAlgorithm.Md5, "4a656665", "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738")]
    [InlineData(DigestAlgorithm.Sha1, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00")]
    [InlineData(DigestAlgorithm.Sha1, "4a656665", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData(DigestAlgorithm.Sha256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData(DigestAlgorithm.Sha384, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6")]
    [InlineData(DigestAlgorithm.Sha512, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854")]
    [InlineData(DigestAlgorithm.Sha256, "aa*131", "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    public void Mac_PublishedVector_IsMetHoweverTheDataIsCut(DigestAlgorithm algorithm, string key, string text, string expected)
    {
        byte[] k = key == "aa*131" ? [.. Enumerable.Repeat((byte)0xaa, 131)] : Convert.FromHexString(key);
        byte[] data = Encoding.ASCII.GetBytes(text), code = new byte[Digest.Size(algorithm)];
        using IMac mac = s_crypto.CreateMac(algorithm, k);
        using IMac fork = mac.Fork();
        for (int cut = 0; cut <= data.Length; cut++)
        {
            IMac one = (cut & 1) == 0 ? mac : fork;
            one.Compute(data.AsSpan(0, cut), data.AsSpan(cut), code);
            Assert.Equal(expected, Convert.ToHexStringLower(code));
            Assert.True(one.Verify(data.AsSpan(0, cut), data.AsSpan(cut), code));
        }

        for (int bit = 0; bit < code.Length * 8; bit++)
        {
            code[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(mac.Verify(data, default, code));
            code[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (int length = 0; length < code.Length; length++)
            Assert.False(mac.Verify(data, default, code.AsSpan(0, length)));
        Assert.Throws<ArgumentException>(() => mac.Compute(data, default, new byte[code.Length + 1]));
    }

    [Fact]
    public void Mac_WithoutKeyOrData_IsThatOfDotnet()
    {
        using IMac mac = s_crypto.CreateMac(DigestAlgorithm.Sha256, default);
        byte[] code = new byte[32];
        mac.Compute(default, default, code);
        Assert.Equal(HMACSHA256.HashData([], []), code);
        mac.Compute(default, default, code);
        Assert.Equal(HMACSHA256.HashData([], []), code);
    }

    [Fact]
    public void Hash_EveryDigest_IsThatOfDotnet()
    {
        byte[] data = Providers.Bytes(1000, 9);
        byte[] Ours(DigestAlgorithm a)
        {
            byte[] digest = new byte[Digest.Size(a)];
            s_crypto.Hash(a, data, digest);
            return digest;
        }

        Assert.Equal(SHA256.HashData(data), Ours(DigestAlgorithm.Sha256));
        Assert.Equal(SHA384.HashData(data), Ours(DigestAlgorithm.Sha384));
        Assert.Equal(SHA512.HashData(data), Ours(DigestAlgorithm.Sha512));
        data = [];
        Assert.Equal("da39a3ee5e6b4b0d3255bfef95601890afd80709", Convert.ToHexStringLower(Ours(DigestAlgorithm.Sha1)));
        Assert.Equal("d41d8cd98f00b204e9800998ecf8427e", Convert.ToHexStringLower(Ours(DigestAlgorithm.Md5)));
    }

    /// <summary>RFC 5869, appendix A, test cases 1 and 3 (the second step).</summary>
    [Theory]
    [InlineData("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5", "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")]
    [InlineData("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04", "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")]
    public void HkdfExpand_PublishedVector_IsMet(string secret, string info, string expected)
    {
        byte[] output = new byte[expected.Length / 2];
        s_crypto.HkdfExpand(DigestAlgorithm.Sha256, Convert.FromHexString(secret), Convert.FromHexString(info), output);
        Assert.Equal(expected, Convert.ToHexStringLower(output));
    }

    [Fact]
    public void HkdfExpand_EveryLength_IsThatOfDotnet()
    {
        byte[] secret = Providers.Bytes(64, 1), info = Providers.Bytes(30, 2);
        foreach (int length in (int[])[0, 1, 31, 32, 33, 64, 256, 255 * 32])
        {
            byte[] ours = new byte[length];
            s_crypto.HkdfExpand(DigestAlgorithm.Sha256, secret, info, ours);
            if (length > 0)
                Assert.Equal(HKDF.Expand(HashAlgorithmName.SHA256, secret, length, info), ours);
        }

        Assert.Throws<ArgumentException>(() => s_crypto.HkdfExpand(DigestAlgorithm.Sha256, secret, info, new byte[255 * 32 + 1]));
        Assert.Throws<ArgumentException>(() => s_crypto.HkdfExpand(DigestAlgorithm.Sha256, secret.AsSpan(0, 31), info, new byte[1]));
    }

    /// <summary>The published value of OpenVPN's own tests, and a session's two steps with given inputs.</summary>
    [Fact]
    public void Tls1Prf_KnownValues_AreMet()
    {
        byte[] eight = new byte[8];
        Assert.True(s_crypto.TryTls1Prf("tls1-prf-test-secret"u8, "tls1-prf-test"u8, eight));
        Assert.Equal("7144fe2540737595", Convert.ToHexStringLower(eight));

        byte[] preMaster = [.. Enumerable.Range(0, 48).Select(i => (byte)i)], master = new byte[48], keys = new byte[256];
        byte[] Repeat(byte value) => [.. Enumerable.Repeat(value, 32)];
        Assert.True(s_crypto.TryTls1Prf(preMaster, [.. "OpenVPN master secret"u8, .. Repeat(0x11), .. Repeat(0x22)], master));
        Assert.Equal("8d4d229a2b8a2af73a3e37ceca8c1a2db162292f18b5b070383cd081b68d82b431f11370733cc4b308ba7d5a0975f368",
            Convert.ToHexStringLower(master));
        Assert.True(s_crypto.TryTls1Prf(master, [.. "OpenVPN key expansion"u8, .. Repeat(0x33), .. Repeat(0x44),
            .. Convert.FromHexString("0102030405060708"), .. Convert.FromHexString("1112131415161718")], keys));
        Assert.StartsWith("f768d5abf7e4ffd6f2c6c6b9d48d8584d05b443d87aa5880ab173fd01a3bc3f8", Convert.ToHexStringLower(keys), StringComparison.Ordinal);
        Assert.EndsWith("293323bc49215140f70243c174dd7daf", Convert.ToHexStringLower(keys), StringComparison.Ordinal);
    }

    [Fact]
    public void Tls1Prf_AgainstTheOpensslProgram_IsEqual()
    {
        byte[] ours = new byte[100];
        byte[] secret = Providers.Bytes(47, 3), seed = Providers.Bytes(64, 4);    // an odd secret: the halves share a byte
        Assert.True(s_crypto.TryTls1Prf(secret, seed, ours));
        using Process openssl = OpensslProgram.Start("kdf", "-keylen", "100", "-kdfopt", "digest:MD5-SHA1",
            "-kdfopt", $"hexsecret:{Convert.ToHexString(secret)}", "-kdfopt", $"hexseed:{Convert.ToHexString(seed)}", "TLS1-PRF");
        string theirs = openssl.StandardOutput.ReadToEnd().Replace(":", "", StringComparison.Ordinal).Trim();
        Assert.Equal(Convert.ToHexString(ours), theirs);
    }

    [Fact]
    public void CiphersAndCodes_InUse_AllocateNothing()
    {
        using ICipher cipher = s_crypto.CreateEncryptor(CipherAlgorithm.Aes256Cbc, new byte[32]);
        using IMac mac = s_crypto.CreateMac(DigestAlgorithm.Sha256, new byte[32]);
        byte[] iv = new byte[16], data = new byte[1408], code = new byte[32];
        int right = 0;
        void Rounds(int count)
        {
            for (int i = 0; i < count; i++)
            {
                cipher.Transform(iv, data);
                mac.Compute(iv, data, code);
                right += mac.Verify(iv, data, code) ? 1 : 0;
            }
        }

        Rounds(50);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rounds(500);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(550, right);
    }

    [Fact]
    public void Random_ManyBlocks_AreAllDifferent()
    {
        HashSet<string> seen = [];
        byte[] bytes = new byte[16];
        for (int i = 0; i < 1000; i++)
        {
            CryptoProviders.OpenSsl.Fill(bytes);
            Assert.True(seen.Add(Convert.ToHexString(bytes)));
        }

        CryptoProviders.OpenSsl.Fill(default);
    }
}
