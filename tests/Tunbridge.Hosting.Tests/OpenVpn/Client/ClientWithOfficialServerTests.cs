// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>Our client with card and host against the official server.</summary>
public sealed class ClientWithOfficialServerTests
{
    [Fact]
    public async Task Client_OverUdp_PingsBothFamiliesAndLeavesTheHostAsItWas()
    {
        await using ClientRig rig = new();
        string before = rig.Space.Ip("route");
        RealOpenVpn server = rig.Serve("push \"route 10.77.0.0 255.255.0.0\"\nkeepalive 2 10\nexplicit-exit-notify 1");

        rig.Start("explicit-exit-notify 1");
        await rig.Connected();

        rig.AssertPings("10.8.0.1");
        rig.AssertPings("fd08::1");
        Assert.Contains("10.77.0.0/16 via 10.8.0.1 dev tun0", rig.Space.Ip("route"), StringComparison.Ordinal);
        OpenVpnClientStatus status = rig.Client.Snapshot();
        Assert.Equal(OpenVpnClientState.Connected, status.State);
        Assert.Equal("10.8.0.2", status.Address?.ToString());
        Assert.True(status.Counters!.PacketsReceived > 0);
        Assert.Equal(OpenVpnClientEnd.Stopped, await rig.StopAsync());
        Assert.Equal(before, rig.Space.Ip("route"));
        await rig.Holds(() => server.HasSaid("exit message received"), "the server hears that the client leaves");
    }

    [Theory]
    [InlineData("udp4", "none", "10.98.0.1")]
    [InlineData("udp6", "tls-crypt", "fd98::1")]
    [InlineData("udp4", "tls-crypt-v2", "10.98.0.1")]
    [InlineData("udp4", "tls-auth", "10.98.0.1")]
    [InlineData("tcp4", "tls-auth", "10.98.0.1")]
    [InlineData("tcp6", "tls-crypt-v2", "fd98::1")]
    [InlineData("tcp4", "none", "10.98.0.1")]
    public async Task Client_WithEachWrapAndTransport_Pings(string protocol, string wrap, string address)
    {
        await using ClientRig rig = new();
        (string serverLines, string clientLines) = Wrap(wrap);
        RealOpenVpn server = rig.Serve($"proto {(protocol.StartsWith("tcp", StringComparison.Ordinal) ? protocol + "-server" : protocol)}\nkeepalive 2 10\n{serverLines}");

        rig.Start($"proto {protocol}\nremote {address} 1194\n{clientLines}");
        await rig.Connected();

        rig.AssertPings("10.8.0.1");
        rig.AssertPings("fd08::1");
        await rig.StopAsync();
        Assert.False(server.HasSaid("Bad encapsulated packet"), server.Log);
    }

    [Fact]
    public async Task Client_WithAPushedRouteThatTheKernelRefuses_GoesOnAsOpenvpnDoes()
    {
        await using ClientRig rig = new();
        rig.Serve("push \"route 10.78.0.0 255.255.0.0 10.8.0.255\"\npush \"route 10.77.0.0 255.255.0.0\"");
        RealOpenVpn official = rig.StartOfficial("");
        await rig.Holds(() => official.HasSaid("Initialization Sequence Completed"), "the official client connected");
        official.Signal("TERM");
        await rig.Holds(() => official.HasEnded, "the official client has ended");

        rig.Start("");
        await rig.Connected();

        const string Refused = "ERROR: Linux route add command failed";
        Assert.True(official.HasSaid(Refused), official.Log);
        Assert.Equal(1, rig.Log.Count(Refused));
        Assert.Contains("10.77.0.0/16 via 10.8.0.1 dev tun0", rig.Space.Ip("route"), StringComparison.Ordinal);
        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_OverTap_Pings()
    {
        await using ClientRig rig = new();
        rig.Serve("dev tap\nkeepalive 2 10");

        rig.Start("dev tap");
        await rig.Connected();

        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_WithTopologyNet30_HasAPointToPointCard()
    {
        await using ClientRig rig = new();
        rig.Serve("topology net30\nserver 10.8.0.0 255.255.255.0\nkeepalive 2 10");

        rig.Start("");
        await rig.Connected();

        Assert.Contains("inet 10.8.0.6 peer 10.8.0.5/32", rig.Space.Ip("addr show tun0"), StringComparison.Ordinal);
        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_WithPushedNameServers_TellsTheResolver()
    {
        await using ClientRig rig = new();
        using FakeResolver resolver = new();
        rig.Resolver = resolver.Told;
        rig.Serve("push \"dhcp-option DNS 10.8.0.1\"\npush \"dhcp-option DOMAIN corp.example\"");

        rig.Start("");
        await rig.Connected();
        await rig.StopAsync();

        Assert.Equal("dns tun0 10.8.0.1\ndomain tun0 corp.example ~.\nrevert tun0\n", resolver.Calls);
    }

    [Fact]
    public async Task Client_WhenTheFirstRemoteIsDead_GoesOnToTheSecond()
    {
        await using ClientRig rig = new();
        rig.Serve("");

        rig.Start("server-poll-timeout 2\nremote 10.98.0.77 1194\nremote 10.98.0.1 1194");
        await rig.Connected();

        Assert.True(rig.Log.HasSaid("Server poll timeout, restarting"), rig.Log.Text);
        Assert.True(rig.Log.HasSaid("SIGUSR1[soft,server_poll] received, process restarting"), rig.Log.Text);
        rig.AssertPings("10.8.0.1");
    }

    [Theory]
    [InlineData("local no-such-name.invalid", "RESOLVE: Cannot resolve local address: no-such-name.invalid (")]
    [InlineData("local fd98::2", "local: fd98::2 is no IPv4 address")]
    public async Task Client_WithALocalThatIsNone_SaysSoAndUsesNoOther(string line, string words)
    {
        await using ClientRig rig = new();
        RealOpenVpn server = rig.Serve("");
        rig.Start($"connect-retry 1 1\nconnect-retry-max 2\n{line}\nremote 10.98.0.1 1194");
        Assert.Equal(OpenVpnClientEnd.RetriesSpent, await rig.Completion.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
        Assert.True(rig.Log.HasSaid(words), rig.Log.Text);
        Assert.Equal(0, server.Count("TLS: Initial packet"));
    }

    [Fact]
    public async Task Client_WithALocalName_ComesFromItsAddress()
    {
        await using ClientRig rig = new();
        RealOpenVpn server = rig.Serve("");
        rig.Space.Ip("link set lo up");
        rig.Start("local localhost\nconnect-retry 1 1\nconnect-retry-max 1\nserver-poll-timeout 2\nremote 10.98.0.1 1194");
        Assert.Equal(OpenVpnClientEnd.RetriesSpent, await rig.Completion.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
        // The loopback's address leads nowhere: what matters is that it was bound and nothing else was taken.
        Assert.True(rig.Log.HasSaid("link local (bound): [AF_INET]127.0.0.1:"), rig.Log.Text);
        Assert.Equal(0, server.Count("TLS: Initial packet"));
    }

    [Fact]
    public async Task Client_WhenTcpIsRefused_GoesOnToTheNextRemote()
    {
        await using ClientRig rig = new();
        rig.Serve("proto tcp4-server");

        rig.Start("proto tcp4\nremote 10.98.0.1 1195\nremote 10.98.0.1 1194");
        await rig.Connected();

        Assert.True(rig.Log.HasSaid("TCP: connect to [AF_INET]10.98.0.1:1195 failed"), rig.Log.Text);
    }

    [Theory]
    [InlineData("persist-tun", 1)]
    [InlineData("", 2)]
    public async Task Client_WhenTheServerDiesAndComesBack_ReconnectsWithOrWithoutItsCard(string lines, int cards)
    {
        await using ClientRig rig = new();
        RealOpenVpn server = rig.Serve("keepalive 1 10");
        rig.Start(lines);
        await rig.Connected();

        server.Kill();
        rig.Serve("keepalive 1 10");
        await rig.Connected(times: 2);

        Assert.True(rig.Log.HasSaid("Inactivity timeout (--ping-restart), restarting"), rig.Log.Text);
        Assert.True(rig.Log.HasSaid("SIGUSR1[soft,ping-restart] received, process restarting"), rig.Log.Text);
        Assert.Equal(cards, rig.Cards);
        Assert.Equal(lines.Length > 0, rig.Log.HasSaid("Preserving previous TUN/TAP instance: tun0"));
        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_WithPersistTunAndOtherOptions_OpensTheCardAnew()
    {
        await using ClientRig rig = new();
        RealOpenVpn server = rig.Serve("keepalive 1 10");
        rig.Start("persist-tun");
        await rig.Connected();

        server.Kill();
        rig.Serve("keepalive 1 10\npush \"route 10.77.0.0 255.255.0.0\"");
        await rig.Connected(times: 2);

        Assert.True(rig.Log.HasSaid("NOTE: Pulled options changed on restart"), rig.Log.Text);
        Assert.Equal(2, rig.Cards);
        Assert.Contains("10.77.0.0/16", rig.Space.Ip("route"), StringComparison.Ordinal);
        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_WhenTheServerSaysRestart_ConnectsAgain()
    {
        await using ClientRig rig = new();
        RealOpenVpn server = rig.Serve("keepalive 5 60\nexplicit-exit-notify 1");
        rig.Start("persist-tun");
        await rig.Connected();

        server.Signal("TERM");
        await rig.Holds(() => rig.Log.HasSaid("SIGUSR1[soft,server-pushed-connection-reset] received"), "told to restart");
        await rig.Holds(() => server.HasEnded, "the server has ended");
        rig.Serve("keepalive 5 60");
        await rig.Connected(times: 2);

        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_WhenAskedToRestart_ConnectsAgainAtOnce()
    {
        await using ClientRig rig = new();
        rig.Serve("keepalive 5 60");
        rig.Start("persist-tun");
        await rig.Connected();

        rig.Client.Restart();
        await rig.Connected(times: 2);

        Assert.Equal(1, rig.Client.Snapshot().Restarts);
        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_WithRedirectGateway_KeepsTheServerReachable()
    {
        await using ClientRig rig = new();
        rig.Space.Ip("route add default via 10.98.0.1");
        rig.Serve("push \"redirect-gateway def1 ipv6\"\nkeepalive 2 10");

        rig.Start("");
        await rig.Connected();

        rig.AssertPings("10.8.0.1");
        Assert.Contains("dev tun0", rig.Space.Ip("route get 8.8.8.8"), StringComparison.Ordinal);
        Assert.Contains("dev w0", rig.Space.Ip("route get 10.98.0.1"), StringComparison.Ordinal);
        await rig.StopAsync();
        Assert.DoesNotContain("tun0", rig.Space.Ip("route"), StringComparison.Ordinal);
        Assert.Contains("default via 10.98.0.1", rig.Space.Ip("route"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_WhoseServerHasAnotherAuthority_SaysWhyAndTriesAgain()
    {
        await using ClientRig rig = new();
        rig.Serve("");
        using TestAuthority other = new("Other CA");

        rig.Start(other.Blocks("client1"));
        await rig.Holds(() => rig.Log.Count("SIGUSR1[soft,tls-error] received, process restarting") > 1, "it tries again");

        Assert.True(rig.Log.HasSaid("VERIFY ERROR: depth="), rig.Log.Text);
    }

    [Fact]
    public async Task Client_WhoseCardIsDeleted_MakesItAnew()
    {
        await using ClientRig rig = new();
        rig.Serve("keepalive 5 60");
        rig.Start("persist-tun");
        await rig.Connected();

        rig.Space.Ip("link delete tun0");
        await rig.Connected(times: 2);

        Assert.Equal(2, rig.Cards);
        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_WithPushPeerInfo_TellsItsVariablesAndItsHardware()
    {
        await using ClientRig rig = new();
        RealOpenVpn server = rig.Serve("");
        rig.Space.Ip("route add default via 10.98.0.1");

        rig.Start("push-peer-info\nsetenv UV_SITE north");
        await rig.Connected();

        Assert.True(server.HasSaid("peer info: UV_SITE=north"), server.Log);
        Assert.True(server.HasSaid("peer info: IV_HWADDR="), server.Log);
    }

    [Fact]
    public async Task Client_WhoseRoundsAreSpent_EndsAndSaysSo()
    {
        await using ClientRig rig = new();

        rig.Start("connect-retry-max 2\nproto tcp4");

        Assert.Equal(OpenVpnClientEnd.RetriesSpent, await rig.Completion.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
        Assert.True(rig.Log.HasSaid("All connections have been connect-retry-max (2) times unsuccessful, exiting"), rig.Log.Text);
    }

    [Fact]
    public async Task Client_ThatIsInactive_Ends()
    {
        await using ClientRig rig = new();
        rig.Serve("push \"inactive 3 1000000\"");

        rig.Start("");

        Assert.Equal(OpenVpnClientEnd.Inactive, await rig.Completion.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Client_OnAHostWithoutIPv6_ComesUpWithoutIt()
    {
        await using ClientRig rig = new();
        rig.Space.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"));
        rig.Serve("");

        rig.Start("");
        await rig.Connected();

        Assert.True(rig.Log.HasSaid("IPv6 is switched off on this host"), rig.Log.Text);
        rig.AssertPings("10.8.0.1");
    }

    [Fact]
    public async Task Client_WithRefusedPushes_LogsThemAndDoesNothing()
    {
        await using ClientRig rig = new();
        rig.Serve("push \"up /bin/touch /tmp/never\"\npush \"route 10.77.0.0 255.255.0.0\"");

        rig.Start("pull-filter ignore \"route 10.77\"");
        await rig.Connected();

        Assert.True(rig.Log.HasSaid("Options error: option 'up' cannot be used in this context ([PUSH-OPTIONS])"), rig.Log.Text);
        Assert.DoesNotContain("10.77.0.0", rig.Space.Ip("route"), StringComparison.Ordinal);
        Assert.Null(rig.Client.Snapshot().LastRestart);
    }

    private static (string Server, string Client) Wrap(string kind)
    {
        switch (kind)
        {
            case "tls-auth":
                string shared = RealOpenVpn.GenerateKey("--genkey", "secret", "/dev/stdout");
                return ($"auth SHA256\nkey-direction 0\n<tls-auth>\n{shared}</tls-auth>", $"auth SHA256\nkey-direction 1\n<tls-auth>\n{shared}</tls-auth>");
            case "tls-crypt":
                string key = RealOpenVpn.GenerateKey("--genkey", "secret", "/dev/stdout");
                return ($"<tls-crypt>\n{key}</tls-crypt>", $"<tls-crypt>\n{key}</tls-crypt>");
            case "tls-crypt-v2":
                using (TemporaryFolder folder = new("tls-crypt-v2"))
                {
                    string serverFile = folder.At("server.key"), clientFile = folder.At("client.key");
                    RealOpenVpn.GenerateKey("--genkey", "tls-crypt-v2-server", serverFile);
                    RealOpenVpn.GenerateKey("--tls-crypt-v2", serverFile, "--genkey", "tls-crypt-v2-client", clientFile);
                    return (Block(serverFile), Block(clientFile));
                }

            default:
                return ("", "");
        }

        static string Block(string file) => $"<tls-crypt-v2>\n{File.ReadAllText(file)}</tls-crypt-v2>";
    }
}
