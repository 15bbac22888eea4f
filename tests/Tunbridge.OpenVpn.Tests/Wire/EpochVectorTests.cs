// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;
using static Tunbridge.OpenVpn.Tests.Support.Vectors;

namespace Tunbridge.OpenVpn.Tests.Wire;

/// <summary>
/// The data format with epochs byte by byte. "Captured" is a session of two official programs (Debian's 2.7.8), whose log
/// showed secrets and keys; the others come from an independent implementation that agrees with the published schedule.
/// </summary>
public sealed class EpochVectorTests
{
    private const string FirstSecret = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private const string CapturedFromClient = "884f348cf12e0c4a08e07718fb58025a9e4473ba84b708358eee1b1172ca8849";
    private const string CapturedFromServer = "c2511ef8d12ccfcbf39ed968cc53d2836a78c7c114c12121654225ea3080bff4";

    public static TheoryData<string> Providers => ["base", "openssl", "best"];

    [Theory]
    [MemberData(nameof(Providers))]
    public void Schedule_CountedSecret_GivesTheVectorsKeys(string provider)
    {
        using EpochKeys keys = new(Crypto(provider), DataCipher.Find("AES-256-GCM")!, Hex(FirstSecret));
        byte[] iv = new byte[Aead.NonceSize];
        using SecretBytes key = keys.DeriveKey(iv);
        Assert.Equal(("ebbbf838a8658beb56f2324d691351bd4c8c230fb271ada8f67de830b7ee3192", "568de14f8f744bfb0b721f66"), (Hex(key.Span), Hex(iv)));
        keys.MoveTo(2);
        Assert.Equal((2, "e35bffa31e2723bf09e8d394fa9171ca4e534553bffa1d3482de4c9b3bc639d7"), (keys.Epoch, Hex(keys.Secret)));
    }

    [Theory]
    [InlineData(CapturedFromClient,
        "60c3524c4da21ab403a0055432da48f917cea6584f45f9b5eff9833e0b6a229e bdbc88f83e8a3d98103b163caa963be2f42ad097f4392768580227179c7e046a " +
        "d52f236b71e29b365e67acad94107a4cbaac822032fb4f40d57c2de8f4120f0c 58a3ebf9eea55e2794d6325150ea1a67faf1ab035b23a967241bae5a34cb5123 " +
        "d67caec5650654aa65c6eaf26f00af924fade873d32d5ba3727d67c3c6fe879e")]
    [InlineData(CapturedFromServer,
        "0eb4632707e815eb7078740ab9801534f0a2efa3955488f821757b29687a73b4 1c31cdefc5db7733452e052bb4d4698b1fed7c87edf431e1715b1b9708587ca1")]
    public void Schedule_Captured_GivesTheOfficialProgramsKeys(string secret, string expected)
    {
        using EpochKeys keys = new(CryptoProviders.OpenSsl, DataCipher.Find("AES-256-GCM")!, Hex(secret));
        byte[] iv = new byte[Aead.NonceSize];
        foreach (string key in expected.Split(' '))
        {
            using SecretBytes derived = keys.DeriveKey(iv);
            Assert.Equal(key, Hex(derived.Span));
            keys.MoveTo((ushort)(keys.Epoch + 1));
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Packet_Ping_HasTheVectorsBytes(string provider)
    {
        const string Datagram = "480000050001000000000001c2fe07b4542687fb92a265089da510f7f4079376ee42dfc6f9fce729f1e3dbbf";
        DataFormat format = new() { Cipher = DataCipher.Find("AES-256-GCM")!, PeerId = 5, HasEpochs = true };
        using StaticKey key = CountingKey;      // its first slot begins with the secret
        using DataSealer sealer = format.CreateSealer(Crypto(provider), CryptoProviders.OpenSsl, key, isServer: false, 0);
        byte[] buffer = new byte[256];
        buffer.AsSpan().Fill(0xa5);
        Assert.True(sealer.TrySeal(InBand.Ping, buffer, 0, out int length));
        Assert.Equal(Datagram, Hex(buffer.AsSpan(0, length)));

        using DataOpener opener = format.CreateOpener(Crypto(provider), key, isServer: true, 0);
        Assert.Equal(DropReason.None, opener.TryOpen(Hex(Datagram), 0, out Span<byte> payload));
        Assert.Equal(InBandKind.Ping, InBand.Classify(payload));
        Assert.Equal(DropReason.Replayed, opener.TryOpen(Hex(Datagram), 0, out _));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Packet_Captured_OpensInBothDirections(string provider)
    {
        DataFormat format = new() { Cipher = DataCipher.Find("AES-256-GCM")!, PeerId = 0, HasEpochs = true };
        byte[] bytes = new byte[StaticKey.Size];
        Hex(CapturedFromClient).CopyTo(bytes, 0);
        Hex(CapturedFromServer).CopyTo(bytes, 128);
        using StaticKey key = new(bytes);
        using DataOpener server = format.CreateOpener(Crypto(provider), key, isServer: true, 0);
        using DataOpener client = format.CreateOpener(Crypto(provider), key, isServer: false, 0);
        // An echo request and its answer, 84 bytes each.
        AssertIcmp(server, 8, "48000000000100000000000357600ba91b1839c3fd107ae2ba4be0aa5d89cc37a660fb8ba371a18a33f6d023b2c2831fa4e9e808b55f93f3f62007126604" +
            "de9fc62b6993d1b46b296b9766d932c455f1c5c8f824cbaad6b84b23238052555ca5ae59d4f0ee9406b0efe29b2b8e049195");
        AssertIcmp(client, 0, "48000000000100000000000277c2cbc3beac3470709c36e57f6e8d055afe0e009aae17ef5667f0366956c070df024f7a4cbcbd10ca13de3f988feff88444" +
            "f95b33c5726a56c5973bb43870704ac90948085e6abbeb58eda27fa9673c6467fccbaa48a5b7bfa5a3a929ded9a59b882198");
    }

    private static void AssertIcmp(DataOpener opener, byte type, string datagram)
    {
        Assert.Equal(DropReason.None, opener.TryOpen(Hex(datagram), 0, out Span<byte> packet));
        Assert.Equal((84, 0x45, 1, type), (packet.Length, packet[0], packet[9], packet[20]));
    }

    private static ICryptoProvider Crypto(string name) => name switch
    {
        "base" => BaseCrypto.Instance,
        "openssl" => CryptoProviders.OpenSsl,
        _ => CryptoProviders.Best,
    };
}
