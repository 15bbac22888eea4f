// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>A client and a server of ours on virtual time.</summary>
public sealed class SessionTests
{
    public static TheoryData<string, string, bool> Kinds
    {
        get
        {
            TheoryData<string, string, bool> kinds = [];
            foreach (string wrap in (string[])["None", "TlsAuth", "TlsCrypt"])
            {
                foreach (string cipher in (string[])["AES-256-GCM", "CHACHA20-POLY1305", "AES-256-CBC"])
                {
                    kinds.Add(wrap, cipher, true);
                    kinds.Add(wrap, cipher, false);
                }
            }
            return kinds;
        }
    }

    [Fact]
    public void SupersededKey_AfterItsSuccessorSends_StillOpensAndAcknowledges()
    {
        using Link link = new(Settings("TlsCrypt"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        using Tunbridge.OpenVpn.Data.DataSealer old = link.Client.Keys.Sealer!.Fork();
        Assert.True(link.Server!.Renegotiate(link.Now));
        link.RunUntil(() => link.Client.Keys.Sealer!.KeyId == 1 && link.Server.Keys.Sealer!.KeyId == 1);
        // Long enough for TLS and sealers of the old key to be gone, and not for its opener.
        link.RunFor(TimeSpan.FromSeconds(30));
        byte[] datagram = new byte[100];
        Assert.True(old.TrySeal("late"u8, datagram, link.Now.ToUnixTimeMilliseconds(), out int length));
        Assert.Equal(DropReason.None, link.Server.Keys.TryOpen(datagram.AsSpan(0, length), link.Now.ToUnixTimeMilliseconds(), out Span<byte> packet, out _));
        Assert.Equal("late"u8, packet);
        AssertCarries(link);
        Assert.True(link.Client.Renegotiate(link.Now));
        link.RunUntil(() => link.Server.Keys.Sealer!.KeyId == 2);
        AssertCarries(link);
        Assert.False(link.Client.IsClosed || link.Server.IsClosed);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pair_OverAGoodNetwork_ConnectsAndCarriesPackets(string wrap, string cipher, bool export)
    {
        using Link link = new(Settings(wrap, cipher) with { AllowKeyExport = export });
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        SessionConnected client = Assert.Single(link.ClientEvents.OfType<SessionConnected>());
        Assert.Equal((cipher, 7u), (client.Cipher, client.PeerId));
        Assert.Equal(["ifconfig 10.8.0.2 255.255.255.0"], client.Options.Where(o => o.StartsWith("ifconfig", StringComparison.Ordinal)));
        AssertCarries(link);
        Assert.True(link.Now - Link.Start < TimeSpan.FromSeconds(1), "nothing was lost, so nothing was waited for");
    }

    [Theory]
    [InlineData("None")]
    [InlineData("TlsAuth")]
    [InlineData("TlsCrypt")]
    public void Pair_LosingReorderingDuplicatingTenPercent_ConnectsAndRenegotiates(string wrap)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            using Link link = new(Settings(wrap) with { RenegotiateAfter = TimeSpan.FromSeconds(100) }, seed: seed) { Trouble = 0.1 };
            link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
            link.RunUntil(() => link.ClientEvents.OfType<SessionRekeyed>().Count() >= 3 && link.ServerEvents.OfType<SessionRekeyed>().Count() >= 3);
            AssertCarries(link);
            Assert.False(link.Client.IsClosed || link.Server!.IsClosed);
        }
    }

    [Theory]
    [InlineData(true, "None")]
    [InlineData(false, "None")]
    [InlineData(true, "TlsAuth")]
    [InlineData(false, "TlsAuth")]
    [InlineData(true, "TlsCrypt")]
    [InlineData(false, "TlsCrypt")]
    public void Renegotiation_TenTimesFromEitherSide_GoesPastSevenToOneAndLosesNothing(bool byClient, string wrap)
    {
        using Link link = new(Settings(wrap));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        for (int i = 1; i <= 10; i++)
        {
            Assert.True((byClient ? link.Client : link.Server!).Renegotiate(link.Now));
            int wanted = i;
            link.RunUntil(() =>
            {
                AssertCarries(link);
                return link.ClientEvents.OfType<SessionRekeyed>().Count() == wanted && link.ServerEvents.OfType<SessionRekeyed>().Count() == wanted;
            });
            link.RunFor(TimeSpan.FromSeconds(6));
            byte expected = (byte)(((i - 1) % 7) + 1);
            Assert.Equal((expected, expected), (link.Client.Keys.Sealer!.KeyId, link.Server!.Keys.Sealer!.KeyId));
            AssertCarries(link);
        }
    }

    [Fact]
    public void Renegotiation_BegunByBothAtOnce_IsOne()
    {
        using Link link = new(Settings("TlsCrypt"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Assert.True(link.Client.Renegotiate(link.Now));
        Assert.True(link.Server!.Renegotiate(link.Now));
        link.RunFor(TimeSpan.FromSeconds(20));
        Assert.Equal([1], link.ClientEvents.OfType<SessionRekeyed>().Select(e => (int)e.KeyId));
        Assert.Equal([1], link.ServerEvents.OfType<SessionRekeyed>().Select(e => (int)e.KeyId));
        AssertCarries(link);
    }

    [Fact]
    public void NewKey_FirstPacketUnderIt_IsSentWithFromThenOn()
    {
        using Link link = new(Settings("None"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Assert.True(link.Client.Renegotiate(link.Now));
        link.RunUntil(() => link.ClientEvents.OfType<SessionRekeyed>().Any() && link.ServerEvents.OfType<SessionRekeyed>().Any());
        DataKeys keys = link.Server!.Keys;
        link.RunUntil(() => link.Client.Keys.Sealer!.KeyId == 1);
        Assert.Equal(0, keys.Sealer!.KeyId);

        // What a thread of the data path holds changes by itself: the session has looked at nothing since.
        Assert.Equal(DropReason.None, link.Send(fromClient: true, [0x45, 0, 0, 20], out _));
        Assert.Equal(1, keys.Sealer.KeyId);
    }

    [Fact]
    public void Renegotiation_NeverAnswered_KeepsTheOldKeyUntilItExpires()
    {
        using Link link = new(Settings("None") with { TransitionWindow = TimeSpan.FromSeconds(300) });
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.Passes = (toServer, datagram) => (datagram[0] & 7) == 0;
        Assert.True(link.Client.Renegotiate(link.Now));
        link.RunFor(TimeSpan.FromSeconds(200));
        AssertCarries(link);
        Assert.False(link.Client.IsClosed);
        link.RunFor(TimeSpan.FromSeconds(200));
        Assert.Equal(SessionCloseReason.KeyExpired, Closed(link.ClientEvents).Reason);
    }

    [Fact]
    public void OldKey_AfterTheTransitionWindow_IsGone()
    {
        using Link link = new(Settings("None") with { TransitionWindow = TimeSpan.FromSeconds(30) });
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.Client.Renegotiate(link.Now);
        link.RunFor(TimeSpan.FromSeconds(20));
        Assert.NotNull(link.Client.Keys.OpenerFor([0x48]));
        link.RunFor(TimeSpan.FromSeconds(20));
        Assert.Null(link.Client.Keys.OpenerFor([0x48]));
        AssertCarries(link);
    }

    [Fact]
    public void Server_ThatNeverAnswers_EndsTheClientAfterTheHandWindow()
    {
        using Link link = new(Settings("None")) { Passes = static (_, _) => false };
        link.RunUntil(() => link.Client.IsClosed);
        Assert.Equal(SessionCloseReason.NoAnswer, Closed(link.ClientEvents).Reason);
        Assert.Equal(TimeSpan.FromSeconds(60), link.Now - Link.Start);
        Assert.Contains(link.ClientEvents.OfType<SessionNote>(), n => n.Text ==
            "TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)");
    }

    [Fact]
    public void Tls_ThatFails_EndsTheClientInWords()
    {
        using Link link = new(Settings("None"), clientTlsFails: true);
        link.RunUntil(() => link.Client.IsClosed);
        SessionClosed closed = Closed(link.ClientEvents);
        Assert.Equal((SessionCloseReason.TlsFailed, "scripted refusal"), (closed.Reason, closed.Text));
    }

    [Fact]
    public void Client_Refused_HearsWhyAndTheServerForgetsIt()
    {
        using Link link = new(Settings("TlsCrypt") with { Username = "alice", Password = "secret"u8.ToArray() })
        {
            Judge = static request => request.Username == "alice" && request.Password.Span.SequenceEqual("secret"u8) ? "go away" : null,
        };
        link.RunUntil(() => link.Client.IsClosed && link.Server!.IsClosed);
        SessionClosed closed = Closed(link.ClientEvents);
        Assert.Equal((SessionCloseReason.AuthFailed, "go away"), (closed.Reason, closed.Text));
        Assert.Null(link.Client.Keys.Sealer);
        Assert.Null(link.Server!.Keys.Sealer);
    }

    [Fact]
    public void Ciphers_WithNothingInCommon_AreRefusedInWords()
    {
        using Link link = new(Settings("None", "AES-256-GCM"), Settings("None", "CHACHA20-POLY1305"));
        link.RunUntil(() => link.Client.IsClosed);
        Assert.Equal("Data channel cipher negotiation failed (no shared cipher)", Closed(link.ClientEvents).Text);
    }

    [Fact]
    public void PushedOptions_FiveHundredRoutes_Arrive()
    {
        string[] routes = [.. Enumerable.Range(0, 500).Select(i => $"route 10.{i / 256}.{i % 256}.0 255.255.255.0")];
        using Link link = new(Settings("TlsAuth")) { Push = routes, Trouble = 0.05 };
        link.RunUntil(() => link.Client.IsConnected);
        IReadOnlyList<string> options = link.ClientEvents.OfType<SessionConnected>().Single().Options;
        Assert.Equal(routes, options.Where(o => o.StartsWith("route ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("compress lz4", "compression is not offered")]
    [InlineData("comp-lzo yes", "compression is not offered")]
    [InlineData("protocol-flags teleport", "protocol-flags teleport")]
    public void PushedOption_ThatCannotBe_EndsTheClientInWords(string option, string words)
    {
        using Link link = new(Settings("None")) { Push = [option] };
        link.RunUntil(() => link.Client.IsClosed);
        SessionClosed closed = Closed(link.ClientEvents);
        Assert.Equal(SessionCloseReason.OptionsRefused, closed.Reason);
        Assert.Contains(words, closed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Ping_Pushed_KeepsBothAlive_AndSilenceEndsThem()
    {
        using Link link = new(Settings("None") with { Ping = TimeSpan.FromSeconds(10), PingRestart = TimeSpan.FromSeconds(60) });
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.RunFor(TimeSpan.FromMinutes(10));
        Assert.False(link.Client.IsClosed || link.Server!.IsClosed);
        link.Passes = static (_, _) => false;
        DateTimeOffset cut = link.Now;
        link.RunUntil(() => link.Client.IsClosed && link.Server!.IsClosed);
        Assert.Equal(SessionCloseReason.PingRestart, Closed(link.ClientEvents).Reason);
        Assert.InRange((link.Now - cut).TotalSeconds, 45, 75);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Client_ThatLeaves_IsHeardByTheServer(bool overControl)
    {
        using Link link = new(Settings("TlsCrypt"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        if (overControl)
        {
            link.Client.Leave(link.Now);
        }
        else
        {
            byte[] exit = [.. Tunbridge.OpenVpn.Wire.InBand.Exit];
            Assert.Equal(DropReason.None, link.Send(fromClient: true, exit, out byte[] payload));
            Assert.Empty(payload);
            link.Server!.HandlePeerExit();
        }
        link.RunUntil(() => link.Server!.IsClosed);
        Assert.Equal(SessionCloseReason.PeerExit, Closed(link.ServerEvents).Reason);
    }

    [Theory]
    [InlineData(false, SessionCloseReason.ServerRestart)]
    [InlineData(true, SessionCloseReason.ServerHalt)]
    public void Server_ThatSendsAway_IsHeardByTheClient(bool halts, SessionCloseReason reason)
    {
        using Link link = new(Settings("None"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.Server!.Disconnect(link.Now, halts, "[N]maintenance");
        link.RunUntil(() => link.Client.IsClosed && link.Server.IsClosed);
        Assert.Equal((reason, "[N]maintenance"), (Closed(link.ClientEvents).Reason, Closed(link.ClientEvents).Text));
    }

    [Fact]
    public void Datagrams_OfASessionReplayedIntoIt_ChangeNothing()
    {
        List<(bool ToServer, byte[] Datagram)> seen = [];
        using Link link = new(Settings("TlsCrypt"));
        link.Passes = (toServer, datagram) =>
        {
            seen.Add((toServer, [.. datagram]));
            return true;
        };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.RunFor(TimeSpan.FromSeconds(5));
        foreach ((bool toServer, byte[] datagram) in seen.ToArray())
        {
            Session session = toServer ? link.Server! : link.Client;
            DropReason reason = datagram[0] >> 3 is 6 or 9
                ? session.Keys.TryOpen(datagram, link.Now.ToUnixTimeMilliseconds(), out _, out _)
                : session.HandleDatagram(link.Now, datagram);
            Assert.Equal(DropReason.Replayed, reason);
        }
        AssertCarries(link);
    }

    internal static SessionSettings Settings(string wrap, string cipher = "AES-256-GCM") => new()
    {
        Wrap = Enum.Parse<ControlWrapKind>(wrap),
        WrapKey = System.Text.Encoding.ASCII.GetBytes(Vectors.LabKey),
        DataCiphers = [cipher],
        RenegotiateAfter = TimeSpan.Zero,
        Ping = TimeSpan.FromSeconds(10),
    };

    internal static SessionClosed Closed(IEnumerable<SessionEvent> events) => Assert.Single(events.OfType<SessionClosed>());

    internal static void AssertCarries(Link link)
    {
        byte[] packet = [0x45, .. Enumerable.Range(0, 99).Select(i => (byte)i)];
        Assert.Equal(DropReason.None, link.Send(fromClient: true, packet, out byte[] received));
        Assert.Equal(packet, received);
        Assert.Equal(DropReason.None, link.Send(fromClient: false, packet, out received));
        Assert.Equal(packet, received);
    }
}
