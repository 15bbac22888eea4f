// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>A server's door with the wraps side by side, and clients that come in great numbers.</summary>
public sealed class DoorTests
{
    private static readonly string s_serverKey = Pem("OpenVPN tls-crypt-v2 server key", [.. Enumerable.Range(0, 128).Select(i => (byte)((7 * i) + 3))]);

    [Theory]
    [InlineData("TlsCryptV2", true)]
    [InlineData("TlsCryptV2", false)]
    [InlineData("TlsCrypt", true)]
    [InlineData("TlsAuth", true)]
    public void Door_WithTwoWraps_LetsBothIn(string wrap, bool isNew)
    {
        using DoorLink link = new(ServerSettings(wrap == "TlsAuth" ? ControlWrapKind.TlsAuth : ControlWrapKind.TlsCrypt), ClientSettings(wrap)) { IsOld = !isNew };
        link.RunUntil(() => link.Client.IsConnected && link.Server?.IsConnected == true);
        // One that does not repeat its wrapped key costs state at once; all others only once they have shown their address.
        Assert.Equal(isNew ? 1 : 0, link.Replies);
        for (int i = 1; i <= 10; i++)
        {
            int wanted = 2 * i;
            Assert.True((i % 2 == 0 ? link.Client : link.Server!).Renegotiate(link.Now));
            link.RunUntil(() => link.Renegotiated == wanted);
        }
        // 1 to 7, then 1, 2, 3: 0 is the first key of a session only.
        Assert.NotNull(link.Client.Keys.OpenerFor([(9 << 3) | 3]));
    }

    [Fact]
    public void Door_ForcingTheCookie_RefusesClientsThatCannotRepeatTheirKey()
    {
        using DoorLink link = new(ServerSettings(ControlWrapKind.None) with { AllowClientsWithoutCookie = false }, ClientSettings("TlsCryptV2")) { IsOld = true };
        link.RunUntil(() => link.Client.IsClosed);
        Assert.Null(link.Server);
    }

    [Fact]
    public void Door_WithKeysOfClientsOnly_RefusesTheOtherWrap()
    {
        using DoorLink link = new(ServerSettings(ControlWrapKind.None), ClientSettings("TlsCrypt"));
        link.RunUntil(() => link.Client.IsClosed);
        Assert.Null(link.Server);
        Assert.Equal(0, link.Replies);
    }

    [Fact]
    public void Door_WithTenThousandHalfOpenHandshakes_KeepsNothingAndLetsAGoodClientIn()
    {
        SessionSettings settings = SessionTests.Settings("TlsCrypt");
        using Listener listener = new(settings, BaseCrypto.Instance, new FakeTls(TlsRole.Server), new Link.SeededRandom(1));
        byte[] room = new byte[2048];
        byte[] reply = new byte[Session.MaximumControlDatagram];
        int answered = 0;
        for (uint i = 0; i < 10_000; i++)
        {
            using Session stranger = Session.Connect(settings, BaseCrypto.Instance, new FakeTls(TlsRole.Client), new Link.SeededRandom((int)i), Link.Start);
            Assert.True(stranger.TryPollTransmit(Link.Start, room, out int length));
            PeerAddress from = new() { Address = (UInt128)0xffff0a000000 + i, Port = 1194 };
            listener.HandleDatagram(Link.Start, from, room.AsSpan(0, length), reply, out int replyLength, out Session? session);
            Assert.Null(session);
            Assert.True(replyLength <= length + 12, "an answer is hardly longer than what it answers");
            answered += replyLength > 0 ? 1 : 0;
        }
        Assert.True(answered > 9_900, "each stranger has an address of his own, so each is answered");
        using DoorLink link = new(listener, settings, settings);
        link.RunUntil(() => link.Client.IsConnected && link.Server?.IsConnected == true);
    }

    [Theory]
    [InlineData("TlsAuth")]
    [InlineData("TlsCrypt")]
    [InlineData("TlsCryptV2")]
    public void Door_WithMutatedPacketsOfAClient_AnswersNobody(string wrap)
    {
        SessionSettings client = ClientSettings(wrap);
        SessionSettings server = ServerSettings(wrap == "TlsAuth" ? ControlWrapKind.TlsAuth : ControlWrapKind.TlsCrypt);
        List<byte[]> seen = [];
        using (DoorLink link = new(server, client) { Seen = seen })
            link.RunUntil(() => link.Client.IsConnected);
        HashSet<string> known = [.. seen.Select(Convert.ToHexString)];
        using Listener listener = new(server, BaseCrypto.Instance, new FakeTls(TlsRole.Server), new Link.SeededRandom(1));
        byte[] reply = new byte[Session.MaximumControlDatagram];
        Random random = new(9);
        // One door, three keys.
        int count = (HostileCount.Of(200_000) / 3) + 1;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = i % 5 == 4 ? new byte[random.Next(1, 400)] : new Mutator(seen[random.Next(Math.Min(4, seen.Count))], i).Next();
            if (i % 5 == 4)
                random.NextBytes(bytes);
            if (known.Contains(Convert.ToHexString(bytes)))
                continue;
            DropReason reason = listener.HandleDatagram(Link.Start, new() { Address = 1, Port = 1 }, bytes, reply, out int length, out Session? session);
            Assert.NotEqual(DropReason.None, reason);
            Assert.Equal(0, length);
            Assert.Null(session);
            Assert.NotEqual(DropReason.None, listener.HandleStream(Link.Start, bytes, out session));
            Assert.Null(session);
        }
    }

    [Fact]
    public void Cookie_OfEverySlot_CountsForItsTimeOnly()
    {
        using HandshakeCookie cookies = new(BaseCrypto.Instance, new byte[32], TimeSpan.FromSeconds(60));
        byte[] address = new byte[22];
        ulong cookie = cookies.Make(1_000_000, address, 5);
        Assert.True(cookies.IsValid(cookie, 1_000_000, address, 5));
        Assert.True(cookies.IsValid(cookie, 1_000_000 + 60_000, address, 5));
        Assert.False(cookies.IsValid(cookie, 1_000_000 + 120_000, address, 5));
        Assert.False(cookies.IsValid(cookie, 1_000_000, address, 6));
        Random random = new(3);
        for (int i = 0; i < 100_000; i++)
        {
            ulong guess = (ulong)random.NextInt64();
            Assert.False(cookies.IsValid(guess, 1_000_000, address, 5));
        }
        for (int bit = 0; bit < 64; bit++)
            Assert.False(cookies.IsValid(cookie ^ (1ul << bit), 1_000_000, address, 5));
    }

    internal static SessionSettings ServerSettings(ControlWrapKind second) => SessionTests.Settings("None") with
    {
        Wrap = ControlWrapKind.TlsCryptV2,
        WrapKey = System.Text.Encoding.ASCII.GetBytes(s_serverKey),
        SecondWrap = second,
        SecondWrapKey = System.Text.Encoding.ASCII.GetBytes(Vectors.LabKey),
    };

    internal static SessionSettings ClientSettings(string wrap)
    {
        if (wrap != "TlsCryptV2")
            return SessionTests.Settings(wrap);
        byte[] key = [.. Enumerable.Range(0, 256).Select(i => (byte)((5 * i) + 1))];
        using TlsCryptV2ServerKey server = TlsCryptV2ServerKey.Parse(BaseCrypto.Instance, System.Text.Encoding.ASCII.GetBytes(s_serverKey))!;
        using StaticKey clientKey = new(key);
        byte[] wrapped = server.Wrap(clientKey, [1, 0, 0, 0, 0, 0x65, 0, 0, 0]);
        return SessionTests.Settings("None") with
        {
            Wrap = ControlWrapKind.TlsCryptV2,
            WrapKey = System.Text.Encoding.ASCII.GetBytes(Pem("OpenVPN tls-crypt-v2 client key", [.. key, .. wrapped])),
        };
    }

    private static string Pem(string name, byte[] bytes) =>
        $"-----BEGIN {name}-----\n{Convert.ToBase64String(bytes)}\n-----END {name}-----\n";
}
