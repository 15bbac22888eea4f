// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

public sealed class MonitorTests
{
    private static readonly int s_patience = (int)Generous.Patience.TotalMilliseconds;

    [Fact]
    public void TryRead_EachKindOfChange_Arrives()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        using NetlinkMonitor monitor = NetlinkMonitor.Open(space.Namespace);
        Assert.False(monitor.TryRead(out _));

        netlink.Links.CreateBridge("br0", link: new() { Up = true });
        int index = netlink.Links.Get("br0").Index;
        Next<LinkEvent>(monitor, e => e.Link.Name == "br0" && !e.IsRemoved);
        netlink.Links.Change(index, new() { Mtu = 1400 });
        Next<LinkEvent>(monitor, e => e.Link.Mtu == 1400);
        netlink.Addresses.Add(index, "10.0.0.1/24");
        Next<AddressEvent>(monitor, e => e.Address.ToString() == "10.0.0.1/24" && e.Address.LinkIndex == index);
        Route route = new() { Destination = IPNetwork.Parse("11.0.0.0/8"), Gateway = IPAddress.Parse("10.0.0.2") };
        netlink.Routes.Add(route);
        Next<RouteEvent>(monitor, e => e.Route.Destination == route.Destination && e.Route.Gateway!.Equals(route.Gateway));
        netlink.Neighbours.Add(new() { LinkIndex = index, Address = IPAddress.Parse("10.0.0.3"), HardwareAddress = HardwareAddress.Parse("02:00:00:00:00:01") });
        Next<NeighbourEvent>(monitor, e => e.Neighbour.Address.ToString() == "10.0.0.3" && e.Neighbour.State == NeighbourState.Permanent);
        netlink.Rules.Add(new() { Family = AddressFamily.InterNetwork, Table = 77, Priority = 5 });
        Next<RuleEvent>(monitor, e => e.Rule.Table == 77 && !e.IsRemoved);
        netlink.Rules.Delete(new() { Family = AddressFamily.InterNetwork, Table = 77, Priority = 5 });
        Next<RuleEvent>(monitor, e => e.Rule.Table == 77 && e.IsRemoved);
        netlink.Routes.Delete(route);
        Next<RouteEvent>(monitor, e => e.Route.Destination == route.Destination && e.IsRemoved);
        netlink.Addresses.Delete(InterfaceAddress.Parse(index, "10.0.0.1/24"));
        Next<AddressEvent>(monitor, e => e.Address.ToString() == "10.0.0.1/24" && e.IsRemoved);
        netlink.Links.Delete(index);
        Next<LinkEvent>(monitor, e => e.Link.Index == index && e.IsRemoved);
    }

    [Fact]
    public void TryRead_OtherTopics_AreNotHeard()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        using NetlinkMonitor monitor = NetlinkMonitor.Open(space.Namespace, NetlinkTopics.Addresses);
        netlink.Links.CreateBridge("br0");
        netlink.Addresses.Add(netlink.Links.Get("br0").Index, "10.0.0.1/24");
        Assert.True(monitor.TryRead(out NetlinkEvent? first, null, s_patience));
        Assert.IsType<AddressEvent>(first);
    }

    [Theory]
    [InlineData("ipv4", "rp_filter", "2")]
    [InlineData("ipv4", "forwarding", "1")]
    [InlineData("ipv4", "proxy_arp", "1")]
    [InlineData("ipv4", "ignore_routes_with_linkdown", "1")]
    [InlineData("ipv6", "forwarding", "1")]
    [InlineData("ipv6", "ignore_routes_with_linkdown", "1")]
    public void TryRead_SettingOfACard_IsHeard(string family, string setting, string value)
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        netlink.Links.CreateBridge("br0");
        int index = netlink.Links.Get("br0").Index;
        using NetlinkMonitor monitor = NetlinkMonitor.Open(space.Namespace, NetlinkTopics.Settings);
        space.Run(() => File.WriteAllText($"/proc/sys/net/{family}/conf/br0/{setting}", value));
        Next<SettingsEvent>(monitor, e => e.LinkIndex == index && e.IsIPv6 == (family == "ipv6") && !e.IsRemoved);
    }

    [Fact]
    public async Task ReadAllAsync_EventsAndCancellation_ArriveAndEnd()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        using NetlinkMonitor monitor = NetlinkMonitor.Open(space.Namespace, NetlinkTopics.Links);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reader = Task.Run(
            async () =>
            {
                await foreach (NetlinkEvent e in monitor.ReadAllAsync(stop.Token))
                {
                    if (e is LinkEvent { Link.Name: "br7" })
                        seen.TrySetResult("br7");
                }
            },
            TestContext.Current.CancellationToken);
        for (int i = 0; i < 8; i++)
            netlink.Links.CreateBridge($"br{i}");
        Assert.Equal("br7", await seen.Task.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Dispose_WhileReadersWait_EndsThem()
    {
        using TestNamespace space = new();
        NetlinkMonitor blocking = NetlinkMonitor.Open(space.Namespace, NetlinkTopics.Rules);
        NetlinkMonitor awaiting = NetlinkMonitor.Open(space.Namespace, NetlinkTopics.Rules);
        Task<bool> blocked = Task.Run(() => blocking.TryRead(out _, null), TestContext.Current.CancellationToken);
        Task<int> awaited = Task.Run(
            async () =>
            {
                int count = 0;
                await foreach (NetlinkEvent e in awaiting.ReadAllAsync(TestContext.Current.CancellationToken))
                    count++;
                return count;
            },
            TestContext.Current.CancellationToken);
        blocking.Dispose();
        awaiting.Dispose();
        Assert.False(await blocked.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(0, await awaited.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task TryRead_WakeSet_Ends()
    {
        using TestNamespace space = new();
        using NetlinkMonitor monitor = NetlinkMonitor.Open(space.Namespace, NetlinkTopics.Rules);
        using EventFd wake = new();
        Task<bool> blocked = Task.Run(() => monitor.TryRead(out _, wake), TestContext.Current.CancellationToken);
        wake.Set();
        Assert.False(await blocked.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void TryRead_MoreEventsThanFit_TellsThatSomeAreLost()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        netlink.Links.CreateBridge("br0");
        int index = netlink.Links.Get("br0").Index;
        using NetlinkMonitor monitor = NetlinkMonitor.Open(space.Namespace, NetlinkTopics.Links);
        using NetlinkBatch batch = netlink.CreateBatch();
        // The buffer has 4 MiB (asked for; the kernel doubles it) and an event takes 2 KiB and more of it.
        for (int i = 0; i < 12_000; i++)
            batch.Links.Change(index, new() { Mtu = 1000 + (i % 2) });
        Assert.Empty(batch.Execute());

        bool lost = false;
        while (monitor.TryRead(out NetlinkEvent? e))
            lost |= e is EventsLost;
        Assert.True(lost);
        // And goes on.
        netlink.Links.Change(index, new() { Mtu = 1234 });
        Next<LinkEvent>(monitor, e => e.Link.Mtu == 1234);
    }

    private static void Next<T>(NetlinkMonitor monitor, Func<T, bool> wanted)
        where T : NetlinkEvent
    {
        while (monitor.TryRead(out NetlinkEvent? e, null, s_patience))
        {
            if (e is T typed && wanted(typed))
                return;
        }

        Assert.Fail($"no such {typeof(T).Name} arrived");
    }
}
