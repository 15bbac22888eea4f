// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests;

public sealed class DataSealerTests
{
    private const byte Poison = 0xa5;

    public static TheoryData<string, string, bool> All => new(
        from c in DataCipher.All
        from f in Enum.GetNames<CompressionFraming>()
        from epochs in (bool[])[false, true]
        where c.Aead is not null || !epochs
        select (c.Name, f, epochs));

    [Theory]
    [MemberData(nameof(All))]
    public void TrySeal_EveryFormat_FillsItsRoomOnlyAndLeavesThePacket(string cipher, string framing, bool epochs)
    {
        DataFormat format = new() { Cipher = DataCipher.Find(cipher)!, PeerId = 7, Framing = Enum.Parse<CompressionFraming>(framing), HasEpochs = epochs };
        using StaticKey key = Vectors.CountingKey;
        using DataSealer sealer = format.CreateSealer(CryptoProviders.Best, CryptoProviders.OpenSsl, key, isServer: false, 3);
        using DataOpener opener = format.CreateOpener(BaseCrypto.Instance, key, isServer: true, 3);
        foreach (byte first in (byte[])[0x45, 0x50, 0x60])
        {
            for (int length = 1; length < 70; length++)
            {
                byte[] packet = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
                packet[0] = first;
                byte[] before = [.. packet];
                byte[] room = new byte[length + sealer.Overhead + 16];
                room.AsSpan().Fill(Poison);
                Assert.True(sealer.TrySeal(packet, room.AsSpan(..^16), 0, out int sealedLength));
                Assert.Equal(before, packet);
                Assert.InRange(sealedLength, length + 1, length + sealer.Overhead);
                Assert.Equal(-1, room.AsSpan(^16).IndexOfAnyExcept(Poison));
                Assert.Equal(DropReason.None, opener.TryOpen(room.AsSpan(0, sealedLength), 0, out Span<byte> opened));
                Assert.Equal(before, opened);
            }
        }

        Assert.Throws<ArgumentException>(() => sealer.TrySeal(new byte[20], new byte[20 + sealer.Overhead - 1], 0, out _));
    }

    [Theory]
    [InlineData("AES-256-GCM", false)]
    [InlineData("AES-256-GCM", true)]
    [InlineData("CHACHA20-POLY1305", false)]
    [InlineData("AES-256-CBC", false)]
    public void TryFork_OfARetiredSealer_IsNoneAndLeavesEarlierForksAlone(string cipher, bool epochs)
    {
        DataFormat format = new() { Cipher = DataCipher.Find(cipher)!, PeerId = 7, HasEpochs = epochs };
        using StaticKey key = Vectors.CountingKey;
        DataSealer sealer = format.CreateSealer(CryptoProviders.Best, CryptoProviders.OpenSsl, key, isServer: false, 3);
        Assert.True(sealer.TryFork(out DataSealer? fork));
        using DataSealer earlier = fork;

        sealer.Dispose();

        Assert.False(sealer.TryFork(out fork));
        Assert.Null(fork);
        Assert.Throws<ObjectDisposedException>(sealer.Fork);
        Assert.True(earlier.TrySeal(new byte[20], new byte[20 + earlier.Overhead], 0, out _));
    }

    [Theory]
    [InlineData("", "Unknown", 0)]
    [InlineData("38", "Control", 0)]
    [InlineData("2000000000", "Control", 0)]
    [InlineData("30", "DataByAddress", 0)]
    [InlineData("4b00000105", "DataByIndex", 1)]
    [InlineData("48fffffe", "DataByIndex", 0xfffffe)]
    [InlineData("48ffffff00", "DataByAddress", 0xffffff)]
    [InlineData("480000", "Unknown", 0)]
    [InlineData("08", "Unknown", 0)]
    [InlineData("60", "Unknown", 0)]
    [InlineData("39", "Unknown", 0)]
    public void Classifier_FirstBytes_SayWhatItIs(string datagram, string kind, int index)
    {
        DatagramClass found = OpenVpnClassifier.Instance.Classify(Convert.FromHexString(datagram), out uint named);
        Assert.Equal((kind, index), (found.ToString(), (int)named));
    }
}
