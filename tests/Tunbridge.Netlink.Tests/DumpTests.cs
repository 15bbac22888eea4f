// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

public sealed class DumpTests
{
    // With a single pass, the first interruption already leads to reading card by card.
    [Theory]
    [InlineData(8)]
    [InlineData(1)]
    public async Task List_WhileCardsComeAndGo_ShowsEveryStableCardOnce(int passes)
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        using (NetlinkBatch batch = netlink.CreateBatch())
        {
            for (int i = 0; i < 500; i++)
                batch.Links.CreateVeth($"a{i}", $"b{i}", new() { Group = 9 }, new() { Group = 9 });
            Assert.Empty(batch.Execute());
        }

        HashSet<int> stable = [.. netlink.Links.List(kind: "veth").Select(l => l.Index)];
        Assert.Equal(1000, stable.Count);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using RouteNetlink other = RouteNetlink.Open(space.Namespace);
        int changes = 0;
        Task churn = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    other.Links.CreateBridge("churn");
                    other.Links.Change("churn", new() { Alias = "x" });
                    other.Links.Delete("churn");
                    Interlocked.Increment(ref changes);
                }
            },
            TestContext.Current.CancellationToken);

        netlink.MaximumDumpPasses = passes;
        // Until a listing was interrupted, which takes a few; the bound is for a machine where it never is.
        for (int i = 0; i < 10 || (netlink.InterruptedPasses == 0 && i < 1000); i++)
        {
            IReadOnlyList<Link> links = netlink.Links.List();
            Assert.Equal(links.Count, links.Select(l => l.Index).Distinct().Count());
            Assert.Equal(stable.Count, links.Count(l => stable.Contains(l.Index)));
            Assert.All(links, l => Assert.NotEqual("", l.Name));
        }

        await stop.CancelAsync();
        await churn;
        Assert.True(changes > 0, "nothing changed during the listings");
        Assert.True(netlink.InterruptedPasses > 0, "no listing was interrupted");
        netlink.Links.DeleteGroup(9);
    }

    [Fact]
    public void List_ThousandAddressesAndRoutes_ShowsAll()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        netlink.Links.CreateBridge("br0", link: new() { Up = true });
        int index = netlink.Links.Get("br0").Index;
        using NetlinkBatch batch = netlink.CreateBatch();
        for (int i = 0; i < 1000; i++)
        {
            batch.Addresses.Add(index, $"10.{i / 250}.{i % 250}.1/24");
            batch.Routes.Add(new() { Destination = System.Net.IPNetwork.Parse($"11.{i / 250}.{i % 250}.0/24"), LinkIndex = index, Table = 1000 });
        }

        Assert.Empty(batch.Execute());
        Assert.Equal(1000, netlink.Addresses.List(index, System.Net.Sockets.AddressFamily.InterNetwork).Select(a => a.Address).Distinct().Count());
        Assert.Equal(1000, netlink.Routes.List(1000).Select(r => r.Destination).Distinct().Count());
        Assert.Equal(1000, netlink.Addresses.Flush(index, System.Net.Sockets.AddressFamily.InterNetwork));
        Assert.Empty(netlink.Addresses.List(index, System.Net.Sockets.AddressFamily.InterNetwork));
    }

    [Fact]
    public async Task Exchanges_OnManyThreads_DoNotMix()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        for (int i = 0; i < 8; i++)
            netlink.Links.CreateBridge($"br{i}");
        await Parallel.ForAsync(0, 8, TestContext.Current.CancellationToken, (i, _) =>
        {
            for (int n = 0; n < 200; n++)
            {
                netlink.Links.Change($"br{i}", new() { Mtu = 1000 + n });
                Assert.Equal(($"br{i}", 1000 + n), (netlink.Links.Get($"br{i}").Name, netlink.Links.Get($"br{i}").Mtu));
            }

            return ValueTask.CompletedTask;
        });
    }
}
