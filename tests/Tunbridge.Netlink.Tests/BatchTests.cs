// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Netlink.Tests;

public sealed class BatchTests
{
    [Fact]
    public void Execute_ThousandCommands_AllAreDone()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        using NetlinkBatch batch = netlink.CreateBatch();
        for (int i = 0; i < 300; i++)
            batch.Links.CreateBridge($"b{i}", link: new() { Group = 9 });
        Assert.Equal(300, batch.Count);
        Assert.Empty(batch.Execute());
        Assert.Equal(0, batch.Count);

        foreach (Link link in netlink.Links.List(kind: "bridge"))
        {
            batch.Links.Change(link.Index, new() { Mtu = 1400, Alias = $"alias of {link.Name}" });
            batch.Addresses.Add(link.Index, $"10.{link.Index / 256}.{link.Index % 256}.1/24");
        }

        Assert.Empty(batch.Execute());
        Assert.All(netlink.Links.List(kind: "bridge"), l => Assert.Equal((1400, $"alias of {l.Name}"), (l.Mtu, l.Alias)));
        Assert.Equal(300, netlink.Addresses.List(family: System.Net.Sockets.AddressFamily.InterNetwork).Count(a => a.Label![0] == 'b'));
        netlink.Links.DeleteGroup(9);
        Assert.Empty(netlink.Links.List(kind: "bridge"));
    }

    [Fact]
    public void Execute_SomeRefused_EachIsReportedByIndexAndTheRestIsDone()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        netlink.Links.CreateBridge("br0");
        int index = netlink.Links.Get("br0").Index;
        using NetlinkBatch batch = netlink.CreateBatch();
        // Every third is refused, over several sends, the last of all included.
        for (int i = 0; i < 400; i++)
        {
            if (i % 3 == 0)
                batch.Addresses.Delete(InterfaceAddress.Parse(index, "10.99.99.99/24"));
            else
                batch.Addresses.Add(index, $"10.{i / 256}.{i % 256}.1/24");
        }

        IReadOnlyList<NetlinkBatchFailure> failures = batch.Execute();

        Assert.Equal(Enumerable.Range(0, 400).Where(i => i % 3 == 0), failures.Select(f => f.Index));
        Assert.All(failures, f =>
        {
            Assert.Equal((Errno.EADDRNOTAVAIL, "10.99.99.99/24 on br0"), (f.Error.Errno, f.Error.Target));
            Assert.Equal("ipv4: Address not found", f.Error.KernelText);
        });
        Assert.Equal(266, netlink.Addresses.List(index).Count(a => !a.IsIPv6));
    }

    [Fact]
    public void Execute_NothingRecorded_DoesNothing()
    {
        using TestNamespace space = new();
        using RouteNetlink netlink = RouteNetlink.Open(space.Namespace);
        using NetlinkBatch batch = netlink.CreateBatch();
        Assert.Empty(batch.Execute());
    }
}
