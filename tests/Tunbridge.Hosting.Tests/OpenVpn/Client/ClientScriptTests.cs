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
                "ipchange init first 10.98.0.1 1194",
                "up init tun0 1500 0 10.8.0.2 255.255.255.0 init",
                "route-up init ",
                "route-pre-down init ",
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
