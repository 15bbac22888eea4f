// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>Datagrams of a stranger, made from real ones, at every moment of a session and at a server's door.</summary>
public sealed class HostileSessionTests
{
    private static readonly int s_mutations = HostileCount.Of(200_000);

    /// <summary>
    /// Before each datagram of a handshake and a renegotiation that arrives, strangers' datagrams do: with a wrap they change nothing at all,
    /// both sides say the same in the same number of datagrams at the same times.
    /// </summary>
    [Theory]
    [InlineData("TlsAuth")]
    [InlineData("TlsCrypt")]
    public void Session_WithStrangersDatagramsBetweenItsOwn_SaysTheSame(string wrap)
    {
        int made = 0;
        List<(bool, int, DateTimeOffset)> undisturbed = Talk(wrap, 0, ref made);
        for (int seed = 1; made < s_mutations; seed++)
            Assert.Equal(undisturbed, Talk(wrap, seed, ref made));
    }

    /// <summary>Without a wrap a stranger who knows both session ids can end the handshake, as TLS sees what he sent; nothing worse.</summary>
    [Fact]
    public void Session_WithoutAWrap_WithStrangersDatagrams_DoesNotThrowOrGrow()
    {
        int made = 0;
        Talk("None", 1, ref made);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int seed = 2; made < s_mutations; seed++)
            Talk("None", seed, ref made);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 << 20);
    }

    /// <summary>Data packets with every peer id and key id, of strangers and of old: nothing comes out, and the session goes on.</summary>
    [Fact]
    public void DataPackets_Forged_AreDroppedAndTheSessionGoesOn()
    {
        // The ciphers that ship: the base library's throw inside themselves for each forged packet, which is slow.
        using Link link = new(SessionTests.Settings("None"), crypto: CryptoProviders.OpenSsl);
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Random random = new(5);
        DateTimeOffset? next = link.Server!.NextTimeout;
        for (int i = 0; i < s_mutations; i++)
        {
            byte[] bytes = new byte[random.Next(1, 120)];
            random.NextBytes(bytes);
            bytes[0] = (byte)((random.Next(2) == 0 ? 6 : 9) << 3 | random.Next(8));
            Assert.NotEqual(DropReason.None, link.Server.Keys.TryOpen(bytes, link.Now.ToUnixTimeMilliseconds(), out Span<byte> payload, out bool isExit));
            Assert.False(isExit);
            Assert.True(payload.IsEmpty);
        }
        Assert.Equal(next, link.Server.NextTimeout);        // ping-restart does not count what is not authentic
        SessionTests.AssertCarries(link);
    }

    // What was said, without what it was: lengths and times. Seed 0 leaves the session alone.
    private static List<(bool ToServer, int Length, DateTimeOffset At)> Talk(string wrap, int seed, ref int made)
    {
        List<(bool, int, DateTimeOffset)> said = [];
        List<byte[]> seen = [];
        HashSet<string> known = [];
        Random random = new(seed);
        int count = 0;
        Link? link = null;
        link = new Link(SessionTests.Settings(wrap) with { RenegotiateAfter = TimeSpan.FromSeconds(20) }, seed: 1)
        {
            Passes = (toServer, datagram) =>
            {
                said.Add((toServer, datagram.Length, link!.Now));
                seen.Add([.. datagram]);
                known.Add(Convert.ToHexString(datagram));
                Session? target = toServer ? link.Server : link.Client;
                for (int i = 0; seed > 0 && i < 100 && target is not null; i++, count++)
                {
                    byte[] bytes = i % 5 == 4 ? RandomDatagram(random, datagram) : new Mutator(seen[random.Next(seen.Count)], random.Next()).Next();
                    // What is the same by chance is no stranger's: it would only come early.
                    if (known.Contains(Convert.ToHexString(bytes)))
                        continue;
                    DropReason reason = target.HandleDatagram(link.Now, bytes);
                    Assert.True(wrap == "None" || reason != DropReason.None, "only what a side has sent is taken");
                }
                return true;
            },
        };
        using (link)
        {
            link.RunFor(TimeSpan.FromSeconds(70));
            if (wrap != "None")
                Assert.True(link.Client.IsConnected && link.Server!.IsConnected && link.ClientEvents.OfType<SessionRekeyed>().Any());
        }
        made += count;
        return said;
    }

    // Random behind a head that fits, or random at all.
    private static byte[] RandomDatagram(Random random, byte[] model)
    {
        byte[] bytes = new byte[random.Next(0, 200)];
        random.NextBytes(bytes);
        if (random.Next(2) == 0)
            model.AsSpan(0, Math.Min(9, Math.Min(bytes.Length, model.Length))).CopyTo(bytes);
        return bytes;
    }

    [Theory]
    [InlineData("4099999999999999990000000000")]                            // acknowledges nothing
    [InlineData("4099999999999999990100000000777777777777777700000000")]    // acknowledges somebody else's
    public void Client_WithAForgedServerReset_StillConnectsToTheRealServer(string forged)
    {
        using Link link = new(SessionTests.Settings("None"));
        Assert.Equal(DropReason.Malformed, link.Client.HandleDatagram(link.Now, Vectors.Hex(forged)));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
    }

    [Fact]
    public void Door_WithMutatedResetsAndWrongCookies_MakesNoSessionAndAnswersFew()
    {
        using Listener listener = new(SessionTests.Settings("None"), BaseCrypto.Instance, new FakeTls(TlsRole.Server), new Link.SeededRandom(1));
        byte[][] seeds =
        [
            Vectors.Hex("3801020304050607080000000000"),
            Vectors.Hex("280102030405060708010000000011121314151617180000"),
            Vectors.Hex("200102030405060708010000000011121314151617180000000116030100"),
            Vectors.Hex("5801020304050607080100000000111213141516171800000001"),
        ];
        PeerAddress stranger = new() { Address = 1, Port = 1194 };
        byte[] reply = new byte[Session.MaximumControlDatagram];
        int answers = 0;
        foreach (byte[] seed in seeds)
        {
            Mutator mutator = new(seed, 7);
            for (int i = 0; i < s_mutations / seeds.Length; i++)
            {
                byte[] bytes = mutator.Next();
                listener.HandleDatagram(Link.Start, stranger, bytes, reply, out int length, out Session? session);
                Assert.Null(session);
                Assert.InRange(length, 0, 32);
                answers += length > 0 ? 1 : 0;
            }
        }
        Assert.Equal(100, answers);
    }

    [Fact]
    public void Door_RightCookieFromAnotherAddress_IsRefusedAndFromTheSameTaken()
    {
        using Listener listener = new(SessionTests.Settings("None"), BaseCrypto.Instance, new FakeTls(TlsRole.Server), new Link.SeededRandom(1));
        PeerAddress client = new() { Address = 1, Port = 1194 };
        byte[] reply = new byte[Session.MaximumControlDatagram];
        Assert.Equal(DropReason.None, listener.HandleDatagram(Link.Start, client, Vectors.Hex("3801020304050607080000000000"), reply, out int length,
            out Session? session));
        Assert.Null(session);
        Assert.Equal(26, length);
        byte[] proof = [.. Vectors.Hex("2801020304050607080100000000"), .. reply.AsSpan(1, 8)];
        byte[] wrong = [.. proof];
        wrong[^1] ^= 1;
        Assert.Equal(DropReason.UnknownPeer, listener.HandleDatagram(Link.Start, client, wrong, reply, out length, out session));
        Assert.Equal(DropReason.UnknownPeer,
            listener.HandleDatagram(Link.Start, client with { Port = 1195 }, proof, reply, out length, out session));
        Assert.Null(session);
        Assert.Equal(DropReason.None, listener.HandleDatagram(Link.Start, client, proof, reply, out length, out session));
        Assert.NotNull(session);
        session.Dispose();
    }
}
