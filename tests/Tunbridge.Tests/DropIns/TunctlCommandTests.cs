// SPDX-License-Identifier: Apache-2.0
using Tunbridge.DropIns;
using Tunbridge.Testing;

namespace Tunbridge.Tests.DropIns;

/// <summary>What vde's and Fedora's tunctl have beyond uml-utilities', which refuses it and so cannot be compared with.</summary>
public sealed class TunctlCommandTests
{
    [Theory]
    [InlineData("-t tun7", "tap")]
    [InlineData("-n -t tun7", "tun")]
    [InlineData("-n -t foo0", "tun")]
    [InlineData("-nt foo0", "tun")]
    [InlineData("-p -t tun7", "tap")]
    [InlineData("-n -p -t tun7", "tap")]
    [InlineData("-p -n -t tun7", "tun")]
    public void Run_KindOption_MakesThatKind(string words, string kind)
    {
        RealTool.Require("ip");
        using TestNamespace ns = new(loopback: false);
        string[] args = words.Split(' ');

        (int code, string output, string error) = Run(ns, args);

        Assert.Equal($"Set '{args[^1]}' persistent and owned by uid {Linux.ProcessIdentity.EffectiveUserId}\n", output);
        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Contains($"tun type {kind} ", ns.Ip($"-d link show {args[^1]}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_DeleteTun_WantsKindOption()
    {
        RealTool.Require("ip");
        using TestNamespace ns = new(loopback: false);
        ns.Ip("tuntap add foo0 mode tun");

        Assert.Equal((1, "", "TUNSETIFF: Invalid argument\n"), Run(ns, "-d", "foo0"));
        Assert.Equal((0, "Set 'foo0' nonpersistent\n", ""), Run(ns, "-n", "-d", "foo0"));
        Assert.DoesNotContain("foo0", ns.Ip("link"), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Quirk_IsSilentWhereErrorOutputIsNoTerminal()
    {
        using TestNamespace ns = new(loopback: false);

        Assert.Equal((0, "Set 'nosuch' nonpersistent\n", ""), Run(ns, "-d", "nosuch"));
    }

    private static (int Code, string Output, string Error) Run(TestNamespace ns, params string[] args) => ns.Run(() =>
    {
        using StringWriter output = new(), error = new();
        int code = TunctlCommand.Run("tunctl", args, output, error);
        return (code, output.ToString(), error.ToString());
    });
}
