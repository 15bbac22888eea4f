// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>Datagrams of a stranger, made from real ones, at every moment of a session and at a server's door.</summary>
public sealed class HostileSessionTests
{
    private const int Mutations = 200_000;

    [Theory]
    [InlineData("None")]
    [InlineData("TlsAuth")]
    [InlineData("TlsCrypt")]
    public void Session_WithMutatedDatagramsBetweenItsOwn_ConnectsAllTheSame(string wrap)
    {
        // Without a wrap a stranger who knows both session ids can end the handshake: TLS sees what he sent.
        bool isProtected = wrap != "None";
        int made = 0;
        for (int seed = 1; made < Mutations / (isProtected ? 40 : 4); seed++)
        {
            List<byte[]> seen = [];
            Random random = new(seed);
            Link? link = null;
            link = new Link(SessionTests.Settings(wrap), seed: seed)
            {
                Passes = (toServer, datagram) =>
                {
                    seen.Add([.. datagram]);
                    Session? target = toServer ? link!.Server : link!.Client;
                    for (int i = 0; i < 40 && target is not null; i++, made++)
                    {
                        byte[] bytes = new Mutator(seen[random.Next(seen.Count)], random.Next()).Next();
                        // At least one bit differs from everything that was sent.
                        if (!seen.Exists(s => s.AsSpan().SequenceEqual(bytes)))
                            target.HandleDatagram(link.Now, bytes);
                    }
                    return true;
                },
            };
            using (link)
            {
                if (!isProtected)
                {
                    link.RunFor(TimeSpan.FromSeconds(70));
                    continue;
                }
                link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
            }
        }
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
            for (int i = 0; i < Mutations / seeds.Length; i++)
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
