// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>
/// Never break the host: what overlaps its network, takes its way out or another program's card is refused (exit 1),
/// both are named, and nothing changed; <c>--force</c> does it.
/// </summary>
/// <remarks>
/// <code>
///   lan0 192.168.0.7/24 ── default via 192.168.0.254      wan0 172.16.0.2/30 (other variants)
///   theirs: a TAP without our mark                        mine: a TAP of tunbridge's
/// </code>
/// </remarks>
public sealed class HostGuardTests
{
    [Theory]
    [InlineData("up", "192.168.0.1/24", "lan0")]
    [InlineData("add card --kind tap --address 192.168.0.1/24 --up", "192.168.0.1/24", "lan0")]
    [InlineData("add card --kind tap --address 192.168.0.129/25", "192.168.0.129/25", "lan0")]
    [InlineData("add card --kind tap --address 192.168.1.1/16", "192.168.1.1/16", "lan0")]
    [InlineData("add card --kind tun --address 192.168.0.254/32 --up", "192.168.0.254", "lan0")]
    [InlineData("add card --kind tap --address fd00:1::5/64 --up", "fd00:1::5/64", "lan0")]
    [InlineData("set mine --address 192.168.0.1/24 --up", "192.168.0.1/24", "lan0")]
    [InlineData("set mine --mtu 1300 --address 192.168.0.3/32", "192.168.0.3/32", "lan0")]
    // The gateway of a route lies in no prefix of an address.
    [InlineData("add card --kind tap --address 172.20.0.1/16", "172.20.0.1/16", "172.20.0.254")]
    [InlineData("set mine --address 172.20.0.1/16", "172.20.0.1/16", "172.20.0.254")]
    // A routed network.
    [InlineData("add card --kind tap --address 10.44.0.1/24", "10.44.0.1/24", "10.44.0.0/16")]
    public void Change_OverlapsTheHostsNetwork_IsRefusedUnlessForced(string line, string ours, string theirs)
    {
        using TestNamespace space = Host();
        string before = space.Dump();

        CommandResult refused = space.Tunbridge(line);
        CommandResult dry = space.Tunbridge($"{line} --dry-run");
        CommandResult json = space.Tunbridge($"{line} --json");

        foreach (CommandResult result in (CommandResult[])[refused, dry, json])
        {
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Contains(ours, result.Error, StringComparison.Ordinal);
            Assert.Contains(theirs, result.Error, StringComparison.Ordinal);
            Assert.Contains("--force", result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, space.Dump());
        CommandResult forced = space.Tunbridge($"{line} --force");
        Assert.True(forced.ExitCode == 0, forced.Error);
        Assert.Contains("forced: ", forced.Error, StringComparison.Ordinal);
        Assert.NotEqual(before, space.Dump());
    }

    [Theory]
    [InlineData("up", "addresses: [192.168.0.1/24]", "192.168.0.1/24")]
    [InlineData("restart", "addresses: [192.168.0.1/24]", "192.168.0.1/24")]
    [InlineData("reload", "addresses: [192.168.0.1/24]", "192.168.0.1/24")]
    [InlineData("try --timeout 1", "addresses: [192.168.0.1/24]", "192.168.0.1/24")]
    [InlineData("plan", "addresses: [192.168.0.1/24]", "192.168.0.1/24")]
    [InlineData("serve", "addresses: [192.168.0.1/24]", "192.168.0.1/24")]
    [InlineData("up", "routes: [{to: 0.0.0.0/0}]", "route default of card")]
    [InlineData("up", "routes: [{to: 0.0.0.0/1}, {to: 128.0.0.0/1}]", "route 0.0.0.0/1 of card")]
    [InlineData("up", "routes: [{to: 192.168.0.0/25}]", "192.168.0.0/25")]
    [InlineData("reload", "addresses: [10.6.0.1/32], routes: [{to: 172.20.0.0/16}]", "172.20.0.254")]
    public void File_CutsTheHostOff_IsRefusedUnlessForced(string command, string keys, string ours)
    {
        using TestNamespace space = Host();
        using ConfigurationText file = new($"devices: {{card: {{kind: tap}}}}");
        space.Must($"up -f {file.Path} --name guard");
        file.Write($"devices: {{card: {{kind: tap, {keys}}}}}");
        string before = space.Dump();

        CommandResult refused = space.Tunbridge($"{command} -f {file.Path} --name guard");

        Assert.Equal(1, refused.ExitCode);
        foreach (string said in (string[])["card", ours, "lan0", "--force"])
            Assert.Contains(said, refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
        if (command is "up" or "restart" or "reload")
        {
            Assert.Contains("forced: ", space.Tunbridge($"{command} -f {file.Path} --name guard --force").Error, StringComparison.Ordinal);
            Assert.NotEqual(before, space.Dump());
        }
    }

    [Theory]
    [InlineData("set mine --up")]
    [InlineData("add card --kind tap --address 192.168.9.1/24 --up")]
    [InlineData("set mine --address 192.168.9.1/24")]
    public void Change_BesideTheHostsNetwork_IsDone(string line)
    {
        using TestNamespace space = Host();
        Assert.Equal(0, space.Tunbridge(line).ExitCode);
    }

    [Theory]
    [InlineData("set theirs --up")]
    [InlineData("set theirs --mtu 1300")]
    [InlineData("delete theirs")]
    [InlineData("delete mine theirs")]
    public void Change_ForeignCard_IsRefusedUnlessForced(string line)
    {
        using TestNamespace space = Host();
        string before = space.Dump();

        string error = space.Tunbridge(line).AssertOneLine(1);

        Assert.Contains("theirs was not made by tunbridge", error, StringComparison.Ordinal);
        Assert.Contains("--force", error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
        space.Must($"{line} --force");
        Assert.NotEqual(before, space.Dump());
    }

    [Fact]
    public void Up_CardOfThatNameIsForeign_IsRefused()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add tap0 mode tap user nobody");
        string before = space.Dump();

        string error = space.Tunbridge("up").AssertOneLine(1);

        Assert.Contains("tap0", error, StringComparison.Ordinal);
        Assert.Contains("nobody", error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
        // Neither does down take it away.
        space.Tunbridge("down");
        Assert.Equal(before, space.Dump());
        Assert.Equal(1, space.Tunbridge("status").ExitCode);
    }

    [Theory]
    [InlineData("delete lan0 --force")]
    [InlineData("set lan0 --down --force")]
    [InlineData("delete lo --force")]
    public void Change_NoCardAtAll_IsRefusedEvenByForce(string line)
    {
        using TestNamespace space = Host();
        string before = space.Dump();
        Assert.Contains("no TUN or TAP", space.Tunbridge(line).AssertOneLine(1), StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    [Theory]
    [InlineData("set mine --bridge br0", "mine")]
    [InlineData("set mine --no-bridge --bridge br0 --down", "exclude")]
    public void Set_CardWithTheDefaultRouteBecomesAPort_IsRefusedUnlessForced(string line, string said)
    {
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        space.Must("add mine --kind tap --address 10.8.0.1/24 --up");
        space.Ip("route add default via 10.8.0.254 dev mine");
        string before = space.Dump();

        CommandResult result = space.Tunbridge(line);

        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.Equal(said == "exclude" ? 2 : 1, result.ExitCode);
        Assert.Equal(before, space.Dump());
        if (result.ExitCode != 1)
            return;
        Assert.Contains("default", result.Error, StringComparison.Ordinal);
        Assert.Contains("br0", result.Error, StringComparison.Ordinal);
        space.Must($"{line} --force");
        Assert.Equal("br0", space.Link("mine").GetProperty("master").GetString());
    }

    [Fact]
    public void Up_FileNamesAPortThatCarriesTheDefaultRoute_IsRefused()
    {
        using TestNamespace space = Host();
        space.Ip("link add br0 type bridge");
        space.Ip("link set lan0 master br0");
        using ConfigurationText file = new("devices:\n  tap5:\n    kind: tap\n    bridge: lan0\n    up: true\n");
        string before = space.Dump();
        CommandResult result = space.Tunbridge($"up -f {file.Path}");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("lan0", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    private static TestNamespace Host()
    {
        TestNamespace space = new();
        // Addresses that are being tried out would change between two looks.
        space.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/accept_dad", "0"));
        space.Ip("link add lan0 type veth peer name far0");
        space.Ip("link set far0 up");
        space.Ip("link set lan0 up");
        space.Ip("addr add 192.168.0.7/24 dev lan0");
        space.Ip("addr add fd00:1::7/64 dev lan0 nodad");
        space.Ip("route add default via 192.168.0.254 dev lan0");
        space.Ip("route add 10.55.0.0/16 via 172.20.0.254 dev lan0 onlink");
        space.Ip("route add 10.44.0.0/16 via 192.168.0.250 dev lan0");
        space.Ip("tuntap add theirs mode tap");
        space.Must("add mine --kind tap");
        return space;
    }
}
