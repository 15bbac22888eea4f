// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Tests;

/// <summary>When a sender goes on to the next epoch, and which epochs a receiver takes.</summary>
public sealed class EpochDataTests
{
    private const int PacketSize = 20;      // two blocks and the packet itself: counts three

    public static TheoryData<string> Ciphers => ["AES-256-GCM", "AES-192-GCM", "AES-128-GCM", "CHACHA20-POLY1305"];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Sealer_AtItsLimit_GoesOnToTheNextEpochAndTheOpenerFollows(string cipher)
    {
        using Pair pair = new(cipher, limit: 30);
        for (int i = 0; i < 35; i++)
        {
            byte[] datagram = pair.Seal();
            Assert.Equal(((i / 10) + 1, (i % 10) + 1), NumberOf(datagram));
            Assert.Equal(DropReason.None, pair.Open(datagram));
        }
        Assert.Equal((4, 4), (pair.Sealer.Epoch, pair.Opener.Epoch));
        Assert.Equal((35, 35), (pair.Sealer.Count, pair.Opener.Count));
    }

    [Fact]
    public void Opener_OfLaterEpochs_TakesSixteenAheadAndNoMore()
    {
        using Pair pair = new();
        pair.Sealer.MoveTo(18);
        Assert.Equal(DropReason.UnknownKey, pair.Open(pair.Seal()));
        Assert.Equal(1, pair.Opener.Epoch);
        using Pair near = new();
        near.Sealer.MoveTo(17);
        Assert.Equal(DropReason.None, near.Open(near.Seal()));
        Assert.Equal(17, near.Opener.Epoch);
        // The window moves on with it.
        near.Sealer.MoveTo(33);
        Assert.Equal(DropReason.None, near.Open(near.Seal()));
        near.Sealer.MoveTo(50);
        Assert.Equal(DropReason.UnknownKey, near.Open(near.Seal()));
    }

    [Fact]
    public void Opener_OfEarlierEpochs_TakesTheOneItWasInOnly()
    {
        using Pair pair = new();
        byte[][] first = [pair.Seal(), pair.Seal(), pair.Seal()];
        pair.Sealer.MoveTo(2);
        byte[] second = pair.Seal();
        pair.Sealer.MoveTo(4);
        byte[][] fourth = [pair.Seal(), pair.Seal()];
        Assert.Equal(DropReason.None, pair.Open(first[0]));
        Assert.Equal(DropReason.None, pair.Open(second));
        Assert.Equal(DropReason.None, pair.Open(first[1]));     // late
        Assert.Equal(2, pair.Opener.Epoch);
        Assert.Equal(DropReason.None, pair.Open(fourth[0]));
        Assert.Equal(DropReason.UnknownKey, pair.Open(first[2]));
        Assert.Equal(DropReason.None, pair.Open(fourth[1]));
    }

    [Fact]
    public void Opener_PacketsOfEachEpoch_AreTakenOnce()
    {
        using Pair pair = new(limit: 9);
        byte[][] datagrams = [.. Enumerable.Range(0, 6).Select(_ => pair.Seal())];
        foreach (byte[] datagram in datagrams)
            Assert.Equal(DropReason.None, pair.Open(datagram));
        foreach (byte[] datagram in datagrams)
            Assert.Equal(DropReason.Replayed, pair.Open(datagram));
        // As high a number as came in the first epoch is new in the second.
        Assert.Equal([(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)], datagrams.Select(NumberOf));
    }

    [Fact]
    public void Opener_ForgedLaterEpochs_ChangeNothing()
    {
        using Pair pair = new();
        byte[] real = pair.Seal();
        for (int epoch = 0; epoch <= ushort.MaxValue; epoch++)
        {
            byte[] forged = [.. real];
            WriteUInt16BigEndian(forged.AsSpan(4), (ushort)epoch);
            if (epoch != 1)
                Assert.Equal(epoch is > 1 and <= 17 ? DropReason.NotAuthentic : DropReason.UnknownKey, pair.Open(forged));
        }
        Assert.Equal(1, pair.Opener.Epoch);
        Assert.Equal(DropReason.None, pair.Open(real));
        // Keys that forged packets asked for are the right ones all the same.
        foreach (ushort epoch in (ushort[])[2, 7, 17, 18])
        {
            pair.Sealer.MoveTo(epoch);
            Assert.Equal(DropReason.None, pair.Open(pair.Seal()));
        }
    }

    [Fact]
    public void Opener_OddPackets_AreDroppedWithAReason()
    {
        using Pair pair = new();
        byte[] datagram = pair.Seal();
        for (int length = 0; length <= 4 + 8 + 16; length++)
            Assert.NotEqual(DropReason.None, pair.Open(datagram[..length]));
        Assert.Equal(DropReason.TooShort, pair.Open(datagram[..28]));
        Assert.Equal(DropReason.NotAuthentic, pair.Open(datagram[..^1]));
        Assert.Equal(DropReason.NotAuthentic, pair.Open([.. datagram, 0]));
        Assert.Equal(DropReason.UnknownType, pair.Open([0x33, .. datagram[4..]]));
        Assert.Equal(DropReason.UnknownKey, pair.Open([0x49, .. datagram[1..]]));
        for (int bit = 0; bit < datagram.Length * 8; bit++)
        {
            byte[] changed = [.. datagram];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(DropReason.None, pair.Open(changed));
        }
        Assert.Equal(DropReason.None, pair.Open(datagram));
    }

    [Fact]
    public void Opener_CounterZero_IsRefused()
    {
        // Sealed by hand: no sealer gives it out.
        using EpochKeys keys = new(BaseCrypto.Instance, DataCipher.Find("AES-128-GCM")!, new byte[32]);
        byte[] iv = new byte[Aead.NonceSize];
        using IAeadSealer cipher = keys.CreateSealer(iv);
        byte[] datagram = [0x48, 0, 0, 7, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3, .. new byte[16]];
        byte[] nonce = new byte[Aead.NonceSize];
        EpochDataSealer.MakeNonce(nonce, 1UL << 48, iv);
        cipher.Seal(nonce, datagram.AsSpan(0, 12), datagram.AsSpan(12, 3), datagram.AsSpan(15));
        using StaticKey zero = new(new byte[StaticKey.Size]);
        using DataOpener opener = new DataFormat { Cipher = DataCipher.Find("AES-128-GCM")!, PeerId = 7, HasEpochs = true }
            .CreateOpener(BaseCrypto.Instance, zero, isServer: true, 0);
        Assert.Equal(DropReason.Replayed, opener.TryOpen(datagram, 0, out _));
    }

    [Fact]
    public void Sealer_WhenThePeerIsAhead_FollowsIt()
    {
        using Pair pair = new(limit: 30);
        using StaticKey key = Vectors.CountingKey;
        using DataSealer answers = pair.Format.CreateSealer(CryptoProviders.Best, CryptoProviders.OpenSsl, key, isServer: true, 3);
        using DataOpener opener = pair.Format.CreateOpener(CryptoProviders.Best, key, isServer: true, 3, answers);
        using DataOpener back = pair.Format.CreateOpener(CryptoProviders.Best, key, isServer: false, 3);
        byte[] room = new byte[100];
        for (int i = 0; i < 35; i++)
        {
            Assert.Equal(DropReason.None, opener.TryOpen(pair.Seal(), 0, out _));
            Assert.True(answers.TrySeal(new byte[1], room, 0, out int length));
            Assert.Equal((i / 10) + 1, NumberOf(room).Epoch);
            Assert.Equal(DropReason.None, back.TryOpen(room.AsSpan(0, length), 0, out _));
        }
        Assert.Equal(35, answers.Count);
    }

    [Fact]
    public void Sealer_NearItsLastEpoch_AsksForTheNextKeyAndStopsAtTheEnd()
    {
        using Pair pair = new(limit: 9);
        pair.Sealer.MoveTo(0xfeff);
        Assert.False(pair.Sealer.IsNearlySpent);
        pair.Sealer.MoveTo(0xff00);
        Assert.True(pair.Sealer.IsNearlySpent);
        pair.Sealer.MoveTo(ushort.MaxValue);
        using DataSealer fork = pair.Sealer.Fork();
        byte[] room = new byte[100];
        for (int i = 1; i <= 2; i++)
            Assert.Equal((ushort.MaxValue, i), NumberOf(pair.Seal()));
        for (int i = 0; i < 20; i++)
            Assert.False((i % 2 == 0 ? pair.Sealer : fork).TrySeal(new byte[PacketSize], room, 0, out _));
        Assert.Equal(ushort.MaxValue, pair.Sealer.Epoch);
    }

    [Fact]
    public void Forks_OnManyThreads_NeverUseANumberTwiceAndAgreeOnKeys()
    {
        const int Threads = 4, Each = 2000;
        using Pair pair = new(limit: 500);
        DataSealer[] forks = [.. Enumerable.Range(0, Threads).Select(_ => pair.Sealer.Fork())];
        List<byte[]>[] sealedBy = [.. forks.Select(_ => new List<byte[]>())];
        Parallel.For(0, Threads, thread =>
        {
            byte[] room = new byte[100];
            for (int i = 0; i < Each; i++)
            {
                Assert.True(forks[thread].TrySeal(new byte[PacketSize], room, 0, out int length));
                sealedBy[thread].Add(room[..length]);
            }
        });
        (int Epoch, int Counter)[] numbers = [.. sealedBy.SelectMany(d => d).Select(NumberOf)];
        Assert.Equal(Threads * Each, numbers.Distinct().Count());
        Assert.Equal(Threads * Each, pair.Sealer.Count);
        // Three a packet; who ends an epoch may be interrupted, and what others seal meanwhile still belongs to it.
        Assert.InRange(pair.Sealer.Epoch, Threads * Each * 3 / 500 / 3, (Threads * Each * 3 / 500) + 1);
        using Pair reader = new(window: 10_000);
        foreach (byte[] datagram in sealedBy.SelectMany(d => d).OrderBy(d => ReadUInt64BigEndian(d.AsSpan(4))))
            Assert.Equal(DropReason.None, reader.Open(datagram));
        foreach (DataSealer fork in forks)
            fork.Dispose();
    }

    [Theory]
    [InlineData("AES-256-GCM", 60129542137)]        // what openvpn 2.7.8 prints at verb 7
    [InlineData("AES-128-GCM", 60129542137)]
    [InlineData("CHACHA20-POLY1305", ulong.MaxValue)]
    [InlineData("AES-256-CBC", ulong.MaxValue)]
    public void UsageLimit_OfEachCipher_IsTheReferences(string cipher, ulong limit) =>
        Assert.Equal(limit, new DataFormat { Cipher = DataCipher.Find(cipher)! }.UsageLimit);

    [Fact]
    public void ClassicKey_AtTheLimitOfItsCipher_IsSpentForBothSides()
    {
        DataFormat format = new() { Cipher = DataCipher.Find("AES-256-GCM")!, PeerId = 1, OtherUsageLimit = 30 };
        using StaticKey key = Vectors.CountingKey;
        using DataSealer sealer = format.CreateSealer(BaseCrypto.Instance, CryptoProviders.OpenSsl, key, isServer: false, 0);
        using DataSealer fork = sealer.Fork();
        using DataOpener opener = format.CreateOpener(BaseCrypto.Instance, key, isServer: true, 0);
        byte[] room = new byte[100];
        for (int i = 1; i <= 10; i++)
        {
            Assert.False(sealer.IsNearlySpent || opener.Spent >= 1);
            Assert.True((i % 2 == 0 ? sealer : fork).TrySeal(new byte[PacketSize], room, 0, out int length));
            Assert.Equal(DropReason.None, opener.TryOpen(room.AsSpan(0, length), 0, out _));
            Assert.Equal((i / 10.0, i / 10.0), (Math.Round(sealer.Spent, 9), Math.Round(opener.Spent, 9)));
        }
        Assert.True(sealer.IsNearlySpent && fork.IsNearlySpent && opener.Spent >= 1);
        // The session makes the next key meanwhile: this one goes on.
        Assert.True(sealer.TrySeal(new byte[PacketSize], room, 0, out _));
    }

    private static (int Epoch, int Counter) NumberOf(byte[] datagram)
    {
        ulong number = ReadUInt64BigEndian(datagram.AsSpan(4));
        return ((int)(number >> 48), (int)(number & 0xffff_ffff_ffff));
    }

    /// <summary>A client's sealer and its server's opener.</summary>
    private sealed class Pair : IDisposable
    {
        internal Pair(string cipher = "AES-256-GCM", ulong? limit = null, int window = 64)
        {
            Format = new DataFormat { Cipher = DataCipher.Find(cipher)!, PeerId = 5, HasEpochs = true, OtherUsageLimit = limit, ReplayWindow = window };
            using StaticKey key = Vectors.CountingKey;
            Sealer = (EpochDataSealer)Format.CreateSealer(CryptoProviders.Best, CryptoProviders.OpenSsl, key, isServer: false, 3);
            Opener = (EpochDataOpener)Format.CreateOpener(CryptoProviders.OpenSsl, key, isServer: true, 3);
        }

        internal DataFormat Format { get; }

        internal EpochDataSealer Sealer { get; }

        internal EpochDataOpener Opener { get; }

        internal byte[] Seal()
        {
            byte[] room = new byte[PacketSize + Sealer.Overhead];
            Assert.True(Sealer.TrySeal(new byte[PacketSize], room, 0, out int length));
            return room[..length];
        }

        internal DropReason Open(byte[] datagram) => Opener.TryOpen([.. datagram], 0, out _);

        public void Dispose()
        {
            Sealer.Dispose();
            Opener.Dispose();
        }
    }
}
