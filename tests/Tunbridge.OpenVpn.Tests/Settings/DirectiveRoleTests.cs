// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Tests.Settings;

/// <summary>Directives of the other role, of front ends, of older versions: nothing is unknown, nothing is without effect in silence.</summary>
public sealed class DirectiveRoleTests
{
    private const string Client = "client\nremote a\nnobind\nremote-cert-tls server\n";
    private const string Server = "server 10.9.0.0 255.255.255.0\ndev tun\n";

    [Theory]
    [InlineData("client-to-client")]
    [InlineData("client-config-dir ccd")]
    [InlineData("ifconfig-pool-persist ipp.txt")]
    [InlineData("verify-client-cert none")]
    [InlineData("auth-user-pass-verify /bin/true via-env")]
    [InlineData("auth-user-pass-file users")]
    public void ServersDirective_InAClient_IsRefused(string line) =>
        Assert.Contains("requires --mode server", Assert.Single(Problems($"{Client}{line}\n"), p => p.IsError).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("auth-user-pass", "client side only")]
    [InlineData("remote a", "--remote cannot be used with --mode server")]
    [InlineData("nobind", "unless used with --remote")]
    [InlineData("redirect-gateway def1", "--push")]
    [InlineData("up-delay", "cannot be used")]
    [InlineData("ccd-exclusive", "client-config-dir")]
    [InlineData("username-as-common-name", "auth-user-pass-verify")]
    [InlineData("server-bridge", "cannot be used together")]
    [InlineData("ifconfig-pool 10.9.0.4 10.9.0.9", "already defines")]
    [InlineData("keepalive 10 5", "at least twice")]
    [InlineData("keepalive 10 60\nping-exit 5", "conflicts with --ping", 4)]
    [InlineData("management-client-auth", "auth-user-pass-verify")]
    [InlineData("verify-hash aa:bb", "peer-fingerprint")]
    [InlineData("x509-username-field emailAddress", "username-as-common-name")]
    [InlineData("client-cert-not-required", "verify-client-cert none")]
    [InlineData("port-share localhost 443", "HAProxy")]
    [InlineData("bind ipv4only", "ipv6only")]
    [InlineData("lladdr 02:00:00:00:00", "MAC address")]
    [InlineData("verb 3\0", "NUL")]
    public void Directive_ThatAServerCannotHave_IsRefusedWithTheReason(string line, string reason, int number = 3)
    {
        DirectiveProblem problem = Assert.Single(Problems($"{Server}{line}\n"), p => p.IsError);
        Assert.Equal(number, problem.Line);
        Assert.Contains(reason, problem.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("management /run/m.sock unix")]
    [InlineData("management-log-cache 50")]
    [InlineData("passtos")]
    [InlineData("memstats file")]
    [InlineData("compat-mode 2.4.0")]
    [InlineData("udp-mtu 1400")]
    [InlineData("replay-persist file")]
    [InlineData("remap-usr1 SIGHUP")]
    [InlineData("x509-track CN")]
    [InlineData("persist-remote-ip")]
    [InlineData("push \"route 10.0.0.0 255.0.0.0\"")]
    public void Directive_WithoutEffect_GetsANote(string line)
    {
        DirectiveProblem problem = Assert.Single(Problems($"{Client}{line}\n"));
        Assert.False(problem.IsError);
        Assert.Equal(5, problem.Line);
    }

    /// <summary>Everything that `openvpn --help` of 2.6.14 lists for a tunnel, as far as it is no mode of the program.</summary>
    [Fact]
    public void Table_HasEveryDirectiveOfTheReferencesHelp()
    {
        string[] later =
        [
            "gremlin", "keying-material-exporter", "management-client-auth", "management-client-group", "management-client-user",
            "management-forget-disconnect", "management-log-cache", "management-query-proxy", "management-query-remote", "management-signal",
            "management-up-down", "memstats", "no-name-remapping", "passtos", "proto-force", "remote-random-hostname", "route-ipv6-gateway",
            "x509-track",
        ];
        Assert.Empty(later.Except(DirectiveTable.Names));
    }

    [Fact]
    public void ForwardCompatible_Unknown_IsPassedOverFromThereOn()
    {
        IReadOnlyList<DirectiveProblem> problems = Problems($"{Client}setenv FORWARD_COMPATIBLE 1\nteleport now\n<beam>\nup\n</beam>\nverb 3\n");
        Assert.Equal(["x.ovpn:6: teleport: unknown, passed over as asked", "x.ovpn:7: beam: unknown, passed over as asked"], problems.Select(p => p.ToString()));
        Assert.Contains(Problems($"{Client}teleport now\nsetenv FORWARD_COMPATIBLE 1\n"), p => p.IsError && p.Line == 5);
    }

    [Fact]
    public void ProtoForce_Remotes_AreThoseOfThatProtocol()
    {
        TunnelConfiguration made = Build("client\nremote-cert-tls server\nremote a 1 udp\nremote b 2 tcp4\nremote c 3\nproto-force tcp\n", out IReadOnlyList<DirectiveProblem> problems);
        Assert.Empty(problems);
        Assert.Equal("b", Assert.Single(made.Remotes).Host);
        Assert.Contains(Problems($"{Client}proto-force tcp\n"), p => p.IsError && p.Text.Contains("no remote", StringComparison.Ordinal));
    }

    [Fact]
    public void LocalPort_Zero_IsAnyPort()
    {
        Assert.Null(Build("client\nremote a\nremote-cert-tls server\nlport 0\n", out IReadOnlyList<DirectiveProblem> problems).LocalPort);
        Assert.Empty(problems);
    }

    [Fact]
    public void Numbers_BeyondTheirRange_AreTheNearest()
    {
        TunnelConfiguration made = Build($"{Client}verb 20\nnice 50\nconnect-retry-max 0\nremote-random-hostname\n", out IReadOnlyList<DirectiveProblem> problems);
        Assert.Empty(problems);
        Assert.Equal((11, 19, null, true), (made.Process.Verbosity, made.Process.Nice, made.Client.RetryRounds, made.Client.RandomizesNames));
    }

    [Fact]
    public void Bind_Ipv6Only_IsTaken() =>
        Assert.True(Build($"{Server}proto udp6\nbind ipv6only\n", out _).Sockets.IsIPv6Only);

    private static IReadOnlyList<DirectiveProblem> Problems(string text)
    {
        _ = Build(text, out IReadOnlyList<DirectiveProblem> problems);
        return problems;
    }

    private static TunnelConfiguration Build(string text, out IReadOnlyList<DirectiveProblem> problems)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("x.ovpn", text);
        return TunnelConfigurationBuilder.Build(reader, out problems);
    }
}
