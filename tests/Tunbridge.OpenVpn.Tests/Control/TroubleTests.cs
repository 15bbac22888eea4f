// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>Bad networks and sudden ends, on virtual time.</summary>
public sealed class TroubleTests
{
    [Theory]
    [InlineData("None", "AES-256-GCM")]
    [InlineData("TlsAuth", "AES-256-CBC")]
    [InlineData("TlsCrypt", "CHACHA20-POLY1305")]
    public void BothChannels_LosingReorderingDuplicatingTenPercent_CarryOverRenegotiations(string wrap, string cipher)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            using Link link = new(SessionTests.Settings(wrap, cipher) with { RenegotiateAfter = TimeSpan.FromSeconds(30), ReplayWindow = 64 }, seed: seed) { Trouble = 0.1 };
            link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
            const int Packets = 1000;
            for (ushort i = 0; i < Packets; i++)
            {
                byte[] packet = [0x45, (byte)(i >> 8), (byte)i, .. new byte[50]];
                link.Launch(fromClient: true, packet);
                link.Launch(fromClient: false, packet);
                link.RunFor(TimeSpan.FromMilliseconds(150));
            }
            link.RunFor(TimeSpan.FromSeconds(1));
            Assert.True(link.ClientEvents.OfType<SessionRekeyed>().Count() >= 3);
            Assert.False(link.Client.IsClosed || link.Server!.IsClosed);
            foreach (bool atServer in (bool[])[true, false])
            {
                List<int> numbers = [.. link.Received.Where(r => r.AtServer == atServer).Select(r => (r.Packet[1] << 8) | r.Packet[2])];
                Assert.Equal(numbers.Count, numbers.Distinct().Count());
                // What the network lost, and nothing for the renegotiations.
                Assert.InRange(numbers.Count, Packets * 84 / 100, Packets * 96 / 100);
            }
        }
    }

    /// <summary>One side is gone after each datagram of handshake, options and renegotiation: the other notices, and a new pair connects.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Side_GoneAfterEachDatagram_IsNoticedByTheOther(bool client)
    {
        int whole = 0;
        for (int last = 1; last <= whole || whole == 0; last++)
        {
            SessionSettings settings = SessionTests.Settings("TlsCrypt") with
            {
                RenegotiateAfter = TimeSpan.FromSeconds(20),
                TransitionWindow = TimeSpan.FromSeconds(100),
                PingRestart = TimeSpan.FromSeconds(60),
            };
            using Link link = new(settings);
            int count = 0;
            bool isGone = false;
            link.Passes = (_, _) =>
            {
                isGone |= count == last;
                count += isGone ? 0 : 1;
                return !isGone;
            };
            DateTimeOffset end = link.Now.AddSeconds(22);
            link.RunUntil(() => isGone || link.Now > end);
            whole = isGone ? whole : count;
            if (!isGone)
            {
                Assert.True(link.ClientEvents.OfType<SessionRekeyed>().Any() && link.ServerEvents.OfType<SessionRekeyed>().Any());
                break;
            }
            link.Kill(client);
            Session? survivor = client ? link.Server : link.Client;
            if (survivor is null)
                continue;       // nobody had come yet
            DateTimeOffset killed = link.Now;
            link.RunUntil(() => survivor.IsClosed);
            SessionCloseReason reason = (client ? link.ServerEvents : link.ClientEvents).OfType<SessionClosed>().Single().Reason;
            Assert.Contains(reason, (SessionCloseReason[])
                [SessionCloseReason.NoAnswer, SessionCloseReason.HandshakeTimeout, SessionCloseReason.PingRestart, SessionCloseReason.KeyExpired]);
            Assert.InRange((link.Now - killed).TotalSeconds, 1, 125);
        }
        Assert.True(whole > 20, $"only {whole} datagrams");
    }

    [Theory]
    [InlineData("None")]
    [InlineData("TlsAuth")]
    [InlineData("TlsCrypt")]
    public void Renegotiation_BegunByBothAtOnce_TenTimesOnABadNetwork_GoesOn(string wrap)
    {
        using Link link = new(SessionTests.Settings(wrap)) { Trouble = 0.1 };
        link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
        for (int i = 1; i <= 10; i++)
        {
            Assert.True(link.Client.Renegotiate(link.Now));
            Assert.True(link.Server!.Renegotiate(link.Now));
            int wanted = i;
            link.RunUntil(() => link.ClientEvents.OfType<SessionRekeyed>().Count() == wanted && link.ServerEvents.OfType<SessionRekeyed>().Count() == wanted);
            link.RunFor(TimeSpan.FromSeconds(7));
            SessionTests.AssertCarries(link);
        }
    }
}
