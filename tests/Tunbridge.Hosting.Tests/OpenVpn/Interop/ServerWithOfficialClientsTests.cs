// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn.Interop;

/// <summary>Our whole server, with a card, against clients of the official program.</summary>
public sealed class ServerWithOfficialClientsTests
{
    [Fact]
    public async Task Udp_Connects_PingsBothWaysAndLeaves()
    {
        await using ServerRig rig = ServerRig.Start("server-ipv6 fd00:8::/64\nkeepalive 1 30");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end, lines: "explicit-exit-notify 1");
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        Assert.True(end.Pings("10.8.0.1", size: 1400), rig.Log.Text + client.Log);
        Assert.True(end.Pings("fd00:8::1"), rig.Log.Text + client.Log);
        Assert.Equal(0, rig.Space.Exec("ping", "-c", "2", "-i", "0.2", "10.8.0.2").ExitCode);
        Assert.Equal(0, rig.Space.Exec("ping", "-c", "2", "-i", "0.2", "fd00:8::1000").ExitCode);
        client.Signal("TERM");
        await rig.Holds(() => rig.Log.HasSaid("remote-exit"), "left", client);
        await rig.Holds(() => rig.Server.Snapshot().Clients.Count == 0, "gone", client);
    }

    [Fact]
    public async Task TlsCryptV2_WithAVerifyScript_LetsInWhomItAllows()
    {
        string serverKey = CommandResult.Of("openvpn", "--genkey", "tls-crypt-v2-server").Output;
        string file = Path.GetTempFileName();
        File.WriteAllText(file, serverKey);
        string good = CommandResult.Of("openvpn", "--tls-crypt-v2", file, "--genkey", "tls-crypt-v2-client", "/dev/stdout", Convert.ToBase64String("good"u8)).Output;
        string bad = CommandResult.Of("openvpn", "--tls-crypt-v2", file, "--genkey", "tls-crypt-v2-client", "/dev/stdout", Convert.ToBase64String("bad"u8)).Output;
        File.Delete(file);
        await using ServerRig rig = ServerRig.Start(
            $"keepalive 1 30\nscript-security 2\ntls-crypt-v2-verify ./verify.sh\n<tls-crypt-v2>\n{serverKey}\n</tls-crypt-v2>",
            ("verify.sh", "#!/bin/sh\n[ \"$metadata_type\" = 0 ] && [ \"$script_type\" = tls-crypt-v2-verify ] && grep -q good \"$metadata_file\"\n"));
        ClientEnd end = rig.AddEnd();
        using RealOpenVpn refused = end.Start("client1", $"<tls-crypt-v2>\n{bad}\n</tls-crypt-v2>");
        await rig.Holds(() => rig.Log.HasSaid("TLS CRYPT V2 VERIFY SCRIPT ERROR"), "refused", refused);
        Assert.False(refused.HasSaid("VERIFY OK"), refused.Log);
        refused.Kill();
        RealOpenVpn client = await rig.ConnectAsync(end, lines: $"<tls-crypt-v2>\n{good}\n</tls-crypt-v2>");
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
    }

    [Fact]
    public async Task Password_ByScriptAndToken_IsCheckedAndRenewed()
    {
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 30\nreneg-sec 4\nscript-security 2\nauth-user-pass-verify ./verify.sh via-file\nverify-client-cert none\nusername-as-common-name\nauth-gen-token 3600",
            ("verify.sh", "#!/bin/sh\necho \"$session_state $username\" >> calls\n[ \"$(sed -n 1p $1)\" = alice ] && [ \"$(sed -n 2p $1)\" = 'pass word' ] && exit 0\n" +
                "echo 'wrong password' > $auth_failed_reason_file\nexit 1\n"),
            ("good", "alice\npass word\n"),
            ("bad", "alice\nwrong\n"));
        ClientEnd end = rig.AddEnd();
        using RealOpenVpn refused = end.Start("client1", $"auth-user-pass {rig.Folder}/bad");
        await rig.Holds(() => refused.HasEnded, "refused", refused);
        Assert.True(refused.HasSaid("AUTH_FAILED,wrong password"), refused.Log);
        Assert.True(rig.Log.HasSaid("TLS Auth Error: Auth Username/Password verification failed for peer"), rig.Log.Text);
        RealOpenVpn client = await rig.ConnectAsync(end, lines: $"auth-user-pass {rig.Folder}/good");
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        Assert.Contains(rig.Server.Snapshot().Clients, c => c is { CommonName: "alice", Username: "alice" });
        await rig.Holds(() => rig.Log.Count("soft reset") >= 3, "renegotiated", client);
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        // Renegotiations were let pass by their tokens: the script was asked for passwords only.
        Assert.Equal(["Initial alice", "Initial alice"], File.ReadAllLines(Path.Combine(rig.Folder, "calls")));
        Assert.False(rig.Log.HasSaid("pass word"), "a password is in the log");
        Assert.False(rig.Log.HasSaid("SESS_ID_AT_"), "a token is in the log");
    }

    [Theory]
    [InlineData("", "TLS Error: Auth Username/Password was not provided by peer", 0)]
    [InlineData("auth-user-pass-optional", "TLS Auth Error: Auth Username/Password verification failed for peer", 1)]
    public async Task Password_NotSent_IsNoWayAroundTheScript(string line, string words, int calls)
    {
        await using ServerRig rig = ServerRig.Start(
            $"keepalive 1 30\nscript-security 2\nauth-user-pass-verify ./verify.sh via-file\n{line}",
            ("verify.sh", "#!/bin/sh\necho \"called '$username'\" >> calls\nexit 1\n"));
        ClientEnd end = rig.AddEnd();
        using RealOpenVpn refused = end.Start("client1", "");
        await rig.Holds(() => rig.Log.HasSaid(words), "refused", refused);
        Assert.DoesNotContain(rig.Server.Snapshot().Clients, c => c.Address is not null);
        string file = Path.Combine(rig.Folder, "calls");
        Assert.Equal(calls > 0 ? "called ''" : null, File.Exists(file) ? File.ReadLines(file).First() : null);
    }

    [Fact]
    public async Task Password_DeferredAndFromAFile_BothHaveToBeRight()
    {
        string line = Tunbridge.Hosting.OpenVpn.PasswordFile.MakeLine("bob", "secret"u8, 1000);
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 30\nscript-security 3\nauth-user-pass-verify ./verify.sh via-env\nauth-user-pass-file users\nverify-client-cert none",
            ("verify.sh", "#!/bin/sh\n[ \"$password\" = secret ] || exit 1\n(sleep 1; echo 1 > $auth_control_file) </dev/null >/dev/null 2>&1 &\nexit 2\n"),
            ("users", line + "\n"),
            ("good", "bob\nsecret\n"),
            ("stranger", "eve\nsecret\n"));
        ClientEnd end = rig.AddEnd();
        using RealOpenVpn refused = end.Start("client1", $"auth-user-pass {rig.Folder}/stranger");
        await rig.Holds(() => refused.HasEnded, "refused", refused);
        RealOpenVpn client = await rig.ConnectAsync(end, lines: $"auth-user-pass {rig.Folder}/good");
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
    }

    [Fact]
    public async Task ClientFiles_GiveAddressNetworkAndPush_AndScriptsHearOfIt()
    {
        const string Script = "#!/bin/sh\n{ echo \"$script_type $common_name $*\"; env; } >> calls\n";
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 30\nclient-config-dir ccd\nroute 192.168.50.0 255.255.255.0\npush \"route 172.20.0.0 255.255.0.0\"\nscript-security 2\n" +
            "client-connect ./connect.sh\nclient-disconnect ./other.sh\nlearn-address ./other.sh\nsetenv WHO us",
            ("ccd/client1", "ifconfig-push 10.8.0.77 255.255.255.0\niroute 192.168.50.0 255.255.255.0\npush \"route 172.21.0.0 255.255.0.0\"\n"),
            ("ccd/forbidden", "disable\n"),
            ("connect.sh", Script + "echo 'push \"route 172.22.0.0 255.255.0.0\"' > $1\n"),
            ("other.sh", Script));
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end, lines: "explicit-exit-notify 1");
        Assert.True(client.HasSaid("route 172.20.0.0 255.255.0.0,"), client.Log);
        Assert.True(client.HasSaid("route 172.21.0.0 255.255.0.0,route 172.22.0.0"), client.Log);
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        // What lies behind the client is reached through it.
        end.Space.Ip("addr add 192.168.50.1/24 dev lo");
        Assert.Equal(0, rig.Space.Exec("ping", "-c", "2", "-i", "0.2", "192.168.50.1").ExitCode);
        Assert.Equal(["10.8.0.77/32", "192.168.50.0/24"], rig.Server.Snapshot().Routes.Select(r => r.Network.ToString()));
        client.Signal("TERM");
        await rig.Holds(() => File.ReadAllText(Path.Combine(rig.Folder, "calls")).Contains("client-disconnect client1", StringComparison.Ordinal), "seen off", client);
        string calls = File.ReadAllText(Path.Combine(rig.Folder, "calls"));
        Assert.Contains("client-connect client1 /", calls, StringComparison.Ordinal);
        Assert.Contains("learn-address client1 add 10.8.0.77 client1\n", calls, StringComparison.Ordinal);
        Assert.Contains("learn-address client1 add 192.168.50.0/24 client1\n", calls, StringComparison.Ordinal);
        Assert.Contains("delete 10.8.0.77\n", calls, StringComparison.Ordinal);
        Assert.Contains("\nX509_0_CN=client1\n", calls, StringComparison.Ordinal);
        Assert.Contains("\nifconfig_pool_remote_ip=10.8.0.77\n", calls, StringComparison.Ordinal);
        Assert.Contains("\nIV_VER=2.6.", calls, StringComparison.Ordinal);
        Assert.Contains("\nWHO=us\n", calls, StringComparison.Ordinal);
        Assert.Contains("\nbytes_received=", calls, StringComparison.Ordinal);
        Assert.DoesNotContain("HOME=", calls, StringComparison.Ordinal);
        using RealOpenVpn forbidden = rig.AddEnd().Start("forbidden", "");
        await rig.Holds(() => forbidden.HasEnded, "refused", forbidden);
        Assert.True(forbidden.HasSaid("AUTH_FAILED"), forbidden.Log);
    }

    [Fact]
    public async Task TwoClients_ReachEachOtherInsideTheServer()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 30\nclient-to-client");
        ClientEnd first = rig.AddEnd();
        ClientEnd second = rig.AddEnd();
        await rig.ConnectAsync(first, "client1");
        RealOpenVpn client = await rig.ConnectAsync(second, "client2");
        Assert.True(first.Pings("10.8.0.3"), rig.Log.Text + client.Log);
        Assert.True(second.Pings("10.8.0.2", size: 1400), rig.Log.Text + client.Log);
        Assert.Equal("0", rig.Space.Exec("cat", $"/proc/sys/net/ipv4/conf/{ServerRig.Device}/forwarding").Output.Trim());
    }

    [Fact]
    public async Task Client_WhoseAddressChanges_KeepsItsSession()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 30");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end);
        Assert.True(end.Pings("10.8.0.1"));
        // A second address of the same host: from now on packets leave from it.
        end.Space.Ip("addr add 10.99.1.9/24 dev w0");
        end.Space.Ip("route replace 10.99.1.0/24 dev w0 proto kernel scope link src 10.99.1.9");
        await rig.Holds(() => end.Pings("10.8.0.1", count: 1) && rig.Log.HasSaid("floated from 10.99.1.2:"), "floated", client);
        Assert.Equal("10.99.1.9", Assert.Single(rig.Server.Snapshot().Clients).Remote.ToIPAddress().ToString());
        Assert.Equal(1, client.Count("Initialization Sequence Completed"));
    }

    [Fact]
    public async Task Client_ThatDiesAndComesBackFromItsOldPort_TakesItsPlace()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn before = await rig.ConnectAsync(end, lines: "lport 5555");
        before.Kill();
        RealOpenVpn after = await rig.ConnectAsync(end, lines: "lport 5555");
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + after.Log);
        Assert.True(after.HasSaid("ifconfig 10.8.0.2 "), after.Log);
        Assert.Single(rig.Server.Snapshot().Clients);
    }

    [Fact]
    public async Task Client_WithTheNameOfAnother_TakesItsPlace()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60");
        ClientEnd first = rig.AddEnd();
        ClientEnd second = rig.AddEnd();
        RealOpenVpn before = await rig.ConnectAsync(first);
        before.Kill();
        RealOpenVpn after = await rig.ConnectAsync(second);
        Assert.True(second.Pings("10.8.0.1"), rig.Log.Text + after.Log);
        Assert.True(rig.Log.HasSaid("MULTI: new connection by client 'client1' will cause previous active sessions by this client to be dropped."), rig.Log.Text);
        Assert.True(after.HasSaid("ifconfig 10.8.0.2 "), after.Log);
    }

    [Fact]
    public async Task Clients_BeyondTheirNumber_AreNotLetInUntilOneLeaves()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60\nmax-clients 1");
        RealOpenVpn one = await rig.ConnectAsync(rig.AddEnd(), "client1", "explicit-exit-notify 1");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn two = end.Start("client2", "hand-window 15");
        await rig.Holds(() => rig.Log.HasSaid("MULTI: new incoming connection would exceed maximum number of clients (1)"), "refused", two);
        Assert.False(two.HasSaid("Initialization Sequence Completed"), two.Log);
        one.Signal("TERM");
        await rig.Connected(two);
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + two.Log);
    }

    [Fact]
    public async Task Server_ThatEnds_SendsItsClientsBackAndTheyReturn()
    {
        ServerRig rig = ServerRig.Start("keepalive 1 60\nexplicit-exit-notify 1");
        await using (rig)
        {
            ClientEnd end = rig.AddEnd();
            RealOpenVpn client = await rig.ConnectAsync(end);
            Assert.Null(await rig.StopAsync());
            await rig.Holds(() => client.HasSaid("Connection reset command was pushed by server"), "told", client);
            Assert.True(rig.Host.IsUndone);
        }
    }

    [Fact]
    public async Task Client_WhoseCertificateIsRevokedMeanwhile_IsRefusedInWords()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60\ncrl-verify crl.pem", ("crl.pem", TestAuthority.Shared.Revoke("somebody")));
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end, "revoked");
        client.Kill();
        File.WriteAllText(Path.Combine(rig.Folder, "crl.pem"), TestAuthority.Shared.Revoke("somebody", "revoked"));
        using RealOpenVpn refused = end.Start("revoked", "");
        await rig.Holds(() => rig.Log.HasSaid("VERIFY ERROR: depth=0, error=certificate revoked: CN=revoked"), "refused", refused);
        Assert.True(rig.Log.HasSaid("TLS Error: TLS handshake failed"), rig.Log.Text);
    }

    [Fact]
    public async Task Tcp_Connects_PingsComesBackAfterBeingKilled()
    {
        await using ServerRig rig = ServerRig.Start("proto tcp\nkeepalive 1 60\nserver-ipv6 fd00:8::/64");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn before = await rig.ConnectAsync(end, lines: "proto tcp-client");
        Assert.True(end.Pings("10.8.0.1", size: 1400), rig.Log.Text + before.Log);
        before.Kill();
        await rig.Holds(() => rig.Server.Snapshot().Clients.Count == 0, "gone", before);
        Assert.True(rig.Log.HasSaid("SIGUSR1[soft,connection-reset] received, client-instance restarting"), rig.Log.Text);
        RealOpenVpn after = await rig.ConnectAsync(end, lines: "proto tcp-client");
        Assert.True(end.Pings("fd00:8::1"), rig.Log.Text + after.Log);
    }

    [Fact]
    public async Task Tap_OverTcpWithTlsCryptV2_CarriesFrames()
    {
        string serverKey = CommandResult.Of("openvpn", "--genkey", "tls-crypt-v2-server").Output;
        string file = Path.GetTempFileName();
        File.WriteAllText(file, serverKey);
        string key = CommandResult.Of("openvpn", "--tls-crypt-v2", file, "--genkey", "tls-crypt-v2-client").Output;
        File.Delete(file);
        await using ServerRig rig = ServerRig.Start($"proto tcp\ndev tap\nkeepalive 1 60\nclient-to-client\n<tls-crypt-v2>\n{serverKey}\n</tls-crypt-v2>");
        ClientEnd first = rig.AddEnd();
        ClientEnd second = rig.AddEnd();
        string lines = $"proto tcp-client\ndev tap\n<tls-crypt-v2>\n{key}\n</tls-crypt-v2>";
        RealOpenVpn client = await rig.ConnectAsync(first, "client1", lines);
        await rig.ConnectAsync(second, "client2", lines);
        Assert.True(first.Pings("10.8.0.1", size: 1400), rig.Log.Text + client.Log);
        Assert.True(first.Pings("10.8.0.3"), rig.Log.Text + client.Log);
    }

    [Theory]
    [InlineData("net30", "ifconfig 10.8.0.6 10.8.0.5")]
    [InlineData("p2p", "ifconfig 10.8.0.4 10.8.0.1")]
    public async Task OlderTopologies_GiveAddressesAndPing(string topology, string pushed)
    {
        await using ServerRig rig = ServerRig.Start($"topology {topology}\nserver 10.8.0.0 255.255.255.0\nkeepalive 1 60");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end);
        Assert.True(client.HasSaid(pushed), client.Log);
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
    }

    [Fact]
    public async Task Client_WithAForeignSourceAddress_IsNotForwardedAndNamed()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end);
        end.Space.Ip("addr add 172.16.9.9/32 dev lo");
        Assert.NotEqual(0, end.Space.Exec("ping", "-c", "1", "-W", "1", "-I", "172.16.9.9", "10.8.0.1").ExitCode);
        await rig.Holds(() => rig.Log.HasSaid("MULTI: bad source address from client [172.16.9.9], packet dropped"), "named", client);
        Assert.True(end.Pings("10.8.0.1"));
    }

    [Fact]
    public async Task Password_WithAWebPage_IsWaitedForBeyondTheHandWindow()
    {
        // Long enough for a handshake and a script on a machine that does much else; the page takes longer.
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 60\nhand-window 15\nscript-security 2\nauth-user-pass-verify ./verify.sh via-file\nverify-client-cert none",
            ("verify.sh", "#!/bin/sh\nprintf '60\\nwebauth\\nWEB_AUTH::https://login.example/1\\n' > $auth_pending_file\n" +
                "(sleep 17; echo 1 > $auth_control_file) </dev/null >/dev/null 2>&1 &\nexit 2\n"),
            ("good", "bob\nsecret\n"));
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end, lines: $"hand-window 15\nauth-user-pass {rig.Folder}/good");
        Assert.True(client.HasSaid("WEB_AUTH::https://login.example/1"), client.Log);
        Assert.Equal(1, client.Count("Peer Connection Initiated"));
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
    }

    [Fact]
    public async Task PoolFile_IsReadAndWrittenWhileTheServerRuns()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60\nifconfig-pool-persist pool.txt 1", ("pool.txt", "client1,10.8.0.44,\n"));
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end);
        Assert.True(client.HasSaid("ifconfig 10.8.0.44 "), client.Log);
        await rig.ConnectAsync(rig.AddEnd(), "client2");
        string file = Path.Combine(rig.Folder, "pool.txt");
        await rig.Holds(() => File.ReadAllText(file).Contains("client2,10.8.0.2,", StringComparison.Ordinal), "written", client);
    }

    [Theory]
    [InlineData("udp", "udp")]
    [InlineData("tcp-server", "tcp-client")]
    public async Task Log_OfOneClient_TellsEachCertificateOnce(string ours, string theirs)
    {
        await using ServerRig rig = ServerRig.Start($"proto {ours}\nkeepalive 1 60");
        RealOpenVpn client = await rig.ConnectAsync(rig.AddEnd(), lines: $"proto {theirs}");
        Assert.Equal((1, 1, 1), (rig.Log.Count("VERIFY OK: depth=1"), rig.Log.Count("VERIFY OK: depth=0"), rig.Log.Count("Control Channel: ")));
        Assert.Equal(1, client.Count("Initialization Sequence Completed"));
    }
}
