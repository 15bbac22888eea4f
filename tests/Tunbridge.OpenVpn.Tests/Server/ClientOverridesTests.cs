// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Tests.Server;

public sealed class ClientOverridesTests
{
    private const string Network = "server 10.8.0.0 255.255.255.0\ntopology subnet\nserver-ipv6 fd00:9::/64\nkeepalive 10 60\n" +
        "push \"route 10.77.0.0 255.255.255.0\"\npush \"route 10.88.0.0 255.255.255.0\"\npush \"route-ipv6 fd77::/64\"\npush \"dhcp-option DNS 10.8.0.1\"";

    [Fact]
    public void Client_WithoutAnything_IsPushedInOrder() => Assert.Equal(
        [
            "route 10.77.0.0 255.255.255.0", "route 10.88.0.0 255.255.255.0", "route-ipv6 fd77::/64", "dhcp-option DNS 10.8.0.1", "tun-ipv6",
            "route-gateway 10.8.0.1", "topology subnet", "ping 10", "ping-restart 60", "ifconfig-ipv6 fd00:9::1000/64 fd00:9::1",
            "ifconfig 10.8.0.2 255.255.255.0", "auth-token",
        ], Compose("", hasToken: true));

    [Fact]
    public void Client_WithItsOwn_IsPushedIt()
    {
        string[] pushed = Compose("ifconfig-push 10.8.0.99 255.255.255.0\nifconfig-ipv6-push fd00:9::99/64\npush \"echo hello\"\n");
        Assert.Contains("ifconfig 10.8.0.99 255.255.255.0", pushed);
        Assert.Contains("ifconfig-ipv6 fd00:9::99/64 fd00:9::1", pushed);
        Assert.Equal("echo hello", pushed[9]);          // after those for all
    }

    [Fact]
    public void Iroute_TakesTheSameRouteFromItsClient()
    {
        string[] pushed = Compose("iroute 10.88.0.0 255.255.255.0\niroute-ipv6 fd77::/64\n");
        Assert.DoesNotContain(pushed, o => o.Contains("10.88.", StringComparison.Ordinal) || o.Contains("fd77", StringComparison.Ordinal));
        Assert.Contains("route 10.77.0.0 255.255.255.0", pushed);
    }

    [Fact]
    public void PushReset_TakesAllAndKeepsWhatIsTheClients() =>
        Assert.Equal(["echo mine", "ifconfig-ipv6 fd00:9::1000/64 fd00:9::1", "ifconfig 10.8.0.2 255.255.255.0"], Compose("push-reset\npush \"echo mine\"\n"));

    [Fact]
    public void PushRemove_TakesWhatBeginsWithTheText_AndChangesAnOption()
    {
        string[] pushed = Compose("push-remove \"dhcp-option DNS\"\npush \"dhcp-option DNS 10.8.0.53\"\npush-remove ifconfig-ipv6\npush-remove route-ipv6\n");
        Assert.Equal(["dhcp-option DNS 10.8.0.53"], pushed.Where(o => o.StartsWith("dhcp", StringComparison.Ordinal)));
        Assert.DoesNotContain(pushed, o => o.StartsWith("ifconfig-ipv6", StringComparison.Ordinal) || o.StartsWith("route-ipv6", StringComparison.Ordinal));
        Assert.Contains(pushed, o => o.StartsWith("ifconfig ", StringComparison.Ordinal));
    }

    [Fact]
    public void ClientConnect_GoesOnFromTheFile()
    {
        List<DirectiveProblem> problems = [];
        ClientOverrides file = ClientOverrides.Read(ClientOverrides.None, "ccd/alice", "ifconfig-push 10.8.0.9 255.255.255.0\ninactive 60 1000\ncipher AES-128-GCM\n",
            static _ => null, problems);
        ClientOverrides made = ClientOverrides.Read(file, "client-connect", "config more\ndata-ciphers AES-256-CBC:nonsense\ndisable\nping-restart 9\n",
            static name => name == "more" ? "session-timeout 5\ncomp-lzo no\n" : null, problems);
        Assert.Empty(problems);
        Assert.Equal(("10.8.0.9", 60.0, 1000L, "AES-128-GCM", 5.0, 9.0, true, PayloadFraming.Lzo),
            (made.Address!.ToString(), made.Inactive!.Value.TotalSeconds, made.InactiveBytes, made.FallbackCipher, made.SessionTimeout!.Value.TotalSeconds,
                made.PingRestart!.Value.TotalSeconds, made.IsDisabled, made.Framing));
        Assert.Equal(["AES-256-CBC"], made.DataCiphers);
    }

    [Theory]
    [InlineData("up /bin/sh", "option 'up' cannot be used in this context")]
    [InlineData("setenv PATH /tmp", "cannot be used in this context")]
    [InlineData("plugin x.so", "cannot be used in this context")]
    [InlineData("management 127.0.0.1 1", "cannot be used in this context")]
    [InlineData("<ca>\nx\n</ca>", "cannot be used in this context")]
    [InlineData("push \"a,b\"", "comma")]
    [InlineData("push \"\"", "name")]
    [InlineData("iroute 10.0.0.0 255.0.255.0", "iroute: missing, extra or wrong")]
    [InlineData("iroute", "iroute: missing, extra or wrong")]
    [InlineData("ifconfig-push 10.0.0.1", "ifconfig-push: missing")]
    [InlineData("ifconfig-ipv6-push fd00::1", "ifconfig-ipv6-push: missing")]
    [InlineData("cipher BF-CBC", "weak or not offered")]
    [InlineData("compress lz4", "stub-v2")]
    [InlineData("config nowhere", "cannot be read")]
    [InlineData("push \"unclosed", "quote")]
    public void Line_ThatIsNoClientsOwn_IsAProblemWithItsLine_AndTheRestHolds(string line, string why)
    {
        List<DirectiveProblem> problems = [];
        ClientOverrides made = ClientOverrides.Read(ClientOverrides.None, "ccd/bob", $"push \"echo 1\"\n{line}\npush \"echo 2\"\n", static _ => null, problems);
        DirectiveProblem problem = Assert.Single(problems);
        Assert.Equal((true, 2), (problem.IsError, problem.Line));
        Assert.Contains(why, problem.Text, StringComparison.Ordinal);
        Assert.Equal(["echo 1", "echo 2"], made.Push);
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("alice@example.org", true)]
    [InlineData("Jürgen Müller", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData(".hidden", false)]
    [InlineData("../etc/passwd", false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\nb", false)]
    public void Name_AsFileName_IsSafeOrNot(string name, bool isSafe) => Assert.Equal(isSafe, ClientOverrides.IsSafeFileName(name));

    [Fact]
    public void Name_TooLong_IsNoFileName() =>
        Assert.Equal((true, false, false), (ClientOverrides.IsSafeFileName(new string('a', 255)), ClientOverrides.IsSafeFileName(new string('a', 256)),
            ClientOverrides.IsSafeFileName(new string('ä', 128))));

    private static string[] Compose(string own, bool hasToken = false)
    {
        List<DirectiveProblem> problems = [];
        ServerPlan plan = AddressPoolTests.Plan(Network);
        ClientOverrides overrides = ClientOverrides.Read(ClientOverrides.None, "ccd/x", own, static _ => null, problems);
        Assert.Empty(problems);
        Assert.True(new AddressPool(plan.Pool!).TryTake("x", out PoolLease? lease));
        return [.. PushComposer.Compose(plan, overrides, overrides.Addresses(plan, lease), hasToken)];
    }
}
