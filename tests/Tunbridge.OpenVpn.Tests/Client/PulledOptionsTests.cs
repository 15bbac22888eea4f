// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Client;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Tests.Client;

public sealed class PulledOptionsTests
{
    [Fact]
    public void Push_OfARealServer_IsUnderstood()
    {
        PulledOptions made = Read("", "route 10.77.0.0 255.255.0.0,dhcp-option DNS 10.9.0.1,tun-ipv6,route-gateway 10.9.0.1,topology subnet," +
            "ifconfig-ipv6 fd00:9::1000/64 fd00:9::1,ifconfig 10.9.0.2 255.255.255.0,tun-mtu 1500");
        Assert.Empty(made.Problems);
        Assert.Equal(("10.9.0.2", 24, null), (made.Address!.Address.ToString(), made.Address.PrefixLength, made.Address.Peer));
        Assert.Equal(("fd00:9::1000", 64, "fd00:9::1"), (made.AddressV6!.Address.ToString(), made.AddressV6.PrefixLength, made.AddressV6.Peer!.ToString()));
        PulledRoute route = Assert.Single(made.Routes);
        Assert.Equal(("10.77.0.0/16", "10.9.0.1", RouteVia.Tunnel), (route.Network.ToString(), route.Gateway!.ToString(), route.Via));
        Assert.Equal("10.9.0.1", Assert.Single(made.Dns.Addresses).ToString());
        Assert.Equal(("dhcp-option DNS 10.9.0.1", 1500, Topology.Subnet), (made.DhcpOptions[0], made.Mtu, made.Topology));
        Assert.Equal(
            [
                "OPTIONS IMPORT: --ifconfig/up options modified", "OPTIONS IMPORT: --ip-win32 and/or --dhcp-option options modified",
                "OPTIONS IMPORT: route options modified", "OPTIONS IMPORT: route-related options modified", "OPTIONS IMPORT: tun-mtu modified",
            ], made.Imports);
    }

    [Theory]
    [InlineData("", "topology subnet,ifconfig 10.0.0.2 255.255.255.0", "10.0.0.2/24")]
    [InlineData("", "topology net30,ifconfig 10.0.0.6 10.0.0.5", "10.0.0.6/32 10.0.0.5")]
    [InlineData("", "ifconfig 10.0.0.6 10.0.0.5", "10.0.0.6/32 10.0.0.5")]
    [InlineData("", "topology p2p,ifconfig 10.0.0.6 10.0.0.1", "10.0.0.6/32 10.0.0.1")]
    [InlineData("dev tap", "ifconfig 10.0.0.6 255.255.0.0", "10.0.0.6/16")]
    [InlineData("", "ifconfig 10.0.0.6 255.255.255.0", "10.0.0.6/24")]             // the topology was forgotten
    [InlineData("ifconfig 10.0.0.1 10.0.0.2", "", "10.0.0.1/32 10.0.0.2")]
    [InlineData("", "topology subnet,ifconfig 10.0.0.2 10.0.0.1", "-")]
    public void Ifconfig_MeansWhatTheTopologySays(string own, string pushed, string address)
    {
        PulledOptions made = Read(own, pushed);
        Assert.Equal(address, made.Address is { } a ? $"{a.Address}/{a.PrefixLength}{(a.Peer is null ? "" : $" {a.Peer}")}" : "-");
        Assert.Equal(address == "-", made.Problems.Count > 0);
    }

    [Theory]
    [InlineData("route 10.1.0.0 255.255.0.0", "10.1.0.0/16 Tunnel 10.0.0.1 -")]
    [InlineData("route 10.1.0.1", "10.1.0.1/32 Tunnel 10.0.0.1 -")]
    [InlineData("route 10.1.2.3 255.255.0.0 default 7", "10.1.0.0/16 Tunnel 10.0.0.1 7")]
    [InlineData("route 10.1.0.0 255.255.0.0 net_gateway", "10.1.0.0/16 Outside - -")]
    [InlineData("route 10.1.0.0 255.255.0.0 vpn_gateway 3", "10.1.0.0/16 Tunnel 10.0.0.1 3")]
    [InlineData("route 10.1.0.0 255.255.0.0 10.0.0.77", "10.1.0.0/16 Address 10.0.0.77 -")]
    [InlineData("route remote_host 255.255.255.255 net_gateway", "remote_host Outside - -")]
    [InlineData("route vpn_gateway", "10.0.0.1/32 Tunnel 10.0.0.1 -")]
    [InlineData("route-ipv6 fd01::/48", "fd01::/48 Tunnel - -")]
    [InlineData("route-ipv6 2000::/3 fd00::1 9", "2000::/3 Address fd00::1 9")]
    [InlineData("route-ipv6 2000::/3 net_gateway", "2000::/3 Outside - -")]
    public void Route_Pushed_GoesItsWay(string option, string expected)
    {
        PulledOptions made = Read("", $"topology subnet,ifconfig 10.0.0.2 255.255.255.0,route-gateway 10.0.0.1,{option}");
        Assert.Empty(made.Problems);
        PulledRoute r = Assert.Single(made.Routes);
        Assert.Equal(expected, $"{r.Network?.ToString() ?? r.Name} {r.Via} {r.Gateway?.ToString() ?? "-"} {r.Metric?.ToString() ?? "-"}");
    }

    [Fact]
    public void Route_WithoutGatewayOnTap_IsSaid()
    {
        PulledOptions made = Read("dev tap", "ifconfig 10.0.0.2 255.255.255.0,route 10.1.0.0 255.255.0.0");
        Assert.Empty(made.Routes);
        Assert.Contains("needs a gateway parameter", Assert.Single(made.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Redirect_Flags_AddUp()
    {
        PulledRedirect made = Read("redirect-gateway def1", "redirect-gateway ipv6 !ipv4 bypass-dhcp bypass-dns block-local local autolocal").Redirect!;
        Assert.Equal(new PulledRedirect
        {
            ByHalves = true, IPv6 = true, IPv4 = false, BypassesDhcp = true, BypassesDns = true, BlocksLocal = true, IsServerLocal = true, FindsLocal = true,
        }, made);
        Assert.True(Read("", "redirect-private def1").Redirect!.KeepsDefault);
        Assert.False(Read("redirect-gateway", "redirect-private").Redirect!.KeepsDefault);
    }

    [Fact]
    public void Dns_Modern_WinsOverDhcpOption()
    {
        PulledOptions made = Read("", "dhcp-option DNS 192.0.2.1,dhcp-option DOMAIN old.example,dns search-domains corp.example lab.example," +
            "dns server 2 address 192.0.2.53,dns server 1 address [fd00::53]:5353 10.0.0.53:53 fd00::54,dns server 1 resolve-domains corp.example," +
            "dns server 1 dnssec optional,dns server 0 address 192.0.2.99,dns server 0 transport DoT,dns server 0 sni dns.example");
        Assert.Empty(made.Problems);
        Assert.Equal(["fd00::53", "10.0.0.53", "fd00::54"], made.Dns.Addresses.Select(a => a.ToString()));
        Assert.Equal((5353, 53, 0), (made.Dns.Servers[1].Addresses[0].Port, made.Dns.Servers[1].Addresses[1].Port, made.Dns.Servers[1].Addresses[2].Port));
        Assert.Equal(["corp.example", "lab.example"], made.Dns.SearchDomains);
        Assert.Equal(["corp.example"], made.Dns.ResolveDomains);
        Assert.Equal([0, 1, 2], made.Dns.Servers.Select(s => s.Priority));
    }

    [Fact]
    public void RouteGatewayDhcp_OverTap_LeavesRoutesWithoutARouterOutInWords()
    {
        PulledOptions made = Read("dev tap", "route-gateway dhcp,ifconfig 10.0.0.2 255.255.255.0,route 10.1.0.0 255.255.0.0,route 10.2.0.0 255.255.0.0 10.0.0.9");
        Assert.Contains("route to 10.1.0.0 is left out: route-gateway dhcp", Assert.Single(made.Problems), StringComparison.Ordinal);
        Assert.Equal("10.2.0.0/16", Assert.Single(made.Routes).Network.ToString());
    }

    // As 2.6.14 tells scripts from before the dns option.
    [Fact]
    public void Dns_New_IsInTheOldWordsToo()
    {
        PulledOptions made = Read("", "dns server 1 address fd08::53 10.8.0.54,dns search-domains x.example,dhcp-option DNS 10.8.0.1,dhcp-option DOMAIN a.example,dhcp-option NTP 10.8.0.7");
        Assert.Equal(
            ["dhcp-option DOMAIN a.example", "dhcp-option NTP 10.8.0.7", "dhcp-option DNS6 fd08::53", "dhcp-option DNS 10.8.0.54", "dhcp-option DOMAIN-SEARCH x.example"],
            made.DhcpOptions);
        Assert.True(made.Dns.HasOption);
    }

    [Fact]
    public void Dns_Old_IsTaken()
    {
        PulledOptions made = Read("", "dhcp-option DNS 192.0.2.1,dhcp-option DNS6 fd00::1,dhcp-option DNS fd00::2,dhcp-option DOMAIN a.example," +
            "dhcp-option DOMAIN-SEARCH b.example,dhcp-option DOMAIN-ROUTE .,dhcp-option NTP 192.0.2.9");
        Assert.Empty(made.Problems);
        Assert.Equal(["192.0.2.1", "fd00::1", "fd00::2"], made.Dns.Addresses.Select(a => a.ToString()));
        Assert.Equal(["a.example", "b.example"], made.Dns.SearchDomains);
        Assert.Equal(["."], made.Dns.ResolveDomains);
        Assert.Equal(7, made.DhcpOptions.Count);
    }

    /// <summary>All that could run something, name a file or change whom we trust; with their usual shapes and with none.</summary>
    [Theory]
    [InlineData("up /bin/sh", "up")]
    [InlineData("down \"/bin/sh -c x\"", "down")]
    [InlineData("route-up x", "route-up")]
    [InlineData("route-pre-down x", "route-pre-down")]
    [InlineData("ipchange x", "ipchange")]
    [InlineData("tls-verify x", "tls-verify")]
    [InlineData("client-connect x", "client-connect")]
    [InlineData("learn-address x", "learn-address")]
    [InlineData("auth-user-pass-verify x via-env", "auth-user-pass-verify")]
    [InlineData("plugin /tmp/x.so", "plugin")]
    [InlineData("script-security 3", "script-security")]
    [InlineData("setenv LD_PRELOAD /tmp/x.so", "setenv")]
    [InlineData("remote evil.example 1194", "remote")]
    [InlineData("ca /tmp/ca", "ca")]
    [InlineData("management 0.0.0.0 1", "management")]
    [InlineData("log /etc/passwd", "log")]
    [InlineData("writepid /etc/passwd", "writepid")]
    [InlineData("status /etc/passwd", "status")]
    [InlineData("config /etc/shadow", "config")]
    [InlineData("user root", "user")]
    [InlineData("dev tun9", "dev")]
    [InlineData("pull-filter accept x", "pull-filter")]
    public void Option_ThatIsNotTheServersToSet_IsRefusedInOpenvpnsWords(string option, string name)
    {
        PulledOptions made = Read("", option);
        Assert.Equal(name == "config"
            ? "Options error: Unrecognized option or missing or extra parameter(s) in [PUSH-OPTIONS]:1: config (2.6.14)"
            : $"Options error: option '{name}' cannot be used in this context ([PUSH-OPTIONS])", Assert.Single(made.Problems));
        Assert.Equal(Read("", "") with { Digest = "", Problems = [] }, made with { Digest = "", Problems = [] }, Same);
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("route 10.0.0.0 255.0.255.0")]
    [InlineData("route example.org")]
    [InlineData("route 10.0.0.0 255.0.0.0 -1")]
    [InlineData("ifconfig 1 2")]
    [InlineData("ifconfig 10.0.0.1")]
    [InlineData("ifconfig-ipv6 fd00::1")]
    [InlineData("topology star")]
    [InlineData("tun-mtu 99")]
    [InlineData("redirect-gateway def2")]
    [InlineData("dns server 128 address 192.0.2.1")]
    [InlineData("dns server -1 address 192.0.2.1")]
    [InlineData("dns server 1 address 1 2 3")]
    [InlineData("dns server 1 address 192.0.2.1:0")]
    [InlineData("dns server 1 address 1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9")]
    [InlineData("dns search-domains $(reboot)")]
    [InlineData("dhcp-option DOMAIN ;reboot")]
    [InlineData("dhcp-option DOMAIN \"a b\"")]
    [InlineData("dhcp-option DNS example.org")]
    [InlineData("setenv-safe a=b c")]
    [InlineData("explicit-exit-notify many")]
    [InlineData("\"")]
    public void Option_Wrong_IsPassedOverInOpenvpnsWords(string option)
    {
        string problem = Assert.Single(Read("", option).Problems);
        Assert.StartsWith("Options error: Unrecognized option or missing or extra parameter(s) in [PUSH-OPTIONS]:1: ", problem, StringComparison.Ordinal);
        Assert.EndsWith(" (2.6.14)", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Route_WithAName_IsForThoseWhoAllowIt()
    {
        Assert.Equal("example.org", Assert.Single(Read("allow-pull-fqdn", "route example.org").Routes).Name);
        Assert.Equal("example.org", Assert.Single(Read("route example.org", "").Routes).Name);
    }

    [Fact]
    public void RouteNopull_KeepsRoutesAndNamesOut()
    {
        PulledOptions made = Read("route-nopull\nroute 10.5.0.0 255.255.0.0",
            "route 10.1.0.0 255.255.0.0,redirect-gateway,dhcp-option DNS 192.0.2.1,dns search-domains a,block-ipv6,ifconfig 10.0.0.2 10.0.0.1,route-gateway 10.0.0.1");
        Assert.Equal("10.5.0.0/16", Assert.Single(made.Routes).Network.ToString());
        Assert.Null(made.Redirect);
        Assert.Empty(made.Dns.Addresses);
        Assert.False(made.BlocksIPv6);
        Assert.NotNull(made.Address);
        Assert.Equal(5, made.Problems.Count);
    }

    [Fact]
    public void PullFilter_FirstThatFits_Decides()
    {
        PulledOptions made = Read("pull-filter accept \"route 10.1.\"\npull-filter ignore route\npull-filter reject redirect", "route 10.1.0.0 255.255.0.0,route 10.2.0.0 255.255.0.0");
        Assert.Equal("10.1.0.0/16", Assert.Single(made.Routes).Network.ToString());
        Assert.Null(made.Refusal);
        Assert.Contains("redirect-gateway def1", Read("pull-filter reject redirect", "redirect-gateway def1").Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Digest_IsOverEverythingPushed()
    {
        string one = Read("", "route 10.1.0.0,ifconfig 10.0.0.2 10.0.0.1").Digest;
        Assert.Equal(one, Read("route 10.9.0.0", "route 10.1.0.0,ifconfig 10.0.0.2 10.0.0.1").Digest);
        Assert.NotEqual(one, Read("", "route 10.1.0.1,ifconfig 10.0.0.2 10.0.0.1").Digest);
        Assert.NotEqual(one, Read("", "route 10.1.0.0").Digest);
    }

    [Fact]
    public void Texts_OfAHostileServer_NeverThrowAndShowNoControlCharacters()
    {
        Random random = new(7);
        string[] seeds =
        [
            "route 10.0.0.0 255.0.0.0 vpn_gateway 5", "ifconfig 10.0.0.2 10.0.0.1", "dns server 1 address [fd00::1]:53 10.0.0.1", "redirect-gateway def1 ipv6",
            "dhcp-option DNS 10.0.0.1", "setenv-safe X y", "route-ipv6 fd00::/8 fd00::1 4", "up x", "tun-mtu 1500", "topology subnet", "pull \"a b\" 'c'",
        ];
        for (int i = 0; i < 20_000; i++)
        {
            char[] text = seeds[random.Next(seeds.Length)].ToCharArray();
            for (int n = random.Next(4); n > 0; n--)
                text[random.Next(text.Length)] = (char)random.Next(random.Next(2) == 0 ? 128 : 0x10000);
            PulledOptions made = Read("", [new string(text), new string(text)[..random.Next(text.Length + 1)]]);
            Assert.DoesNotContain(made.Problems, p => p.Any(char.IsControl));
            Assert.DoesNotContain(made.Dns.SearchDomains, d => d.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')));
        }
    }

    private static bool Same(PulledOptions one, PulledOptions other) => System.Text.Json.JsonSerializer.Serialize(one with { Routes = [] }) ==
        System.Text.Json.JsonSerializer.Serialize(other with { Routes = [] }) && one.Routes.SequenceEqual(other.Routes);

    private static PulledOptions Read(string own, string pushed) => Read(own, pushed.Length == 0 ? [] : pushed.Split(','));

    private static PulledOptions Read(string own, string[] pushed)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("x.ovpn", $"client\nremote a\nremote-cert-tls server\n{own}\n");
        TunnelConfiguration made = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        return PulledOptions.Read(made, pushed);
    }
}
