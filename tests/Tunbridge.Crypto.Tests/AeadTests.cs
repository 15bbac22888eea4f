// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>Edges of the authenticated ciphers, on each provider and between them.</summary>
public sealed class AeadTests
{
    public static TheoryData<string, AeadAlgorithm> All => new(
        from p in (string[])[Providers.OpenSsl, Providers.IpsecMb]
        from a in Enum.GetValues<AeadAlgorithm>()
        select (p, a));

    [Theory]
    [MemberData(nameof(All))]
    public void Aead_EveryLengthAndPlace_ComesBack(string provider, AeadAlgorithm algorithm)
    {
        ICryptoProvider crypto = Providers.Get(provider);
        byte[] key = Providers.Bytes(Aead.KeySize(algorithm), 1), nonce = Providers.Bytes(12, 2), tag = new byte[16];
        using IAeadSealer sealer = crypto.CreateSealer(algorithm, key);
        using IAeadOpener opener = crypto.CreateOpener(algorithm, key);
        foreach (int length in (int[])[0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1400, 1500, 9000, 65535, 65536])
        {
            foreach (int place in (int[])[0, 1, 3, 7, 13])
            {
                byte[] slab = Providers.Bytes(length + 32, length), before = [.. slab];
                byte[] associated = Providers.Bytes(place * 3, 5);
                sealer.Seal(nonce, associated, slab.AsSpan(place, length), tag);
                Assert.True(length < 8 || !slab.AsSpan(place, length).SequenceEqual(before.AsSpan(place, length)));
                Assert.True(opener.TryOpen(nonce, associated, slab.AsSpan(place, length), tag));
                Assert.Equal(before, slab);    // nothing beside the packet was touched, either
                nonce[0]++;
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Seal_IntoAnotherPlace_GivesTheSameAndLeavesThePacket(string provider, AeadAlgorithm algorithm)
    {
        ICryptoProvider crypto = Providers.Get(provider);
        byte[] key = Providers.Bytes(Aead.KeySize(algorithm), 1), nonce = Providers.Bytes(12, 2);
        byte[] tag = new byte[16], tagInPlace = new byte[16];
        using IAeadSealer sealer = crypto.CreateSealer(algorithm, key);
        foreach (int length in (int[])[0, 1, 15, 16, 17, 63, 64, 65, 1400, 9000, 65535])
        {
            foreach (int place in (int[])[0, 1, 7, 24])
            {
                byte[] source = Providers.Bytes(length + 32, length), before = [.. source], inPlace = [.. source];
                byte[] room = new byte[length + 32];
                room.AsSpan().Fill(0xa5);
                sealer.Seal(nonce, source.AsSpan(0, place), source.AsSpan(place, length), room.AsSpan(8, length), tag);
                sealer.Seal(nonce, source.AsSpan(0, place), inPlace.AsSpan(place, length), tagInPlace);
                Assert.Equal(before, source);
                Assert.Equal(inPlace.AsSpan(place, length), room.AsSpan(8, length));
                Assert.Equal(tagInPlace, tag);
                Assert.False(room.AsSpan(0, 8).ContainsAnyExcept((byte)0xa5) || room.AsSpan(8 + length).ContainsAnyExcept((byte)0xa5));
                nonce[0]++;
            }
        }

        Assert.Throws<ArgumentException>(() => sealer.Seal(nonce, default, new byte[5], new byte[6], tag));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Aead_OneBitWrongAnywhere_IsRefused(string provider, AeadAlgorithm algorithm)
    {
        ICryptoProvider crypto = Providers.Get(provider);
        byte[] key = Providers.Bytes(Aead.KeySize(algorithm), 1), nonce = Providers.Bytes(12, 2), tag = new byte[16];
        byte[] associated = Providers.Bytes(8, 3), packet = Providers.Bytes(40, 4), plain = [.. packet];
        using IAeadSealer sealer = crypto.CreateSealer(algorithm, key);
        using IAeadOpener opener = crypto.CreateOpener(algorithm, key);
        sealer.Seal(nonce, associated, packet, tag);
        foreach (byte[] part in (byte[][])[nonce, associated, packet, tag])
        {
            for (int bit = 0; bit < part.Length * 8; bit++)
            {
                byte[] copy = [.. packet];
                part[bit / 8] ^= (byte)(1 << (bit % 8));
                copy = part == packet ? [.. packet] : copy;
                Assert.False(opener.TryOpen(nonce, associated, copy, tag));
                part[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        byte[] otherKey = [.. key];
        otherKey[0] ^= 1;
        using IAeadOpener other = crypto.CreateOpener(algorithm, otherKey);
        Assert.False(other.TryOpen(nonce, associated, [.. packet], tag));
        Assert.True(opener.TryOpen(nonce, associated, packet, tag));    // refusals leave the key usable
        Assert.Equal(plain, packet);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Aead_TruncatedAnywhere_IsRefused(string provider, AeadAlgorithm algorithm)
    {
        ICryptoProvider crypto = Providers.Get(provider);
        byte[] key = Providers.Bytes(Aead.KeySize(algorithm), 1), nonce = Providers.Bytes(12, 2), tag = new byte[16];
        byte[] associated = Providers.Bytes(20, 3), packet = Providers.Bytes(300, 4);
        using IAeadSealer sealer = crypto.CreateSealer(algorithm, key);
        using IAeadOpener opener = crypto.CreateOpener(algorithm, key);
        sealer.Seal(nonce, associated, packet, tag);
        for (int length = 0; length < packet.Length; length++)
            Assert.False(opener.TryOpen(nonce, associated, packet.AsSpan(0, length).ToArray(), tag));
        for (int length = 0; length < associated.Length; length++)
            Assert.False(opener.TryOpen(nonce, associated.AsSpan(0, length), [.. packet], tag));
        for (int length = 0; length < tag.Length; length++)
            Assert.False(opener.TryOpen(nonce, associated, [.. packet], tag.AsSpan(0, length)));
        Assert.False(opener.TryOpen(nonce, associated, [.. packet], [.. tag, 0]));
    }

    [Theory]
    [InlineData(AeadAlgorithm.Aes128Gcm)]
    [InlineData(AeadAlgorithm.Aes192Gcm)]
    [InlineData(AeadAlgorithm.Aes256Gcm)]
    public void Aead_BothProviders_GiveTheSameBytes(AeadAlgorithm algorithm)
    {
        ICryptoProvider one = Providers.Get(Providers.IpsecMb), other = Providers.Get(Providers.OpenSsl);
        Random random = new(42);
        for (int round = 0; round < 2000; round++)
        {
            byte[] key = Providers.Bytes(Aead.KeySize(algorithm), random.Next()), nonce = Providers.Bytes(12, random.Next());
            byte[] associated = Providers.Bytes(random.Next(0, 80), round), a = Providers.Bytes(random.Next(0, 3000), round), b = [.. a];
            byte[] tagA = new byte[16], tagB = new byte[16];
            using IAeadSealer sealerA = one.CreateSealer(algorithm, key), sealerB = other.CreateSealer(algorithm, key);
            sealerA.Seal(nonce, associated, a, tagA);
            sealerB.Seal(nonce, associated, b, tagB);
            Assert.Equal(b, a);
            Assert.Equal(tagB, tagA);
            using IAeadOpener openerA = one.CreateOpener(algorithm, key), openerB = other.CreateOpener(algorithm, key);
            Assert.True(openerA.TryOpen(nonce, associated, b, tagB));
            Assert.True(openerB.TryOpen(nonce, associated, a, tagA));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Aead_ForksOnManyThreads_AgreeAndOutliveTheirOrigin(string provider, AeadAlgorithm algorithm)
    {
        ICryptoProvider crypto = Providers.Get(provider);
        byte[] key = Providers.Bytes(Aead.KeySize(algorithm), 1);
        IAeadSealer sealer = crypto.CreateSealer(algorithm, key);
        IAeadOpener opener = crypto.CreateOpener(algorithm, key);
        (IAeadSealer Sealer, IAeadOpener Opener)[] pairs = [.. Enumerable.Range(0, 4).Select(_ => (sealer.Fork(), opener.Fork()))];
        sealer.Dispose();
        opener.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sealer.Fork());
        Assert.Throws<ObjectDisposedException>(() => opener.TryOpen(new byte[12], default, default, new byte[16]));
        Assert.Throws<ObjectDisposedException>(() => sealer.Seal(new byte[12], default, default, new byte[16]));
        bool[] good = await Task.WhenAll(pairs.Select((pair, i) => Task.Run(() =>
        {
            byte[] nonce = new byte[12], tag = new byte[16], packet = Providers.Bytes(1000, i), plain = [.. packet];
            bool all = true;
            for (int round = 0; round < 5000; round++)
            {
                nonce[round % 12]++;
                pair.Sealer.Seal(nonce, plain.AsSpan(0, 8), packet, tag);
                all &= pairs[i].Opener.TryOpen(nonce, plain.AsSpan(0, 8), packet, tag) && packet.AsSpan().SequenceEqual(plain);
            }

            return all;
        }, TestContext.Current.CancellationToken)));
        Assert.All(good, Assert.True);
        foreach ((IAeadSealer s, IAeadOpener o) in pairs)
        {
            s.Dispose();
            o.Dispose();
            o.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Aead_WrongSizes_AreTheCallersMistake(string provider, AeadAlgorithm algorithm)
    {
        ICryptoProvider crypto = Providers.Get(provider);
        Assert.Throws<ArgumentException>(() => crypto.CreateSealer(algorithm, new byte[Aead.KeySize(algorithm) - 1]));
        Assert.Throws<ArgumentException>(() => crypto.CreateOpener(algorithm, new byte[Aead.KeySize(algorithm) + 1]));
        using IAeadSealer sealer = crypto.CreateSealer(algorithm, new byte[Aead.KeySize(algorithm)]);
        using IAeadOpener opener = crypto.CreateOpener(algorithm, new byte[Aead.KeySize(algorithm)]);
        Assert.Throws<ArgumentException>(() => sealer.Seal(new byte[11], default, new byte[5], new byte[16]));
        Assert.Throws<ArgumentException>(() => sealer.Seal(new byte[12], default, new byte[5], new byte[15]));
        Assert.Throws<ArgumentException>(() => opener.TryOpen(new byte[13], default, new byte[5], new byte[16]));
        Assert.Throws<ArgumentOutOfRangeException>(() => crypto.CreateSealer((AeadAlgorithm)99, new byte[32]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Aead_SealAndOpen_AllocateNothing(string provider, AeadAlgorithm algorithm)
    {
        ICryptoProvider crypto = Providers.Get(provider);
        byte[] key = new byte[Aead.KeySize(algorithm)], nonce = new byte[12], tag = new byte[16], packet = new byte[10000];
        using IAeadSealer sealer = crypto.CreateSealer(algorithm, key);
        using IAeadOpener opener = crypto.CreateOpener(algorithm, key);
        void Rounds(int count)
        {
            for (int i = 0; i < count; i++)
            {
                sealer.Seal(nonce, nonce, packet.AsSpan(0, 1400), tag);
                _ = opener.TryOpen(nonce, nonce, packet.AsSpan(0, 1400), tag);
                _ = opener.TryOpen(nonce, nonce, packet, tag);    // refused: that path, too
            }
        }

        Rounds(50);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rounds(500);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Describe_OnThisMachine_NamesWhatDoesTheWork()
    {
        string text = CryptoProviders.Describe();
        Assert.Contains("OpenSSL 3.", text, StringComparison.Ordinal);
        Assert.Equal(CryptoProviders.IpsecMb is not null, text.Contains("ipsec-mb 1.", StringComparison.Ordinal));
        Assert.Equal(CryptoProviders.IpsecMb is null, CryptoProviders.WhyNotIpsecMb.Length > 0);
        Assert.True(CryptoProviders.IpsecMb is null || CryptoProviders.Best == CryptoProviders.IpsecMb);
        Assert.True(RuntimeInformation.ProcessArchitecture == Architecture.X64 || CryptoProviders.IpsecMb is null);
    }
}
