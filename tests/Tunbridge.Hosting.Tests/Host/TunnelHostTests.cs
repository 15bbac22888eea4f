// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>What a tunnel does to a host, with the real kernel.</summary>
public sealed class TunnelHostTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RedirectByHalves_WithServerBehindARouter_KeepsTheServerOutside()
    {
        await using HostRig rig = new();
        string before = rig.Routes();
        await using TunnelHost host = rig.Host();

        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true, IPv6 = true }), Stop);

        Assert.Contains("dev tun0", rig.WayTo("8.8.8.8"), StringComparison.Ordinal);
        Assert.Contains("dev tun0", rig.WayTo("2606:4700::1"), StringComparison.Ordinal);
        Assert.Contains("via 192.168.7.1 dev e0", rig.WayTo(HostRig.Server), StringComparison.Ordinal);
        Assert.Contains("via fd07::1 dev e0", rig.WayTo(HostRig.ServerV6), StringComparison.Ordinal);
        Assert.Contains("dev e0", rig.WayTo("192.168.7.77"), StringComparison.Ordinal);
        Assert.True(rig.ServerAnswers(), rig.Routes());
        Assert.True(rig.ServerAnswers(HostRig.ServerV6), rig.Routes());
        await host.UndoAsync();
        Assert.Equal(Without(before, "tun0"), Without(rig.Routes(), "tun0"));
        Assert.DoesNotContain("10.8.0.2", rig.Space.Ip("addr"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("metric 100")]
    public async Task RedirectWhole_ReplacesTheDefaultRouteAndGivesItBack(string metric)
    {
        await using HostRig rig = new(metric);
        string before = rig.Routes();
        await using TunnelHost host = rig.Host();

        await host.ApplyAsync("tun0", HostRig.Demand(new()), Stop);

        Assert.Contains("default via 10.8.0.1 dev tun0", rig.Routes(), StringComparison.Ordinal);
        Assert.Contains("dev tun0", rig.WayTo("8.8.8.8"), StringComparison.Ordinal);
        Assert.True(rig.ServerAnswers(), rig.Routes());
        await host.UndoAsync();
        Assert.Equal(before, rig.Routes());
    }

    [Fact]
    public async Task RedirectWhole_WhenTheCardGoesWithItsProcess_LeavesADefaultRoute()
    {
        await using HostRig rig = new();
        TunnelHost host = rig.Host();
        await host.ApplyAsync("tun0", HostRig.Demand(new()), Stop);

        rig.CloseCard();

        Assert.Contains("via 192.168.7.1 dev e0", rig.WayTo("8.8.8.8"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Recover_AfterTheProcessWasKilled_TakesBackWhatItLeft(bool isWhole)
    {
        await using HostRig rig = new();
        string before = rig.Routes();
        using FakeResolver resolver = new();
        TunnelHost killed = rig.Host(resolver.Told);
        HostDemand demand = HostRig.Demand(new() { ByHalves = !isWhole }, HostRig.Route("198.51.100.0/24", outside: true)) with
        {
            NameServers = [IPAddress.Parse("10.8.0.1")],
        };
        await killed.ApplyAsync("tun0", demand, Stop);
        rig.CloseCard();
        string left = rig.Routes();
        rig.Space.Run(() => HandOver(rig));

        TunnelHost next = rig.Host(resolver.Told);
        await next.RecoverAsync(Stop);

        Assert.NotEqual(before, left);
        Assert.Equal(before, rig.Routes());
        Assert.Contains("revert tun0", resolver.Calls, StringComparison.Ordinal);
        Assert.Empty(rig.Space.Run(TunnelRecord.ListDead));
        Assert.True(rig.Log.HasSaid("ended without taking back what 'office' had on this host"), rig.Log.Text);
    }

    [Fact]
    public async Task Recover_WhileTheOtherProcessLives_LeavesItsRoutes()
    {
        await using HostRig rig = new();
        await using TunnelHost host = rig.Host();
        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true }), Stop);
        string with = rig.Routes();

        await rig.Host().RecoverAsync(Stop);

        Assert.Equal(with, rig.Routes());
    }

    [Fact]
    public async Task Apply_WhenTheResolverFailsAtTheEnd_TakesEverythingBack()
    {
        await using HostRig rig = new();
        string before = rig.Routes();
        using FakeResolver resolver = new(exitCode: 1);
        await using TunnelHost host = rig.Host(resolver.Told);
        HostDemand demand = HostRig.Demand(new() { ByHalves = true }) with { NameServers = [IPAddress.Parse("10.8.0.1")] };

        await Assert.ThrowsAsync<ChangeFailedException>(() => host.ApplyAsync("tun0", demand, Stop));

        Assert.Equal(before, rig.Routes());
        Assert.DoesNotContain("10.8.0.2", rig.Space.Ip("addr"), StringComparison.Ordinal);
        Assert.Empty(rig.Space.Run(() => Directory.GetFiles(StateDirectory.Prepare(), $"{Path.GetFileName(ChangeJournal.FindPath())}*.tunnel")));
    }

    [Fact]
    public async Task Apply_Again_ChangesOnlyWhatDiffers()
    {
        await using HostRig rig = new();
        await using TunnelHost host = rig.Host();
        await host.ApplyAsync("tun0", HostRig.Demand(null, HostRig.Route("10.77.0.0/16", "10.8.0.1"), HostRig.Route("10.78.0.0/16", "10.8.0.1")), Stop);

        await host.ApplyAsync("tun0", HostRig.Demand(null, HostRig.Route("10.78.0.0/16", "10.8.0.1"), HostRig.Route("10.79.0.0/16", "10.8.0.1")), Stop);

        Assert.DoesNotContain("10.77.0.0", rig.Routes(), StringComparison.Ordinal);
        Assert.Contains("10.78.0.0/16 via 10.8.0.1 dev tun0", rig.Routes(), StringComparison.Ordinal);
        Assert.Contains("10.79.0.0/16 via 10.8.0.1 dev tun0", rig.Routes(), StringComparison.Ordinal);
        Assert.Equal(1, rig.Log.Count("net_route_v4_add: 10.78.0.0/16"));
    }

    [Fact]
    public async Task PushedRoute_OverTheServersAddress_DoesNotCatchTheTunnelsOwnPackets()
    {
        await using HostRig rig = new();
        await using TunnelHost host = rig.Host();

        await host.ApplyAsync("tun0", HostRig.Demand(null, HostRig.Route("203.0.113.0/24", "10.8.0.1"), HostRig.Route("203.0.113.9/32", "10.8.0.1")), Stop);

        Assert.Contains("dev tun0", rig.WayTo("203.0.113.10"), StringComparison.Ordinal);
        Assert.Contains("via 192.168.7.1 dev e0", rig.WayTo(HostRig.Server), StringComparison.Ordinal);
        Assert.True(rig.ServerAnswers(), rig.Routes());
        Assert.True(rig.Log.HasSaid("it would lead the tunnel into itself"), rig.Log.Text);
    }

    [Fact]
    public async Task TheHostsDefaultRoute_WhenItMoves_TakesTheServersWayWithIt()
    {
        await using HostRig rig = new();
        await using TunnelHost host = rig.Host();
        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true }), Stop);

        rig.MoveToOtherNetwork();

        await Eventually.Holds(() => rig.WayTo(HostRig.Server).Contains("via 192.168.8.1 dev e1", StringComparison.Ordinal), "the new way", rig.Routes);
        Assert.True(rig.ServerAnswers(), rig.Routes());
        Assert.Contains("dev tun0", rig.WayTo("8.8.8.8"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheHostsDefaultRoute_WhenItIsGone_ClosesTheServersWayInsteadOfLoopingIt()
    {
        await using HostRig rig = new();
        await using TunnelHost host = rig.Host();
        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true }), Stop);

        rig.Space.Ip("link set e0 down");

        Assert.NotEqual(0, rig.Space.Exec("ip", "route", "get", HostRig.Server).ExitCode);
    }

    [Fact]
    public async Task BlockLocal_LeadsTheLocalNetworkIntoTheTunnelButNotTheRouter()
    {
        await using HostRig rig = new();
        await using TunnelHost host = rig.Host();

        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true, BlocksLocal = true }), Stop);

        Assert.Contains("dev tun0", rig.WayTo("192.168.7.77"), StringComparison.Ordinal);
        Assert.Contains("dev e0", rig.WayTo("192.168.7.1"), StringComparison.Ordinal);
        Assert.True(rig.ServerAnswers(), rig.Routes());
    }

    [Fact]
    public async Task BlockIPv6_AnswersWithUnreachableInsteadOfSending()
    {
        await using HostRig rig = new();
        await using TunnelHost host = rig.Host();

        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true, IPv6 = true }) with { BlocksIPv6 = true }, Stop);

        Assert.NotEqual(0, rig.Space.Exec("ip", "route", "get", "2606:4700::1").ExitCode);
        Assert.True(rig.ServerAnswers(HostRig.ServerV6), rig.Routes());
    }

    [Fact]
    public async Task CardWithoutIPv6_WhileOthersHaveIt_LetsNothingLeaveBesideTheTunnel()
    {
        await using HostRig rig = new();
        string before = rig.Routes();
        rig.Space.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/tun0/disable_ipv6", "1"));
        await using TunnelHost host = rig.Host();

        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true, IPv6 = true }, HostRig.Route("2001:db8:7::/48")), Stop);

        Assert.NotEqual(0, rig.Space.Exec("ip", "route", "get", "2606:4700::1").ExitCode);
        Assert.NotEqual(0, rig.Space.Exec("ip", "route", "get", "2001:db8:7::1").ExitCode);
        Assert.Contains("dev e0", rig.WayTo("fd07::77"), StringComparison.Ordinal);
        Assert.True(rig.ServerAnswers(HostRig.ServerV6), rig.Routes());
        Assert.True(rig.Log.HasSaid("IPv6 is switched off on this host"), rig.Log.Text);
        await host.UndoAsync();
        Assert.Equal(before, rig.Routes());
    }

    [Fact]
    public async Task RouteThatTheKernelRefuses_IsToldAndLeftOut()
    {
        await using HostRig rig = new();
        string before = rig.Routes();
        await using TunnelHost host = rig.Host();
        // A broadcast address is no router.
        HostDemand demand = HostRig.Demand(new() { ByHalves = true }, HostRig.Route("10.77.0.0/16", "10.8.0.255"), HostRig.Route("10.78.0.0/16", "10.8.0.1"));

        await host.ApplyAsync("tun0", demand, Stop);

        Assert.Equal(1, rig.Log.Count("ERROR: Linux route add command failed: "));
        Assert.DoesNotContain("10.77.0.0", rig.Routes(), StringComparison.Ordinal);
        Assert.Contains("10.78.0.0/16 via 10.8.0.1 dev tun0", rig.Routes(), StringComparison.Ordinal);
        Assert.Contains("dev tun0", rig.WayTo("8.8.8.8"), StringComparison.Ordinal);
        // Somebody else's, laid meanwhile, is not taken away with ours.
        rig.Space.Ip("route add 10.77.0.0/16 via 192.168.7.1");
        await host.UndoAsync();
        Assert.Contains("10.77.0.0/16 via 192.168.7.1 dev e0", rig.Routes(), StringComparison.Ordinal);
        rig.Space.Ip("route del 10.77.0.0/16");
        Assert.Equal(before, rig.Routes());
    }

    [Fact]
    public async Task Bypass_KeepsNameServersAndDhcpServersBehindTheRouterOutside()
    {
        await using HostRig rig = new();
        rig.Write("etc/resolv.conf", "# hand-made\nnameserver 203.0.113.53\nnameserver 192.168.7.1\n");
        rig.Write("run/systemd/netif/leases/2", "# This is private data.\nADDRESS=192.168.7.2\nSERVER_ADDRESS=203.0.113.67\n");
        rig.Write("var/lib/dhcp/dhclient.e0.leases", "lease {\n  option dhcp-server-identifier 203.0.113.68;\n  option routers 192.168.7.1;\n}\n");
        await using TunnelHost host = rig.Host();

        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true, BypassesDhcp = true, BypassesDns = true }), Stop);

        Assert.All(["203.0.113.53", "203.0.113.67", "203.0.113.68"], a => Assert.Contains("via 192.168.7.1 dev e0", rig.WayTo(a), StringComparison.Ordinal));
        Assert.Contains("dev tun0", rig.WayTo("203.0.113.54"), StringComparison.Ordinal);
        await host.ApplyAsync("tun0", HostRig.Demand(new() { ByHalves = true, BypassesDns = true }), Stop);
        Assert.Contains("dev tun0", rig.WayTo("203.0.113.67"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PointToPoint_HasThePeerAndRoutesByIt()
    {
        await using HostRig rig = new();
        await using TunnelHost host = rig.Host();
        HostDemand demand = new()
        {
            Addresses = [new() { Address = IPAddress.Parse("10.8.0.6"), PrefixLength = 32, Peer = IPAddress.Parse("10.8.0.5") }],
            Mtu = 1400,
            Routes = [HostRig.Route("10.77.0.0/16", "10.8.0.5")],
        };

        await host.ApplyAsync("tun0", demand, Stop);

        Assert.Contains("inet 10.8.0.6 peer 10.8.0.5/32", rig.Space.Ip("addr show tun0"), StringComparison.Ordinal);
        Assert.Contains("mtu 1400", rig.Space.Ip("link show tun0"), StringComparison.Ordinal);
        Assert.Contains("10.77.0.0/16 via 10.8.0.5 dev tun0", rig.Routes(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RouteThatSomebodyElseHas_IsLeftAndTold()
    {
        await using HostRig rig = new();
        rig.Space.Ip("route add 10.77.0.0/16 via 192.168.7.1");
        await using TunnelHost host = rig.Host();

        await host.ApplyAsync("tun0", HostRig.Demand(null, HostRig.Route("10.77.0.0/16", "10.8.0.1")), Stop);
        await host.UndoAsync();

        Assert.Contains("10.77.0.0/16 via 192.168.7.1 dev e0", rig.Routes(), StringComparison.Ordinal);
        Assert.True(rig.Log.HasSaid("is not laid: another one is in its place"), rig.Log.Text);
    }

    [Fact]
    public async Task NameServers_AreToldForAllNamesAndForgotten()
    {
        await using HostRig rig = new();
        using FakeResolver resolver = new();
        await using TunnelHost host = rig.Host(resolver.Told);

        await host.ApplyAsync("tun0", HostRig.Demand() with
        {
            NameServers = [IPAddress.Parse("10.8.0.1"), IPAddress.Parse("fd08::1")],
            SearchDomains = ["corp.example", "--help"],
        }, Stop);
        await host.UndoAsync();

        Assert.Equal("dns tun0 10.8.0.1 fd08::1\ndomain tun0 corp.example ~.\nrevert tun0\n", resolver.Calls);
    }

    // As if this process had been killed: its record says that it was another one, which is dead.
    private static void HandOver(HostRig rig)
    {
        using Process dead = CommandResult.Start("sleep", "3600");
        long start = ProcessHandle.FindStart(dead.Id) ?? 0;
        dead.Kill();
        dead.WaitForExit();
        string path = Assert.Single(Directory.GetFiles(StateDirectory.Prepare(), $"{Path.GetFileName(ChangeJournal.FindPath())}-*.tunnel"));
        string text = File.ReadAllText(path);
        File.Delete(path);
        File.WriteAllText(path.Replace($"-{Environment.ProcessId}-", $"-{dead.Id}-", StringComparison.Ordinal), System.Text.RegularExpressions.Regex.Replace(
            text, "\"process\":\\d+,\"start\":\\d+", $"\"process\":{dead.Id},\"start\":{start}"));
        Assert.NotEmpty(TunnelRecord.ListDead());
        _ = rig;
    }

    private static string Without(string routes, string card) => string.Join('\n', routes.Split('\n').Where(l => !l.Contains(card, StringComparison.Ordinal)));
}
