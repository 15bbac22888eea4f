// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Tests.Server;

public sealed class AddressPoolTests
{
    [Theory]
    [InlineData("server 10.8.0.0 255.255.255.0\ntopology subnet", "10.8.0.1/24", "10.8.0.2 255.255.255.0", "10.8.0.254", 253)]
    [InlineData("server 10.8.0.0 255.255.255.0", "10.8.0.1/32 10.8.0.2", "10.8.0.6 10.8.0.5", "10.8.0.250", 62)]
    [InlineData("server 10.8.0.0 255.255.255.248", "10.8.0.1/32 10.8.0.2", "10.8.0.6 10.8.0.5", "10.8.0.6", 1)]
    [InlineData("server 10.8.0.0 255.255.255.0\ntopology p2p", "10.8.0.1/32 10.8.0.2", "10.8.0.4 10.8.0.1", "10.8.0.251", 248)]
    [InlineData("dev tap\nserver 10.8.0.0 255.255.255.0", "10.8.0.1/24", "10.8.0.2 255.255.255.0", "10.8.0.254", 253)]
    [InlineData("dev tap\nserver-bridge 10.8.0.4 255.255.255.0 10.8.0.50 10.8.0.60", "-", "10.8.0.50 255.255.255.0", "10.8.0.60", 11)]
    [InlineData("mode server\ntopology subnet\nifconfig 10.8.0.1 255.255.0.0\nifconfig-pool 10.8.1.0 10.8.1.3", "10.8.0.1/16", "10.8.1.0 255.255.0.0", "10.8.1.3", 4)]
    [InlineData("server 10.0.0.0 255.255.0.0\ntopology subnet", "10.0.0.1/16", "10.0.0.2 255.255.0.0", "10.0.255.254", 65533)]
    public void Server_Network_GivesItsAddressesToClients(string lines, string server, string first, string last, int size)
    {
        ServerPlan plan = Plan(lines);
        Assert.Equal(server, plan.Address is { } own ? $"{own.Address}/{own.PrefixLength}{(own.Peer is null ? "" : $" {own.Peer}")}" : "-");
        AddressPool pool = new(plan.Pool!);
        Assert.Equal(size, pool.Size);
        PoolLease? lease = null;
        for (int i = 0; i < size; i++)
        {
            Assert.True(pool.TryTake($"c{i}", out lease));
            if (i == 0)
                Assert.Equal(first, $"{plan.Addresses(lease).Address} {plan.Addresses(lease).MaskOrPeer}");
        }
        Assert.Equal(last, lease!.Address!.ToString());
        Assert.False(pool.TryTake("one too many", out _));
        Assert.Equal(size, pool.Taken);
    }

    [Theory]
    [InlineData("fd00:9::/64", "fd00:9::1/64", "fd00:9::1000", 253)]
    [InlineData("fd00:9::/112", "fd00:9::1/112", "fd00:9::2", 253)]
    [InlineData("fd00:9::/124", "fd00:9::1/124", "fd00:9::2", 14)]
    public void Server_NetworkV6_SharesTheIndex(string network, string server, string first, int size)
    {
        ServerPlan plan = Plan($"topology subnet\nserver 10.8.0.0 255.255.255.0\nserver-ipv6 {network}");
        Assert.Equal(server, $"{plan.AddressV6!.Address}/{plan.AddressV6.PrefixLength}");
        AddressPool pool = new(plan.Pool!);
        Assert.Equal(size, pool.Size);
        Assert.True(pool.TryTake("a", out PoolLease? lease));
        Assert.Equal((first, "10.8.0.2"), (lease.AddressV6!.ToString(), lease.Address!.ToString()));
        Assert.Equal(server.Split('/')[0], plan.Addresses(lease).PeerV6!.ToString());
    }

    [Theory]
    [InlineData("server 10.8.0.0 255.255.255.0\ntopology subnet\nkeepalive 10 60", "route-gateway 10.8.0.1|topology subnet|ping 10|ping-restart 60")]
    [InlineData("server 10.8.0.0 255.255.255.0", "route 10.8.0.1|topology net30")]
    [InlineData("server 10.8.0.0 255.255.255.0\nclient-to-client", "route 10.8.0.0 255.255.255.0|topology net30")]
    [InlineData("server 10.8.0.0 255.255.255.0\ntopology p2p", "topology p2p")]
    [InlineData("dev tap\nserver 10.8.0.0 255.255.255.0", "route-gateway 10.8.0.1")]
    [InlineData("dev tap\nserver-bridge", "route-gateway dhcp")]
    [InlineData("dev tap\nserver-bridge nogw", "")]
    [InlineData("dev tap\nserver-bridge 10.8.0.4 255.255.255.0 10.8.0.50 10.8.0.60", "route-gateway 10.8.0.4")]
    [InlineData("server 10.8.0.0 255.255.255.0\ntopology subnet\nserver-ipv6 fd00:9::/64", "tun-ipv6|route-gateway 10.8.0.1|topology subnet")]
    public void Server_Helpers_PushWhatFollows(string lines, string pushed) =>
        Assert.Equal(pushed, string.Join('|', Plan(lines).ImplicitPush));

    [Fact]
    public void Name_ComingBack_GetsItsSlot_ThenNeverUsed_ThenLongestFree()
    {
        AddressPool pool = new(new() { First = IPAddress.Parse("10.0.0.1"), Last = IPAddress.Parse("10.0.0.3") });
        PoolLease a = Take(pool, "a"), b = Take(pool, "b");
        Assert.Equal((0, 1), (a.Index, b.Index));
        pool.Release(b);
        pool.Release(a);
        pool.Release(a);                                // twice does no harm
        Assert.Equal(0, pool.Taken);
        Assert.Equal(0, Take(pool, "a").Index);         // its own
        Assert.Equal(2, Take(pool, "c").Index);         // nobody had it
        PoolLease d = Take(pool, "d");
        Assert.Equal(1, d.Index);                       // b's, the only one left
        pool.Release(d);
        Assert.Equal(1, Take(pool, "b").Index);         // no longer kept for b, yet the only one
    }

    [Fact]
    public void Slot_ReleasedFirst_IsGivenFirst()
    {
        AddressPool pool = new(new() { First = IPAddress.Parse("10.0.0.1"), Last = IPAddress.Parse("10.0.0.3") });
        PoolLease[] leases = [Take(pool, "a"), Take(pool, "b"), Take(pool, "c")];
        foreach (int i in new[] { 2, 0, 1 })
            pool.Release(leases[i]);
        Assert.Equal([2, 0, 1], new[] { "x", "y", "z" }.Select(n => Take(pool, n).Index));
    }

    [Fact]
    public void DuplicateNames_KeepNoSlot()
    {
        AddressPool pool = new(new() { First = IPAddress.Parse("10.0.0.1"), Last = IPAddress.Parse("10.0.0.9"), ForgetsNames = true });
        PoolLease first = Take(pool, "same");
        Assert.Equal(1, Take(pool, "same").Index);
        pool.Release(first);
        Assert.Equal(2, Take(pool, "same").Index);
        Assert.Empty(pool.Write());
    }

    [Fact]
    public void File_WrittenAndRead_KeepsSlots()
    {
        ServerPlan plan = Plan("server 10.8.0.0 255.255.255.0\nserver-ipv6 fd00:9::/64");
        AddressPool pool = new(plan.Pool!);
        Take(pool, "first");
        Take(pool, "second");
        string text = pool.Write();
        // In a net30 pool the file names the first address of each four, as openvpn's does.
        Assert.Equal("first,10.8.0.4,fd00:9::1000\nsecond,10.8.0.8,fd00:9::1001\n", text);
        AddressPool again = new(plan.Pool!);
        Assert.Empty(again.Read("ipp.txt", text));
        Assert.Equal(1, Take(again, "second").Index);
        Assert.Equal(2, Take(again, "third").Index);    // slot 0 is kept for "first" as long as others are free
        Assert.Equal(0, Take(again, "first").Index);
    }

    [Theory]
    [InlineData("alone", "NAME,IPV4,IPV6")]
    [InlineData(",10.8.0.4,", "NAME,IPV4,IPV6")]
    [InlineData("a,10.9.0.4,", "no address of the pool")]
    [InlineData("a,10.8.0.256,", "no address of the pool")]
    [InlineData("a,,fd01::1", "no address of the pool")]
    [InlineData("a,10.8.0.4,fd00:9::1001", "not of one slot")]
    [InlineData("a,,", "no address")]
    [InlineData("ok,10.8.0.12,", "been there before")]
    [InlineData("a\u0007,10.8.0.4,", "NAME,IPV4,IPV6")]
    public void File_Line_Damaged_IsPassedOverWithItsNumber(string line, string why)
    {
        AddressPool pool = new(Plan("server 10.8.0.0 255.255.255.0\nserver-ipv6 fd00:9::/64").Pool!);
        DirectiveProblem problem = Assert.Single(pool.Read("ipp.txt", $"# comment\nok,10.8.0.8\n{line}\nalso,,fd00:9::1005\n"));
        Assert.Equal((3, "ipp.txt", false), (problem.Line, problem.File, problem.IsError));
        Assert.Contains(why, problem.Text, StringComparison.Ordinal);
        Assert.Equal((1, 5), (Take(pool, "ok").Index, Take(pool, "also").Index));
    }

    [Fact]
    public void Pool_WithoutAddresses_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new AddressPool(new()));
        Assert.Throws<ArgumentException>(() => new AddressPool(new() { First = IPAddress.Parse("10.0.0.2"), Last = IPAddress.Parse("10.0.0.1") }));
        Assert.Null(Plan("server 10.8.0.0 255.255.255.0 nopool").Pool);
    }

    internal static ServerPlan Plan(string lines)
    {
        DirectiveReader reader = new(static _ => null);
        reader.Read("server.conf", $"tls-server\n{lines}\n");
        TunnelConfiguration made = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.Empty(problems);
        return ServerPlan.Of(made);
    }

    private static PoolLease Take(AddressPool pool, string name)
    {
        Assert.True(pool.TryTake(name, out PoolLease? lease));
        return lease;
    }
}
