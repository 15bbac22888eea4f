// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Interop.Tests.Trouble;

namespace Tunbridge.Interop.Tests.Hostile;

/// <summary>An official peer that is let in, and says what would run something if anybody took it for more than words.</summary>
public sealed class EvilPeerTests
{
    [Fact]
    public async Task Client_OfAServerThatPushesCommands_RunsNothing()
    {
        using Scene scene = new("client");
        TwoHosts hosts = scene.Hosts;
        string mark = hosts.At("mark"), evil = hosts.Write("evil", $"#!/bin/sh\ntouch '{hosts.At("mark")}'\n", isProgram: true);
        string told = hosts.At("told"), up = hosts.Write("up", $"#!/bin/sh\nenv > '{hosts.At("told")}'\n", isProgram: true);
        string substitution = $"$(touch${{IFS}}{mark})";
        string[] pushed =
        [
            $"up {evil}", $"down {evil}", $"route-up {evil}", $"route-pre-down {evil}", $"ipchange {evil}", $"tls-verify {evil}", $"client-connect {evil}",
            $"auth-user-pass-verify {evil} via-env", $"iproute {evil}", $"learn-address {evil}", $"plugin {evil}", "script-security 3",
            "setenv LD_PRELOAD evil.so", $"setenv PATH {hosts.Folder}", "setenv-safe EVIL 1", $"config {evil}", $"log {mark}", $"log-append {mark}", $"writepid {mark}",
            $"status {mark} 1", $"ifconfig-pool-persist {mark}", $"tls-export-cert {hosts.Folder}", $"echo {substitution}", $"dhcp-option DOMAIN {substitution}",
            $"dhcp-option DOMAIN a;touch {mark}", $"dhcp-option DNS {substitution}", $"dhcp-option DOMAIN-SEARCH `{evil}`", $"dhcp-option PROXY_AUTO_CONFIG_URL {substitution}",
            $"route 10.77.0.0 255.255.0.0 {substitution}", $"route-gateway {substitution}", $"redirect-gateway {substitution}", "user root", "chroot /", "management 127.0.0.1 7505",
        ];
        scene.Write("udp4", string.Concat(pushed.Select(p => $"push \"{p}\"\n")), $"script-security 2\nup {up}\n");

        await scene.StartAsync();
        await scene.Pings();
        await scene.Until(() => File.Exists(told) && File.ReadAllText(told).Contains("script_type=up", StringComparison.Ordinal), "the client's own script");

        Assert.False(File.Exists(mark), hosts.Logs());
        Assert.DoesNotMatch(@"(?m)^(LD_|EVIL|PATH=/tmp/tunbridge-interop)", File.ReadAllText(told));
        Assert.Equal(0, await scene.Client.StopAsync(TestContext.Current.CancellationToken));
        Assert.False(File.Exists(mark), hosts.Logs());
        Assert.DoesNotContain(scene.Client.Log, c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
    }

    /// <summary>What scripts of the server are told of such a client is what the official server tells them.</summary>
    [Fact]
    public async Task Server_OfAClientWithCommandsForNames_TellsItsScriptsWhatTheOfficialOneDoes()
    {
        string ours = await ToldAsync("server");
        string official = await ToldAsync("neither");

        Assert.Contains("username=", ours, StringComparison.Ordinal);
        Assert.Equal(official, ours);
    }

    private static async Task<string> ToldAsync(string role)
    {
        using Scene scene = new(role);
        TwoHosts hosts = scene.Hosts;
        // Short: names of more than 64 letters are refused.
        string mark = $"/tmp/m{Random.Shared.Next():x}", told = hosts.At("told");
        CaseFiles.Write(
            hosts,
            new() { Protocol = "udp4", Wrap = "tls-crypt", Cipher = "AES-256-GCM", Layout = "subnet", Tls = "tls1.3", Login = "cert+password", Role = "server" },
            $"client-connect {hosts.At("connect")}\nlearn-address {hosts.At("learn")}\nusername-as-common-name\n",
            $"push-peer-info\nsetenv UV_EVIL \"$(touch {mark});`touch {mark}` ;x\"\nsetenv UV_all \"!#%&'$()*+,-./:;<=>?@[]^_{{|}}~ `\"\nsetenv UV_LONG " + new string('x', 200) + "\n");
        hosts.Write("server.conf", File.ReadAllText(hosts.At("server.conf")).Replace("script-security 2", "script-security 3", StringComparison.Ordinal)
            .Replace("via-file", "via-env", StringComparison.Ordinal));
        hosts.Write("login", $"$(touch {mark});'\"`x` |&<>\n$(touch {mark})\n");
        string keep = $"env | grep -E '^(username|common_name|UV_|X509_0_)' | sed \"s/^/$script_type /\" >> '{told}'";
        hosts.Write("check", $"#!/bin/sh\n{keep}\n", isProgram: true);
        hosts.Write("connect", $"#!/bin/sh\n{keep}\n", isProgram: true);
        hosts.Write("learn", $"#!/bin/sh\necho \"learn-address $1 $3\" >> '{told}'\n", isProgram: true);

        await scene.StartAsync();
        await scene.Pings();

        Assert.False(File.Exists(mark), hosts.Logs());
        // What one calls in another order, or once more, is none of a client's doing.
        return string.Join('\n', File.ReadAllLines(told).Distinct().Order(StringComparer.Ordinal)).Replace(Path.GetFileName(mark), "", StringComparison.Ordinal);
    }
}
