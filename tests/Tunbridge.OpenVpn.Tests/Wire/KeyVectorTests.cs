// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;
using static Tunbridge.OpenVpn.Tests.Support.Vectors;

namespace Tunbridge.OpenVpn.Tests.Wire;

/// <summary>
/// Key derivation, data packets and tokens byte by byte. "Captured" ones come from sessions with the official program
/// (Debian's 2.6.14), whose own log showed the keys; the others from an independent implementation that worked with it.
/// </summary>
public sealed class KeyVectorTests
{
    private static readonly ICryptoProvider[] s_providers = [BaseCrypto.Instance, CryptoProviders.OpenSsl, CryptoProviders.Best];

    private const string CapturedKey =
        """
        c732a6d3a70b78016c0fca1bf6165084b2a5b8cc4a29974f54ac40292ea511da3d559a8597e7399d7d4597b6ecc7b07fc72403d338709a03e2140f5f55a4c4c7
        e5cf1a0c49a808cebdc9b579ea02737cac4bce94e6d3db1c685229364971273140a080d0bb274a61aabe4ca44eb34cc4e6bc504b37ce494e9ad43b130894d740
        25513d64a29a590f55ecb4b14c67aa798538aae6bd53732c6dfb2e1f05aa938d59fb7765b7de21e0a1b91affec92651d530d1967ee4cb6aa49633217b6ec8954
        38d4bfa9a0cc2daed10e56e7f493916e1d8b5503fbaaec062f2ddf9b512f3c6592e3bfbe51bace9868fcbe51812b24c780e90fcb833bcde12829b1e98ccc8264
        """;

    [Fact]
    public void Derivation_CountedSecrets_GivesTheVectorsKey()
    {
        byte[] preMaster = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];
        byte[] client = [.. Enumerable.Repeat((byte)0x11, 32), .. Enumerable.Repeat((byte)0x33, 32)];
        byte[] server = [.. Enumerable.Repeat((byte)0x22, 32), .. Enumerable.Repeat((byte)0x44, 32)];
        using StaticKey? key = KeyDerivation.FromSecrets(BaseCrypto.Instance, preMaster, client, server, ClientSid, ServerSid);
        Assert.Equal(
            "f768d5abf7e4ffd6f2c6c6b9d48d8584d05b443d87aa5880ab173fd01a3bc3f86cda767d8e60005fd9c7b93ef8160b90c1f0007bf1095d76a3baae54783ee948" +
            "10dddfd8ca6827d3d41525682184d4fc6d8e2b9883992d22aa1a7d49cffcb2f894306733afc284101f9f284606760ca29316c291e6039b0edfc547fc83dc340f" +
            "bf1bfeaf4a1d2661d97edca182bd5d617ea540fec82a96ca2c8e369b5176e5ed2181de586aa0bd1fdc2e2380be87cedf44d544f65565f7e576cf47b41cde14cb" +
            "0ee73fa601577373985294c5f7fc642a9568f252086cdd3ae52f7ea4a866c7a5f81fff7788161366319ff2a8a828d83d293323bc49215140f70243c174dd7daf",
            Hex(key!.Bytes));
    }

    [Fact]
    public void Derivation_CapturedSession_GivesTheServersKey()
    {
        using StaticKey? key = KeyDerivation.FromSecrets(BaseCrypto.Instance,
            Hex("9115ac3809f8dc49f89d70cd105cec47c414f4a7d946a14c6b8d493737f0d17d557eaa72a96b36ff035de104c5226e6e"),
            Hex("a4d35fc846b9c3a75baa5edc9790120bd2ccd00bf263205bd5f39d755cc1d59e300f2e8d9bbf7debc7256b18f581bd027edd4178552d785306484e8ed986ea16"),
            Hex("3e1e69fbd35cc2ae22a317979d2d9504defe6023f9a616b0905dbc985aa3efbac33cf2065cf5eb3dc0d6992bb10478a1538293bb7c47f7e5c839bdf5bcb2c925"),
            0x7b1127a5eb7e1616, 0x3b3683f0ec9043bf);
        Assert.Equal(
            "471e4adae4bdd8ac3a346b517c3ffa34dbccec5b0773b974e35e138a0ca7955ab44d5fae90a0dead505542f339234a10336a02f7ed5ae68686235280cee3261e" +
            "1ae696b786c0b4805313d375c5b6bb3af459f296b579ee4b1d39552515b71afeee701cd47fbb58c9a976a20cf7522a0c05c165fb6a666e3933165695e0072364" +
            "26dbea97d6379ab4c7620dddf1b4542b2bede86cfda6ac9365107a9eb621e890fdc207fb655dd071358284f0a89e1babf9126191ee48fdf0ae52a93dbed4cf36" +
            "a24640b69dcbb2e621c1fbc521308b814429750b244acea730f6c4b36f67deb15db40ed8e88fd1ce789451c332bcb42c4bf10a9abf4e77c68da9b59ef3f12061",
            Hex(key!.Bytes));
    }

    /// <summary>The secret between the two steps of the derivation.</summary>
    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f",
        "1111111111111111111111111111111111111111111111111111111111111111", "2222222222222222222222222222222222222222222222222222222222222222",
        "8d4d229a2b8a2af73a3e37ceca8c1a2db162292f18b5b070383cd081b68d82b431f11370733cc4b308ba7d5a0975f368")]
    [InlineData("9115ac3809f8dc49f89d70cd105cec47c414f4a7d946a14c6b8d493737f0d17d557eaa72a96b36ff035de104c5226e6e",
        "a4d35fc846b9c3a75baa5edc9790120bd2ccd00bf263205bd5f39d755cc1d59e", "3e1e69fbd35cc2ae22a317979d2d9504defe6023f9a616b0905dbc985aa3efba",
        "c804047993974eefefb6575599a8a61c796d91673d47accfb6edaaa77af64aa2014173169a6860bfda91468414d8df7a")]
    public void MasterSecret_CountedAndCaptured_IsTheVectors(string preMaster, string client, string server, string master)
    {
        byte[] output = new byte[48];
        foreach (ICryptoProvider crypto in s_providers)
        {
            Assert.True(crypto.TryTls1Prf(Hex(preMaster), [.. "OpenVPN master secret"u8, .. Hex(client), .. Hex(server)], output));
            Assert.Equal(master, Hex(output));
        }
    }

    [Fact]
    public void Prf_PublishedTest_GivesItsBytes()
    {
        byte[] output = new byte[8];
        foreach (ICryptoProvider crypto in s_providers)
        {
            Assert.True(crypto.TryTls1Prf("tls1-prf-test-secret"u8, "tls1-prf-test"u8, output));
            Assert.Equal("7144fe2540737595", Hex(output));
        }
    }

    [Theory]
    [InlineData("AES-256-GCM", 5, false, "4800000500000001ec453d1dbd9f22d610a3a7300856dd03e1d3004e0fa812021253797dec29cf6b")]
    [InlineData("AES-128-GCM", 5, false, "48000005000000010b4843e9e45c927e71c1d91859f9bff2f81b8714b8cd8e5b853004a780a8bde5")]
    [InlineData("CHACHA20-POLY1305", 5, false, "4800000500000001a4bd54f14db41cd9fa79bd54cbf1e6b8249c493797b2d7f5945bcaf9ded73aa2")]
    [InlineData("AES-256-GCM", 5, true, "48000005000000014733b9b60b56cf3ada0169d9be9a4594935c53e2eadd3824275aa3759531edf7")]
    [InlineData("AES-256-GCM", null, false, "300000000121555309ee48f8dad080917adf916bbee1d3004e0fa812021253797dec29cf6b")]
    [InlineData("AES-256-CBC", 5, false, "48000005b84c32c937c64f673c8003805fa495dabc5153aecf7a6e46eb904aacd5326a15a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" +
        "98262f76f5ad4da84db700f640fde13e012c410cf1a43df88708c5523f7afd9f")]
    [InlineData("AES-128-CBC", null, false, "306fb625ba9500c2a0870dfdc646334e659ef23d4da0a1a2a3a4a5a6a7a8a9aaabacadaeaf" +
        "5d2d17e85da4370f2e29268958289c6fba9d5c4f2fca8b92eacf0321d334fc10")]
    public void DataPacket_Ping_HasTheVectorsBytes(string cipher, int? peerId, bool fromServer, string datagram)
    {
        DataFormat format = new()
        {
            Cipher = DataCipher.Find(cipher)!,
            Auth = cipher == "AES-128-CBC" ? DigestAlgorithm.Sha1 : DigestAlgorithm.Sha256,
            PeerId = (uint?)peerId,
        };
        using StaticKey key = CountingKey;
        foreach (ICryptoProvider crypto in s_providers)
        {
            using DataSealer sealer = format.CreateSealer(crypto, new CountingRandom(0xa0), key, fromServer, 0);
            byte[] buffer = new byte[256];
            buffer.AsSpan().Fill(0xa5);
            Assert.True(sealer.TrySeal(InBand.Ping, buffer, 0, out int length));
            Assert.Equal(datagram, Hex(buffer.AsSpan(0, length)));

            using DataOpener opener = format.CreateOpener(crypto, key, !fromServer, 0);
            Assert.Equal(DropReason.None, opener.TryOpen(Hex(datagram), 0, out Span<byte> payload));
            Assert.Equal(InBandKind.Ping, InBand.Classify(payload));
            Assert.Equal(DropReason.Replayed, opener.TryOpen(Hex(datagram), 0, out _));
        }
    }

    [Fact]
    public void DataPacket_Captured_OpensInBothDirections()
    {
        using StaticKey key = new(Hex(CapturedKey));
        DataFormat format = new() { Cipher = DataCipher.Find("aes-256-gcm")!, PeerId = 0 };
        using DataOpener client = format.CreateOpener(BaseCrypto.Instance, key, isServer: false, 1);
        using DataOpener server = format.CreateOpener(BaseCrypto.Instance, key, isServer: true, 1);
        Assert.Equal(DropReason.None, client.TryOpen(Hex("4900000000000001e64695fef109b7de31bce5074764d9c9b3c3058a904ed882e2df0e6280a94cea" +
            "a4e57f6fc9f7aed9aa1d16ec245b5d316a445e1d299a1c12984bb72ea82ae126"), 0, out Span<byte> payload));
        Assert.Equal("6000000000083afffe8000000000000043e7ea3177854921ff02000000000000000000000000000285008e7700000000", Hex(payload));
        Assert.Equal(DropReason.None, server.TryOpen(Hex("49000000000000010cd3e1332b9caa98ca23341ba9b1c0cc55641da6060a1da915056d90f5727d31" +
            "aaf31d7eefc9a4aa4ea4b6b9f99782d0deb1457c853958b09984d2ea444e"), 0, out payload));
        Assert.Equal("4500002e00050000400166b60a0900020a09000108003221424200056f767265662d70696e672d7061796c6f6164", Hex(payload));
        Assert.Equal(DropReason.None, server.TryOpen(
            Hex("4900000000000002f78c41f456fedc883f00e419efade84f0d5d4b54edd4bc1e075fad0f33db53ab"), 0, out payload));
        Assert.Equal(InBandKind.Ping, InBand.Classify(payload));
    }

    [Fact]
    public void AuthToken_KnownInputs_HasTheVectorsText()
    {
        using AuthToken tokens = new(BaseCrypto.Instance, [.. Enumerable.Range(0, 128).Select(i => (byte)((3 * i) + 9))]);
        byte[] session = [.. Enumerable.Range(0, 12).Select(i => (byte)i)];
        using SecretBytes token = tokens.Make("alice", session, 0x65000000, 0x65000e10);
        byte[] bytes = token.Span.ToArray();
        Assert.Equal("SESS_ID_AT_AAECAwQFBgcICQoLAAAAAGUAAAAAAAAAZQAOEH9HrlkUC5iT0lI9gPsugXIW8k6dTbVYZ3L/IwwMNeQe", System.Text.Encoding.ASCII.GetString(bytes));
        byte[] found = new byte[12];
        Assert.True(tokens.TryVerify("alice", bytes, found, out long first, out long made));
        Assert.Equal((Hex(session), 0x65000000, 0x65000e10), (Hex(found), first, made));
        Assert.False(tokens.TryVerify("bob", bytes, found, out _, out _));
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            Assert.False(tokens.TryVerify("alice", changed, found, out _, out _), $"byte {i}");
            Assert.False(tokens.TryVerify("alice", bytes.AsSpan(0, i), found, out _, out _), $"length {i}");
        }
    }

    [Fact]
    public void Lzo_Vector_Unpacks()
    {
        byte[] output = new byte[200];
        int length = Lzo1x.Decompress(
            Hex("054f70656e56504e202e1c000e4c5a4f2074657374207061636b65742c203240000a2074657374207061636b657421110000"), output);
        Assert.Equal("OpenVPN OpenVPN OpenVPN LZO test packet, LZO test packet, LZO test packet!",
            System.Text.Encoding.ASCII.GetString(output, 0, length));
    }

    /// <summary>Bytes that count up.</summary>
    private sealed class CountingRandom(byte first) : IRandomSource
    {
        public void Fill(Span<byte> destination)
        {
            for (int i = 0; i < destination.Length; i++)
                destination[i] = (byte)(first + i);
        }
    }
}
