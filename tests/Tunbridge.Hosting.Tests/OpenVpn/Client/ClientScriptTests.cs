// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>Scripts of a client, with the official server.</summary>
public sealed class ClientScriptTests
{
    [Fact]
    public async Task Scripts_RunInTheirOrderWithWhatTheServerPushed()
    {
        await using ClientRig rig = new();
        rig.Serve("push \"route 10.77.0.0 255.255.0.0\"\npush \"dhcp-option DNS 10.8.0.1\"\nkeepalive 2 10");
        string script = rig.Write("note.sh", $"#!/bin/sh\necho \"$script_type $script_context $*\" >> {rig.Folder}/order\nenv > {rig.Folder}/env.$script_type\n");

        rig.Start($"script-security 2\nsetenv COLOUR blue\nup {script}\ndown {script}\nroute-up {script}\nroute-pre-down {script}\nipchange \"{script} first\"");
        await rig.Connected();
        await rig.StopAsync();

        Assert.Equal(
            [
                "ipchange  first [AF_INET]10.98.0.1 1194",
                "up init tun0 1500 0 10.8.0.2 255.255.255.0 init",
                "route-up init ",
                "route-pre-down init tun0 1500 0 10.8.0.2 255.255.255.0 init",
                "down init tun0 1500 0 10.8.0.2 255.255.255.0 init",
            ], File.ReadAllLines($"{rig.Folder}/order"));
        string[] environment = File.ReadAllLines($"{rig.Folder}/env.route-up");
        Assert.Superset(
            new HashSet<string>
            {
                "dev=tun0", "dev_type=tun", "tun_mtu=1500", "ifconfig_local=10.8.0.2", "ifconfig_netmask=255.255.255.0", "route_network_1=10.77.0.0",
                "route_netmask_1=255.255.0.0", "route_gateway_1=10.8.0.1", "route_vpn_gateway=10.8.0.1", "foreign_option_1=dhcp-option DNS 10.8.0.1",
                "trusted_ip=10.98.0.1", "trusted_port=1194", "common_name=server", "COLOUR=blue", "redirect_gateway=0", "ifconfig_ipv6_local=fd08::1000",
            }, environment.ToHashSet());
        Assert.DoesNotContain(environment, l => l.StartsWith("HOME=", StringComparison.Ordinal));
    }

    /// <summary>The same file and the same server for the official program and for ours, one after the other.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("push \"route 10.77.0.0 255.255.0.0\"\npush \"route 10.79.0.0 255.255.0.0 net_gateway 5\"\npush \"route-ipv6 fd99::/64\"\npush \"redirect-gateway def1\"\n" +
        "push \"dhcp-option DNS 10.8.0.1\"\npush \"dhcp-option DOMAIN corp.example\"")]
    public async Task Scripts_AreToldWhatOpenvpnTellsThem(string pushes)
    {
        await using ClientRig rig = new();
        rig.Space.Ip("route add default via 10.98.0.1");
        rig.Space.Ip("-6 route add default via fd98::1");
        rig.Serve($"keepalive 2 10\n{pushes}");
        string script = rig.Write("note.sh", $"#!/bin/sh\nenv > {rig.Folder}/env.$script_type\necho \"$script_context|$*\" >> {rig.Folder}/env.$script_type\n");
        string lines = $"script-security 2\nverb 4\nexplicit-exit-notify 1\nsetenv COLOUR blue\nup {script}\ndown {script}\nroute-up {script}\nroute-pre-down {script}\nipchange {script}";
        RealOpenVpn official = rig.StartOfficial(lines);
        await rig.Holds(() => official.HasSaid("Initialization Sequence Completed"), "the official client connected");
        official.Signal("TERM");
        await rig.Holds(() => official.HasEnded, "the official client has ended");
        Dictionary<string, string[]> theirs = Take(rig.Folder);

        rig.Start(lines);
        await rig.Connected();
        await rig.StopAsync();

        Dictionary<string, string[]> ours = Take(rig.Folder);
        Assert.Equal(theirs.Keys.Order(), ours.Keys.Order());
        foreach ((string kind, string[] told) in theirs)
            Assert.Equal([$"[{kind}]", .. told], [$"[{kind}]", .. ours[kind]]);
    }

    [Fact]
    public async Task UpRestart_WithAKeptCard_RunsDownAndUpAgain()
    {
        await using ClientRig rig = new();
        rig.Serve("keepalive 5 60");
        string script = rig.Write("note.sh", $"#!/bin/sh\necho \"$script_type $script_context $signal\" >> {rig.Folder}/order\n");
        rig.Start($"script-security 2\npersist-tun\nup-restart\nup {script}\ndown {script}");
        await rig.Connected();

        rig.Client.Restart();
        await rig.Connected(times: 2);
        await rig.StopAsync();

        Assert.Equal(["up init ", "down restart sigusr1", "up restart ", "down init sigterm"], File.ReadAllLines($"{rig.Folder}/order"));
    }

    // What differs from run to run, and what the shell adds, is left out.
    private static Dictionary<string, string[]> Take(string folder)
    {
        string[] passing = ["daemon_pid=", "daemon_start_time=", "config=", "PWD=", "OLDPWD=", "SHLVL=", "_=", "PATH="];
        Dictionary<string, string[]> told = [];
        foreach (string path in Directory.GetFiles(folder, "env.*"))
        {
            told[Path.GetExtension(path)] = [.. File.ReadAllLines(path).Where(l => !passing.Any(p => l.StartsWith(p, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
            File.Delete(path);
        }
        return told;
    }

    [Fact]
    public async Task UpScript_ThatFails_EndsTheClientAndLeavesNothing()
    {
        await using ClientRig rig = new();
        rig.Serve("");

        rig.Start("script-security 2\nup /bin/false");

        Assert.Equal(OpenVpnClientEnd.Failed, await rig.Completion.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
        Assert.True(rig.Log.HasSaid("WARNING: Failed running command (--up): returned 1"), rig.Log.Text);
        Assert.DoesNotContain("tun0", rig.Space.Ip("link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_WithoutScriptSecurity_AreRefused()
    {
        await using ClientRig rig = new();

        TunnelConfigurationException e = Assert.Throws<TunnelConfigurationException>(() => rig.Start("up /bin/true"));

        Assert.Contains("--script-security 2", e.Message, StringComparison.Ordinal);
    }
}
