// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Tests.Support;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>When a session makes its next key, on virtual time.</summary>
public sealed class RenewalTests
{
    [Fact]
    public void RenegBytes_WithSoManyBytes_MakesTheNextKeyWithinASecondAndNotBefore()
    {
        using Link link = new(SessionTests.Settings("None") with { RenegotiateBytes = 1000 }, SessionTests.Settings("None"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        for (int key = 1; key <= 3; key++)
        {
            link.Client.TunnelBytes += 999;
            link.RunFor(TimeSpan.FromMinutes(10));
            Assert.Equal(key - 1, link.ClientEvents.OfType<SessionRekeyed>().Count());
            link.Client.TunnelBytes += 1;
            link.RunFor(TimeSpan.FromSeconds(2));
            Assert.Equal(key, link.ClientEvents.OfType<SessionRekeyed>().Count());
        }
    }

    [Fact]
    public void RenegPackets_CountsBothWays()
    {
        using Link link = new(SessionTests.Settings("None") with { Ping = TimeSpan.Zero }, SessionTests.Settings("None") with
        {
            Ping = TimeSpan.Zero,
            RenegotiatePackets = 10,
        }) { Push = [] };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        for (int i = 0; i < 4; i++)
            SessionTests.AssertCarries(link);
        link.RunFor(TimeSpan.FromMinutes(1));
        Assert.Empty(link.ServerEvents.OfType<SessionRekeyed>());
        SessionTests.AssertCarries(link);
        link.RunFor(TimeSpan.FromSeconds(2));
        Assert.Single(link.ServerEvents.OfType<SessionRekeyed>());
        link.RunFor(TimeSpan.FromMinutes(1));
        Assert.Single(link.ServerEvents.OfType<SessionRekeyed>());
        SessionTests.AssertCarries(link);
    }

    [Theory]
    [InlineData("None", true)]
    [InlineData("None", false)]
    [InlineData("TlsCrypt", true)]
    public void OldTls_OfAServer_GoesAsSoonAsTheClientHasTheNextKey(string wrap, bool byClient)
    {
        using Link link = new(SessionTests.Settings(wrap));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.RunFor(TimeSpan.FromSeconds(1));
        for (int key = 1; key <= 9; key++)
        {
            Assert.True((byClient ? link.Client : link.Server!).Renegotiate(link.Now));
            link.RunUntil(() => link.ServerTls.Living == 2);
            link.RunFor(TimeSpan.FromSeconds(1));
            Assert.Equal(1, link.ServerTls.Living);
            // Sealers are others' to use for a while: the data channel goes on under both keys.
            SessionTests.AssertCarries(link);
            link.RunFor(TimeSpan.FromSeconds(20));
            SessionTests.AssertCarries(link);
        }
    }

    [Fact]
    public void Client_RefusedAtARenegotiation_IsTold()
    {
        using Link link = new(SessionTests.Settings("None"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.Judge = static _ => "SESSION: token expired";
        Assert.True(link.Client.Renegotiate(link.Now));
        link.RunUntil(() => link.Client.IsClosed);
        SessionClosed closed = Assert.Single(link.ClientEvents.OfType<SessionClosed>());
        Assert.Equal((SessionCloseReason.AuthFailed, "SESSION: token expired"), (closed.Reason, closed.Text));
        link.RunUntil(() => link.Server!.IsClosed);
    }

    [Fact]
    public void Farewell_IsHeardWhenTheClientHasAcknowledgedIt()
    {
        using Link link = new(SessionTests.Settings("None"));
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        link.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(link.Server!.IsHeard);
        int lost = 0;
        link.Passes = (toServer, _) => toServer || lost++ > 0;
        link.Server.Disconnect(link.Now, halts: false, "");
        Assert.False(link.Server.IsHeard);
        link.RunUntil(() => link.Server.IsHeard);
        Assert.True(lost > 1);
        Assert.Equal(SessionCloseReason.ServerRestart, Assert.Single(link.ClientEvents.OfType<SessionClosed>()).Reason);
    }

    [Theory]
    [InlineData(true, null, 900, 1000)]
    [InlineData(true, 300, 300, 1000)]
    [InlineData(true, 1000, 1000, 1000)]
    [InlineData(false, null, 1000, 1000)]
    [InlineData(false, 500, 500, 1000)]
    public void RenegSec_IsDrawnForEachSession(bool isServer, int? least, int from, int to)
    {
        SessionSettings never = SessionTests.Settings("None");
        SessionSettings drawn = never with
        {
            RenegotiateAfter = TimeSpan.FromSeconds(1000),
            RenegotiateAtLeast = least is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        HashSet<int> times = [];
        for (int seed = 1; seed <= 8; seed++)
        {
            using Link link = isServer ? new(never, drawn) { ServerSeed = seed } : new(drawn, never, seed);
            link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
            DateTimeOffset start = link.Now;
            link.RunUntil(() => link.ClientEvents.OfType<SessionRekeyed>().Any());
            double after = (link.Now - start).TotalSeconds;
            Assert.InRange(after, from - 1, to + 1);
            times.Add((int)after);
        }
        Assert.True(from == to ? times.Count <= 2 : times.Count >= 6, string.Join(' ', times));
    }

    [Fact]
    public void Directives_AreRead()
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("x.conf", "client\nremote a\nremote-cert-tls server\nreneg-sec 100 50\nreneg-bytes 5000000000\nreneg-pkts 7\n");
        TunnelConfiguration made = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.Empty(problems);
        Assert.Equal((100, 50, 5_000_000_000, 7), (made.Session.RenegotiateAfter.TotalSeconds, made.Session.RenegotiateAtLeast!.Value.TotalSeconds,
            made.Session.RenegotiateBytes, made.Session.RenegotiatePackets));
        DirectiveReader wrong = new(static _ => null);
        wrong.Read("x.conf", "client\nremote a\nremote-cert-tls server\nreneg-bytes -1\nreneg-sec 5 6\n");
        TunnelConfigurationBuilder.Build(wrong, out problems);
        Assert.Equal([(true, 4), (false, 5)], problems.Select(p => (p.IsError, p.Line)));
    }
}
