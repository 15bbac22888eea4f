// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests;

public sealed class DataAllocationTests
{
    [Theory]
    [InlineData("AES-256-GCM", "None", false)]
    [InlineData("CHACHA20-POLY1305", "Lzo", false)]
    [InlineData("AES-256-CBC", "Swap", false)]
    [InlineData("AES-256-GCM", "None", true)]
    [InlineData("CHACHA20-POLY1305", "StubV2", true)]
    public void DataPath_SealedAndOpened_AllocatesNothing(string cipher, string framing, bool epochs)
    {
        DataFormat format = new()
        {
            Cipher = DataCipher.Find(cipher)!,
            PeerId = 1,
            Framing = Enum.Parse<CompressionFraming>(framing),
            HasEpochs = epochs,
            OtherUsageLimit = 100_000,      // so near that each packet is told to the other forks
        };
        using StaticKey key = Vectors.CountingKey;
        using DataSealer sealer = format.CreateSealer(CryptoProviders.Best, CryptoProviders.OpenSsl, key, isServer: false, 0);
        DataKeys keys = new(null, [format.CreateOpener(CryptoProviders.Best, key, isServer: true, 0)]);
        // An epoch begins with the first packets, which are not counted.
        (sealer as EpochDataSealer)?.MoveTo(2);
        byte[] packet = new byte[1400];
        packet[0] = 0x45;
        byte[] buffer = new byte[2048];
        long before = 0;
        for (int i = 0; i < 1000; i++)
        {
            if (i == 100)
                before = GC.GetAllocatedBytesForCurrentThread();
            bool isSealed = sealer.TrySeal(packet, buffer, i, out int length);
            DropReason reason = keys.TryOpen(buffer.AsSpan(0, length), i, out Span<byte> payload, out _);
            if (!isSealed || reason != DropReason.None || payload.Length != 1400)
                Assert.Fail($"packet {i}: {reason}");
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        keys.OpenerFor([0x48])!.Dispose();
    }

    [Fact]
    public void Sealer_OfAForkAndItsOrigin_NeverUsesANumberTwice()
    {
        DataFormat format = new() { Cipher = DataCipher.Find("AES-128-GCM")!, PeerId = 1 };
        using StaticKey key = Vectors.CountingKey;
        using DataSealer first = format.CreateSealer(CryptoProviders.Best, CryptoProviders.OpenSsl, key, isServer: false, 0);
        using DataSealer second = first.Fork();
        using DataOpener opener = format.CreateOpener(CryptoProviders.Best, key, isServer: true, 0);
        byte[] buffer = new byte[256];
        for (int i = 0; i < 60; i++)
        {
            Assert.True((i % 3 == 0 ? first : second).TrySeal(new byte[20], buffer, 0, out int length));
            Assert.Equal(DropReason.None, opener.TryOpen(buffer.AsSpan(0, length), 0, out _));
        }
        Assert.Equal((60, 60), (first.Count, second.Count));
    }
}
