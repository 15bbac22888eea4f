// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Settings;

public sealed class DirectiveReaderTests
{
    [Theory]
    [InlineData("a b  c", "a|b|c")]
    [InlineData("  --dev\ttun # comment", "--dev|tun")]
    [InlineData("; comment", "")]
    [InlineData("push \"route 10.0.0.0 255.0.0.0\"", "push|route 10.0.0.0 255.0.0.0")]
    [InlineData("a 'b \\ c' d", "a|b \\ c|d")]
    [InlineData("a \"q\\\"w\\\\e\"", "a|q\"w\\e")]
    [InlineData("a b\\ c", "a|b c")]
    [InlineData("a \"\"", "a|")]
    [InlineData("a b#c", "a|b#c")]
    public void Line_Split_GivesItsWords(string line, string words)
    {
        Assert.True(LineWords.TrySplit(line, out List<string> found, out string problem), problem);
        Assert.Equal(words, string.Join('|', found));
    }

    [Theory]
    [InlineData("a \"b")]
    [InlineData("a 'b")]
    [InlineData("a b\\")]
    [InlineData("a \"C:\\vpn\"")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17")]
    public void Line_Wrong_IsRefusedInWords(string line)
    {
        Assert.False(LineWords.TrySplit(line, out _, out string problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Unknown_Directive_IsReportedWithItsLine()
    {
        TunnelConfigurationBuilder.Build(Read("client\nremote a\nteleport now\nremote-cert-tls server\n"), out IReadOnlyList<DirectiveProblem> problems);
        Assert.Equal("x.ovpn:3: Unrecognized option or missing or extra parameter(s): teleport", Assert.Single(problems).ToString());
    }

    [Theory]
    [InlineData("secret static.key", "certificates")]
    [InlineData("fragment 1300", "mssfix")]
    [InlineData("compress lz4", "stub-v2")]
    [InlineData("plugin auth.so", "script")]
    [InlineData("http-proxy 192.0.2.1 8080", "directly")]
    [InlineData("remote a 99999", "1 to 65535")]
    [InlineData("remote a 1194 sctp", "no protocol")]
    [InlineData("data-ciphers BF-CBC", "AES-256-GCM")]
    [InlineData("auth SHA3-256", "SHA512")]
    [InlineData("verb", "")]
    [InlineData("dev", "takes 1")]
    public void Directive_ThatCannotBe_IsRefusedWithTheMend(string line, string mend)
    {
        TunnelConfigurationBuilder.Build(Read($"client\nremote a\nremote-cert-tls server\n{line}\n"), out IReadOnlyList<DirectiveProblem> problems);
        if (mend.Length == 0)
        {
            Assert.DoesNotContain(problems, p => p.IsError);
            return;
        }
        DirectiveProblem problem = Assert.Single(problems, p => p.IsError);
        Assert.Equal(4, problem.Line is 0 ? 4 : problem.Line);
        Assert.Contains(mend, problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Config_Included_IsReadInPlaceAndNotWithoutEnd()
    {
        Dictionary<string, string> files = new() { ["inner.conf"] = "remote b 2\n", ["loop.conf"] = "config loop.conf\n" };
        using DirectiveReader reader = new(name => files.TryGetValue(name, out string? text) ? new SecretBytes(Encoding.UTF8.GetBytes(text)) : null);
        reader.Read("x.ovpn", "remote a 1\nconfig inner.conf\nremote c 3\n");
        Assert.Equal(["a", "b", "c"], reader.Directives.Select(d => d.Parameters[0]));
        reader.Read("y.ovpn", "config loop.conf\nconfig missing.conf\n");
        Assert.Equal(2, reader.Problems.Count);
        Assert.Contains("10 deep", reader.Problems[0].Text, StringComparison.Ordinal);
        Assert.Equal("y.ovpn:2: config missing.conf: the file cannot be read", reader.Problems[1].ToString());
    }

    [Fact]
    public void CommandLine_OfTheDistributionsUnit_IsRead()
    {
        using DirectiveReader reader = new(static _ => new SecretBytes("client\nremote a\n"u8));
        reader.ReadCommandLine(["--status", "/run/status.log", "10", "--status-version", "2", "--suppress-timestamps", "--config", "office.conf", "--port", "5000"]);
        Assert.Empty(reader.Problems);
        Assert.Equal(["status", "status-version", "suppress-timestamps", "client", "remote", "port"], reader.Directives.Select(d => d.Name));
        reader.ReadCommandLine(["dev", "tun"]);
        Assert.Single(reader.Problems);
    }

    [Theory]
    [InlineData("<ca>\nMIIB\n", "x.ovpn:1: <ca> is not closed")]
    [InlineData("<teleport>\n</teleport>\n", "x.ovpn:1: <teleport> cannot be written inline")]
    [InlineData("<connection>\nremote a\n", "x.ovpn:3: <connection> is not closed")]
    public void Block_Wrong_IsReported(string text, string problem) =>
        Assert.Equal(problem, Assert.Single(Read(text).Problems).ToString());

    [Fact]
    public void Block_Content_IsKeptAsItIs()
    {
        Directive ca = Assert.Single(Read("<ca>\r\n  # not a comment\r\n\"quote\r\n</ca>\r\n").Directives);
        Assert.Equal("  # not a comment\r\n\"quote\r\n", Encoding.UTF8.GetString(ca.Inline!.Value.Span));
        Assert.Equal("[inline]", new KeyMaterial { Inline = "secret"u8.ToArray() }.ToString());
    }

    [Fact]
    public void Key_OutsideTags_IsReportedWithoutItsText()
    {
        DirectiveReader reader = Read("dev tun\n<key\n-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\nverb 3\n");
        Assert.Equal(["dev", "<key", "verb"], reader.Directives.Select(d => d.Name));
        Assert.Equal(
            "x.ovpn:3: the text of a key or certificate stands outside tags, allowed is <key>, <cert>, <ca> … around it",
            Assert.Single(reader.Problems).ToString());
    }

    [Fact]
    public void Texts_OfADisposedReader_AreWiped()
    {
        SecretBytes text = new("<key>\nMIGHAgEA\n</key>\n"u8);
        DirectiveReader reader = new(static _ => null);
        reader.Read("x.ovpn", text);
        ReadOnlyMemory<byte> inline = Assert.Single(reader.Directives).Inline!.Value;
        Assert.Equal("MIGHAgEA\n", Encoding.UTF8.GetString(inline.Span));
        reader.Dispose();
        Assert.Equal(-1, inline.Span.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void ServerFile_OfAnInstaller_MeansAServer()
    {
        TunnelConfiguration made = TunnelConfigurationBuilder.Build(Read(
            """
            local 192.0.2.1
            port 1194
            proto udp
            dev tun
            ca ca.crt
            cert server.crt
            key server.key
            dh dh.pem
            auth SHA512
            tls-crypt tc.key
            topology subnet
            server 10.8.0.0 255.255.255.0
            server-ipv6 fddd:1194:1194:1194::/64
            push "redirect-gateway def1 ipv6 bypass-dhcp"
            ifconfig-pool-persist ipp.txt
            push "dhcp-option DNS 1.1.1.1"
            push "block-outside-dns"
            keepalive 10 120
            user nobody
            group nogroup
            persist-key
            persist-tun
            verb 3
            crl-verify crl.pem
            explicit-exit-notify
            """), out IReadOnlyList<DirectiveProblem> problems);
        Assert.Empty(problems);
        Assert.True(made.IsServer);
        Assert.Equal(("10.8.0.0/24", Topology.Subnet, 1194, "192.0.2.1"), (made.Server.Network.ToString(), made.Topology, made.LocalPort, made.LocalAddress));
        Assert.Equal(["redirect-gateway def1 ipv6 bypass-dhcp", "dhcp-option DNS 1.1.1.1", "block-outside-dns"], made.Server.Push);
        Assert.Equal((10, 240), (made.Session.Ping.TotalSeconds, made.Session.PingRestart.TotalSeconds));
        Assert.Equal("crl.pem", made.RevocationList!.File);
    }

    /// <summary>What section 2 of the count of provider files names, and what two installers write: nothing of it is unknown.</summary>
    [Fact]
    public void Table_HasEveryDirectiveThatIsInUse()
    {
        string[] used =
        [
            "dev", "remote", "auth-user-pass", "client", "nobind", "cipher", "proto", "persist-key", "verb", "ca", "persist-tun", "remote-cert-tls",
            "resolv-retry", "auth", "tls-auth", "key-direction", "comp-lzo", "reneg-sec", "mssfix", "tun-mtu", "route-delay", "remote-random",
            "redirect-gateway", "cert", "key", "explicit-exit-notify", "pull", "persist-remote-ip", "mute", "fast-io", "ping", "auth-nocache",
            "script-security", "tls-client", "ping-restart", "verify-x509-name", "sndbuf", "rcvbuf", "tls-crypt", "route-method",
            "mute-replay-warnings", "tun-mtu-extra", "tls-cipher", "setenv", "route", "ns-cert-type", "data-ciphers", "compress", "keepalive",
            "fragment", "tls-crypt-v2", "dh", "tls-groups", "client-config-dir", "status", "management", "server", "server-ipv6", "push",
            "peer-fingerprint", "topology", "ifconfig-pool-persist", "user", "group", "crl-verify", "block-outside-dns",
        ];
        Assert.Empty(used.Except(DirectiveTable.Names));
    }

    private static DirectiveReader Read(string text)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("x.ovpn", text);
        return reader;
    }
}
