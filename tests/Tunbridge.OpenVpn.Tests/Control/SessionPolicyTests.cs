// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>What configuration, server and client's own file make of a session, on virtual time.</summary>
public sealed class SessionPolicyTests
{
    [Theory]
    [InlineData("inactive 60", SessionCloseReason.Inactive, 60)]
    [InlineData("session-timeout 100", SessionCloseReason.SessionTimeout, 100)]
    [InlineData("ping-exit 30", SessionCloseReason.PingExit, 30)]
    [InlineData("ping-restart 30", SessionCloseReason.PingRestart, 30)]
    public void Timer_Pushed_EndsTheClient(string option, SessionCloseReason reason, int seconds)
    {
        using Link link = new(SessionTests.Settings("None")) { Push = [option] };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        if (option.StartsWith("ping", StringComparison.Ordinal))
            link.Passes = static (_, _) => false;
        DateTimeOffset start = link.Now;
        link.RunUntil(() => link.Client.IsClosed);
        Assert.Equal(reason, SessionTests.Closed(link.ClientEvents).Reason);
        Assert.InRange((link.Now - start).TotalSeconds, seconds - 1, seconds + (seconds / 8) + 1);
    }

    [Fact]
    public void PingRestart_WithKeysThatLiveShorterThanAPing_CountsWhatCameUnderThem()
    {
        SessionSettings settings = SessionTests.Settings("None") with { RenegotiateAfter = TimeSpan.FromSeconds(3) };
        using Link link = new(settings, settings with { Ping = TimeSpan.FromSeconds(10) }) { Push = ["ping 10", "ping-restart 30"] };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.RunFor(TimeSpan.FromMinutes(5));
        Assert.False(link.Client.IsClosed, Link.Describe(link.ClientEvents.TakeLast(5)));
    }

    [Fact]
    public void Inactive_WithTraffic_WaitsForEnoughBytes()
    {
        using Link link = new(SessionTests.Settings("None") with { Inactive = TimeSpan.FromSeconds(80), InactiveBytes = 1000 }, SessionTests.Settings("None"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        for (int i = 0; i < 20; i++)
        {
            link.Client.TunnelBytes += 1000;
            link.RunFor(TimeSpan.FromSeconds(60));
        }
        Assert.False(link.Client.IsClosed);
        link.Client.TunnelBytes += 999;
        link.RunFor(TimeSpan.FromSeconds(100));
        Assert.Equal(SessionCloseReason.Inactive, SessionTests.Closed(link.ClientEvents).Reason);
    }

    [Fact]
    public void Accept_WithAClientsOwn_UsesItsCipherFramingAndTimers()
    {
        SessionSettings settings = SessionTests.Settings("TlsCrypt") with { DataCiphers = ["AES-256-GCM", "CHACHA20-POLY1305"] };
        using Link link = new(settings)
        {
            Push = ["compress stub-v2"],
            Own = new ClientOverrides
            {
                DataCiphers = ["CHACHA20-POLY1305"],
                Framing = PayloadFraming.StubV2,
                PingRestart = TimeSpan.FromSeconds(20),
                SessionTimeout = TimeSpan.FromSeconds(500),
            },
        };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        Assert.Equal("CHACHA20-POLY1305", link.ClientEvents.OfType<SessionConnected>().Single().Cipher);
        Assert.Equal(DropReason.None, link.Send(true, [0x50, 1, 2], out byte[] received));
        Assert.Equal([0x50, 1, 2], received);
        link.Passes = static (toServer, _) => !toServer;
        DateTimeOffset cut = link.Now;
        link.RunUntil(() => link.Server!.IsClosed);
        Assert.InRange((link.Now - cut).TotalSeconds, 10, 21);
        Assert.Equal(SessionCloseReason.PingRestart, SessionTests.Closed(link.ServerEvents).Reason);
    }

    [Theory]
    [InlineData("[N]bye", true, false)]
    [InlineData("[NP]bye", true, true)]
    [InlineData("[P]", false, true)]
    [InlineData("bye [N]", false, false)]
    [InlineData("", false, false)]
    [InlineData("[N", false, false)]
    public void Restart_Flags_AreRead(string reason, bool nextRemote, bool keepsCredentials)
    {
        using Link link = new(SessionTests.Settings("None"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.Server!.Disconnect(link.Now, halts: false, reason);
        link.RunUntil(() => link.Client.IsClosed);
        SessionClosed closed = SessionTests.Closed(link.ClientEvents);
        Assert.Equal((nextRemote, keepsCredentials), (closed.GoesToNextRemote, closed.KeepsCredentials));
    }

    [Fact]
    public void Refusal_ForAWhile_IsRead()
    {
        using Link link = new(SessionTests.Settings("None")) { Judge = static _ => "TEMP[backoff 3,advance remote]:busy" };
        link.RunUntil(() => link.Client.IsClosed);
        AuthFailure failure = SessionTests.Closed(link.ClientEvents).Failure!;
        Assert.Equal((AuthFailureKind.Temporary, 3.0, AuthFailureAdvance.Remote, "busy"),
            (failure.Kind, failure.Backoff!.Value.TotalSeconds, failure.Advance, failure.Reason));
    }

    [Fact]
    public void Verdict_OnHold_MakesTheClientWait_AndARenegotiationHasItsOwnTime()
    {
        using Link link = new(SessionTests.Settings("None") with { RenegotiateAfter = TimeSpan.FromSeconds(1000) }) { Holds = true };
        link.RunUntil(() => link.ClientEvents.OfType<SessionMessage>().Any(m => m.Text == "INFO_PRE,WEB_AUTH::https://sso.example/1"));
        Assert.Contains(link.ClientEvents.OfType<SessionMessage>(), m => m.Text == "AUTH_PENDING,timeout 300");
        link.Client.Respond(link.Now, "42"u8);
        link.RunFor(TimeSpan.FromSeconds(200));
        Assert.Contains(link.ServerEvents.OfType<SessionMessage>(), m => m.Text == "CR_RESPONSE,NDI=");
        Assert.False(link.Client.IsConnected || link.Client.IsClosed || link.Server!.IsClosed);
        link.Holds = false;
        Assert.True(link.Server!.Accept(link.Now, 0, link.Push, 7));
        link.RunUntil(() => link.Client.IsConnected);
        link.RunUntil(() => link.ClientEvents.OfType<SessionRekeyed>().Any() && link.ServerEvents.OfType<SessionRekeyed>().Any());
        Assert.False(link.Client.IsClosed || link.Server!.IsClosed);
    }

    [Fact]
    public void Verdict_OnHoldForever_Ends()
    {
        using Link link = new(SessionTests.Settings("None")) { Holds = true };
        link.RunUntil(() => link.Client.IsClosed && link.Server!.IsClosed);
        Assert.InRange((link.Now - Link.Start).TotalSeconds, 100, 400);
    }

    [Theory]
    [InlineData(PullFilterAction.Ignore, false)]
    [InlineData(PullFilterAction.Reject, true)]
    public void PullFilter_ReachesTheSessionsOwnOptions(PullFilterAction action, bool ends)
    {
        SessionSettings settings = SessionTests.Settings("None") with { PullFilters = [new() { Action = action, Prefix = "ping-restart" }] };
        using Link link = new(settings, SessionTests.Settings("None")) { Push = ["ping-restart 5", "echo 1"] };
        link.RunUntil(() => link.Client.IsConnected || link.Client.IsClosed);
        Assert.Equal(ends, link.Client.IsClosed);
        if (ends)
            Assert.Contains("ping-restart 5", SessionTests.Closed(link.ClientEvents).Text, StringComparison.Ordinal);
        else
            Assert.Equal(["echo 1"], link.ClientEvents.OfType<SessionConnected>().Single().Options.Where(o => !o.StartsWith("tun-mtu", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("None", true)]
    [InlineData("TlsAuth", true)]
    [InlineData("TlsCrypt", true)]
    [InlineData("TlsCrypt", false)]
    public void Peers_WithoutAServer_Agree(string wrap, bool export)
    {
        SessionSettings client = SessionTests.Settings(wrap) with { IsPeerToPeer = true, AllowKeyExport = export, DataCiphers = ["AES-128-GCM", "AES-256-GCM"] };
        using Link link = new(client, client with { DataCiphers = ["CHACHA20-POLY1305", "AES-256-GCM", "AES-128-GCM"] });
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        SessionConnected[] both = [link.ClientEvents.OfType<SessionConnected>().Single(), link.ServerEvents.OfType<SessionConnected>().Single()];
        Assert.All(both, c => Assert.Equal("AES-256-GCM", c.Cipher));        // the first of the TLS server's that the other has
        Assert.Equal(both[0].PeerId, both[1].PeerId);
        Assert.Equal(!export, both[0].PeerId == 0x76706e);
        Assert.Empty(link.ServerEvents.OfType<AuthenticationRequested>());
        SessionTests.AssertCarries(link);
        Assert.True(link.Server!.Renegotiate(link.Now));
        link.RunUntil(() => link.ClientEvents.OfType<SessionRekeyed>().Any() && link.ServerEvents.OfType<SessionRekeyed>().Any());
        SessionTests.AssertCarries(link);
        link.Client.Leave(link.Now);
        link.RunUntil(() => link.Server.IsClosed);
        Assert.Equal(SessionCloseReason.PeerExit, SessionTests.Closed(link.ServerEvents).Reason);
    }

    [Fact]
    public void Peers_WithoutACipherInCommon_EndInWords()
    {
        SessionSettings one = SessionTests.Settings("None") with { IsPeerToPeer = true };
        using Link link = new(one, one with { DataCiphers = ["CHACHA20-POLY1305"] });
        link.RunUntil(() => link.Client.IsClosed || link.Server?.IsClosed == true);
        Assert.Contains("no cipher in common", (link.Client.IsClosed ? link.ClientEvents : link.ServerEvents).OfType<SessionClosed>().Single().Text, StringComparison.Ordinal);
    }

    /// <summary>The values of the specification's section 25, measured with openvpn 2.6.14.</summary>
    [Theory]
    [InlineData("AES-256-GCM", 5u, false, false, false, 1492, MssLimitKind.WithHeaders, 1400)]
    [InlineData("AES-256-GCM", null, false, false, false, 1492, MssLimitKind.WithHeaders, 1403)]
    [InlineData("AES-256-GCM", 5u, true, false, false, 1492, MssLimitKind.WithHeaders, 1386)]
    [InlineData("AES-256-CBC", 5u, false, false, false, 1492, MssLimitKind.WithHeaders, 1363)]
    [InlineData("AES-256-GCM", 5u, false, true, false, 1492, MssLimitKind.WithHeaders, 1368)]
    [InlineData("AES-256-GCM", 5u, false, false, true, 1492, MssLimitKind.WithHeaders, 1380)]
    [InlineData("CHACHA20-POLY1305", 5u, false, false, false, 1400, MssLimitKind.Payload, 1336)]
    [InlineData("AES-256-GCM", 5u, false, false, false, 1300, MssLimitKind.Segment, 1300)]
    [InlineData("AES-256-GCM", 5u, false, false, false, 0, MssLimitKind.Payload, 0)]
    [InlineData("AES-256-GCM", 5u, false, false, false, 1440, MssLimitKind.WithHeaders, 1348)]
    public void SegmentLimit_OfEachFormat_IsTheReferences(string cipher, uint? peerId, bool isTcp, bool isTap, bool isOuterV6, int value, MssLimitKind kind,
        int expected)
    {
        SessionSettings settings = new() { Auth = DigestAlgorithm.Sha256 };
        Assert.Equal(expected, SegmentLimit.Of(new() { Value = value, Kind = kind }, settings.Format(cipher, peerId, CompressionFraming.None), isTcp, isTap, isOuterV6) ?? 0);
    }

    [Fact]
    public void SegmentLimit_WithEpochs_IsThatOfOpenvpn27()
    {
        DataFormat format = new SessionSettings().Format("AES-256-GCM", 5, CompressionFraming.None) with { HasEpochs = true };
        Assert.Equal(1396, SegmentLimit.Of(new() { Value = 1492, Kind = MssLimitKind.WithHeaders }, format, isTcp: false, isTap: false, isOuterV6: false));
    }
}
