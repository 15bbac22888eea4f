// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn.Interop;

/// <summary>Networks, bridges and scripts of our server, against clients of the official program.</summary>
public sealed class ServerNetworkTests
{
    private const string Script = "#!/bin/sh\n{ echo \"== $script_type $*\"; env; } >> calls\n";

    [Fact]
    public async Task NetworkBehindAClient_OfIPv6_IsReachedThroughIt()
    {
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 60\nserver-ipv6 fd00:8::/64\nroute-ipv6 fd00:50::/64\nclient-config-dir ccd\npush \"route 172.20.0.0 255.255.0.0\"\n" +
            "push \"dhcp-option DNS 10.8.0.1\"",
            ("ccd/client1", "iroute-ipv6 fd00:50::/64\npush-remove \"route 172\"\n"));
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end);
        Assert.False(client.HasSaid("route 172.20.0.0"), client.Log);
        Assert.True(client.HasSaid("dhcp-option DNS 10.8.0.1"), client.Log);
        end.Space.Ip("-6 addr add fd00:50::1/64 dev lo nodad");
        Assert.Equal(0, rig.Space.Exec("ping", "-c", "2", "-i", "0.2", "-W", "2", "fd00:50::1").ExitCode);
    }

    [Fact]
    public async Task Multihome_AnswersFromTheAddressThatWasAsked()
    {
        await using ServerRig rig = ServerRig.Start("keepalive 1 60\nmultihome");
        ClientEnd end = rig.AddEnd();
        rig.Space.Ip("addr add 10.99.1.77/24 dev v1");
        // Whoever does not float takes nothing from another address.
        RealOpenVpn client = await rig.ConnectAsync(end, lines: "remote 10.99.1.77 1194");
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
    }

    [Theory]
    [InlineData("local no-such-name.invalid\nproto udp", "local: 'no-such-name.invalid' is no address, and no name that has one")]
    [InlineData("local 192.0.2.1\nproto udp6", "local: '192.0.2.1' is no address for IPv6; set proto to fit")]
    [InlineData("local 192.0.2.1\nproto tcp6-server", "local: '192.0.2.1' is no address for IPv6; set proto to fit")]
    public void Local_ThatCannotBe_IsRefusedInWords(string lines, string words)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("server.conf", $"dev tun\ntopology subnet\nserver 10.8.0.0 255.255.255.0\ndh none\n{lines}\n{TestAuthority.Shared.Blocks("server")}");
        TunnelConfiguration configuration = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        using TestNamespace space = new();
        TunnelConfigurationException refused = Assert.Throws<TunnelConfigurationException>(() => space.Run(() => ServerLink.Open(configuration, 10)));
        Assert.StartsWith(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bridge_GivesAddressesOfItsRangeAndCarriesFrames()
    {
        await using ServerRig rig = ServerRig.Start("dev tap\nkeepalive 1 60\nserver-bridge 10.8.0.1 255.255.255.0 10.8.0.50 10.8.0.51");
        rig.Space.Ip($"addr add 10.8.0.1/24 dev {ServerRig.Device}");
        rig.Space.Ip($"link set {ServerRig.Device} up");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end, lines: "dev tap");
        Assert.True(client.HasSaid("ifconfig 10.8.0.50 255.255.255.0"), client.Log);
        Assert.True(end.Pings("10.8.0.1", size: 1400), rig.Log.Text + client.Log);
    }

    [Fact]
    public async Task LearnAddress_OnATap_IsAboutTheStationsBehindClients()
    {
        await using ServerRig rig = ServerRig.Start(
            "dev tap\nkeepalive 1 60\nscript-security 2\nlearn-address ./call.sh",
            ("call.sh", "#!/bin/sh\necho \"$*\" >> calls\n[ \"$2\" != 02:00:00:00:00:99@0 ]\n"));
        string file = Path.Combine(rig.Folder, "calls");
        ClientEnd end = rig.AddEnd();
        RealOpenVpn client = await rig.ConnectAsync(end, lines: "dev tap\nlladdr 02:00:00:00:00:11\nexplicit-exit-notify 1");
        Assert.True(end.Pings("10.8.0.1"), rig.Log.Text + client.Log);
        await rig.Holds(() => Calls().Contains("add 02:00:00:00:00:11@0 client1"), "learned", client);
        await rig.Holds(() => rig.Server.Snapshot().Routes.Any(r => r.Station is not null), "in the status", client);
        end.Space.Ip("link set tap0 address 02:00:00:00:00:99");
        await rig.Holds(() => !end.Pings("10.8.0.1", count: 1) && rig.Log.HasSaid("its frames are dropped"), "refused", client);
        client.Signal("TERM");
        await rig.Holds(() => Calls().Contains("delete 02:00:00:00:00:11@0"), "forgotten", client);
        Assert.DoesNotContain("delete 02:00:00:00:00:99@0", Calls());

        string[] Calls() => File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    [Fact]
    public async Task Client_WithoutACommonCipher_IsForgottenByTheScriptsThatHeardOfIt()
    {
        await using ServerRig rig = ServerRig.Start(
            "keepalive 1 60\ndata-ciphers AES-256-GCM\nscript-security 2\ntmp-dir files\nclient-connect ./call.sh\nclient-disconnect ./call.sh\nlearn-address ./call.sh",
            ("call.sh", Script), ("files/.keep", ""));
        string file = Path.Combine(rig.Folder, "calls");
        RealOpenVpn client = rig.AddEnd().Start("client1", "data-ciphers AES-128-GCM");
        await rig.Holds(() => client.HasEnded, "refused", client);
        await rig.Holds(() => File.ReadAllText(file).Contains("== client-disconnect", StringComparison.Ordinal), "told", client);
        string[] calls = [.. File.ReadAllLines(file).Where(l => l.StartsWith("== ", StringComparison.Ordinal))];
        Assert.StartsWith($"== client-connect {rig.Folder}/files/", calls[0], StringComparison.Ordinal);
        Assert.Equal(["== learn-address add 10.8.0.2 client1", "== learn-address delete 10.8.0.2"], calls.Where(l => l.Contains("learn", StringComparison.Ordinal)));
        Assert.Equal(".keep", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(Path.Combine(rig.Folder, "files")))));
    }

    [Fact]
    public async Task Scripts_OfTheServerItself_HearOfItsRoutesInOrder()
    {
        ServerRig rig = ServerRig.Start(
            "keepalive 1 60\nroute 192.168.50.0 255.255.255.0\nscript-security 2\nup ./call.sh\nroute-up ./call.sh\nroute-pre-down ./call.sh\ndown ./call.sh\n" +
            "tls-verify ./call.sh", ("call.sh", Script));
        await using (rig)
        {
            await rig.ConnectAsync(rig.AddEnd());
            Assert.Null(await rig.StopAsync());
            string text = File.ReadAllText(Path.Combine(rig.Folder, "calls"));
            string[] parts = text.Split("== ", StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(
                [
                    $"up {ServerRig.Device} 1500 0 10.8.0.1 255.255.255.0 init", "route-up ", "tls-verify 1 CN=Test CA", "tls-verify 0 CN=client1",
                    "route-pre-down ", $"down {ServerRig.Device} 1500 0 10.8.0.1 255.255.255.0 init",
                ],
                parts.Select(p => p.Split('\n')[0]));
            // As the official program names them.
            Assert.All(
                ["route_network_1=192.168.50.0", "route_netmask_1=255.255.255.0", "route_gateway_1=10.8.0.2", "route_vpn_gateway=10.8.0.2",
                    "route_net_gateway=0.0.0.0", "remote_port_1=1194", "local_port_1=1194", "redirect_gateway=0"],
                line => Assert.Contains($"\n{line}\n", parts[1], StringComparison.Ordinal));
            Assert.DoesNotContain("\nX509_0_CN", parts[2], StringComparison.Ordinal);
            Assert.DoesNotContain("\nIV_VER", parts[3], StringComparison.Ordinal);
            Assert.All(["X509_0_CN=client1", "X509_1_CN=Test CA", "common_name=client1"], line => Assert.Contains($"\n{line}\n", parts[3], StringComparison.Ordinal));
        }
    }
}
