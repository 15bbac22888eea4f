// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Client;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>redirect-gateway with its flags: the ways that packets take with the official client, and with ours on the same host.</summary>
public sealed class RedirectGatewayTests
{
    // The server is not local: `local` would have openvpn lead its own packets into the tunnel, which ours does not.
    private static readonly string[] s_forAll = ["8.8.8.8", "192.168.7.77", "192.168.7.1", "2606:4700::1", "3fff::1", "fd77::1", "fd07::77"];

    private static readonly string[] s_flags =
    [
        "redirect-gateway", "redirect-gateway def1", "redirect-gateway local", "redirect-gateway autolocal", "redirect-gateway def1 bypass-dhcp",
        "redirect-gateway def1 block-local", "redirect-gateway ipv6", "redirect-gateway def1 ipv6", "redirect-gateway ipv6 !ipv4", "redirect-gateway !ipv4",
        "redirect-private def1", "redirect-gateway def1\nblock-ipv6",
    ];

    [Fact]
    public async Task EachFlag_LeadsPacketsAsOpenvpnDoes()
    {
        RealTool.Require("openvpn");
        await using HostRig rig = new();
        using RealOpenVpn server = new(rig.ServerSpace,
            $"dev tun\nproto udp\ntopology subnet\nserver 10.8.0.0 255.255.255.0\nserver-ipv6 fd08::/64\ndh none\nduplicate-cn\nkeepalive 10 60\n{TestAuthority.Shared.Blocks("server")}");
        await Eventually.Holds(() => server.HasSaid("Initialization Sequence Completed"), "the server", () => server.Log);
        foreach (string flags in s_flags)
        {
            string[] theirs = await AskOfficialAsync(rig, flags);
            string[] ours = await AskOursAsync(rig, flags);
            Assert.Equal([flags, .. theirs], [flags, .. ours]);
        }
    }

    private static async Task<string[]> AskOfficialAsync(HostRig rig, string flags)
    {
        using RealOpenVpn client = new(rig.Space,
            $"client\ndev tun9\nproto udp4\nremote {HostRig.Server} 1194\nnobind\n{flags}\n{TestAuthority.Shared.Blocks("client1")}");
        await Eventually.Holds(() => client.HasSaid("Initialization Sequence Completed"), flags, () => client.Log);
        string[] ways = Ways(rig, flags, "tun9");
        client.Signal("TERM");
        await Eventually.Holds(() => client.HasEnded, "the client has ended", () => client.Log);
        return ways;
    }

    private static async Task<string[]> AskOursAsync(HostRig rig, string flags)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("client.ovpn", $"client\ndev tun\nremote {HostRig.Server} 1194\n{flags}\n{TestAuthority.Shared.Blocks("client1")}");
        TunnelConfiguration configuration = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        PulledOptions options = PulledOptions.Read(configuration,
            ["route-gateway 10.8.0.1", "topology subnet", "ifconfig-ipv6 fd08::1000/64 fd08::1", "ifconfig 10.8.0.2 255.255.255.0"]);
        HostDemand demand = ClientDemand.Of(configuration, options, IPAddress.Parse(HostRig.Server), new Dictionary<string, IPAddress>());
        await using TunnelHost host = rig.Host();
        await host.ApplyAsync("tun0", demand, TestContext.Current.CancellationToken);
        return Ways(rig, flags, "tun0");
    }

    private static string[] Ways(HostRig rig, string flags, string card)
    {
        IEnumerable<string> addresses = flags.Contains(" local", StringComparison.Ordinal) ? s_forAll : [HostRig.Server, .. s_forAll];
        return [.. addresses.Select(a => $"{a}: {Way(rig.WayTo(a), card)}")];
    }

    // Over which card, by which router.
    private static string Way(string route, string card)
    {
        string[] words = route.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        // openvpn lays the router's own route by the router itself: the same way.
        string by = After("via") == words[0] ? "-" : After("via");
        return $"{After("dev")} {by}".Replace(card, "tunnel", StringComparison.Ordinal);

        string After(string word) => Array.IndexOf(words, word) is >= 0 and int at ? words[at + 1] : "-";
    }
}
