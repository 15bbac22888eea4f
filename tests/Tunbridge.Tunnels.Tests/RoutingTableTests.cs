// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;

namespace Tunbridge.Tunnels.Tests;

public sealed class RoutingTableTests
{
    private static readonly string[] s_values = [.. Enumerable.Range(0, 20).Select(i => $"peer {i}")];

    [Fact]
    public void TryFind_NestedNetworks_GivesTheLongest()
    {
        RoutingTable<string> table = new();
        table.Add(IPNetwork.Parse("0.0.0.0/0"), "all");
        table.Add(IPNetwork.Parse("10.0.0.0/8"), "eight");
        table.Add(IPNetwork.Parse("10.8.0.0/16"), "sixteen");
        table.Add(IPNetwork.Parse("10.8.0.5/32"), "host");
        table.Add(IPNetwork.Parse("2001:db8::/32"), "six");
        table.Add(IPNetwork.Parse("2001:db8::7/128"), "six host");
        Assert.Equal("host", Find(table, "10.8.0.5"));
        Assert.Equal("sixteen", Find(table, "10.8.0.6"));
        Assert.Equal("eight", Find(table, "10.9.0.6"));
        Assert.Equal("all", Find(table, "11.9.0.6"));
        Assert.Equal("six host", Find(table, "2001:db8::7"));
        Assert.Equal("six", Find(table, "2001:db8:ffff::7"));
        Assert.Null(Find(table, "2001:db9::"));
        Assert.Null(Find(table, "::"));
        Assert.Equal(6, table.Count);
    }

    [Fact]
    public void Remove_OfAnotherValue_LeavesTheRoute()
    {
        RoutingTable<string> table = new();
        IPNetwork network = IPNetwork.Parse("10.0.0.0/8");
        table.Add(network, "first");
        table.Add(network, "second");
        Assert.False(table.Remove(network, "first"));
        Assert.Equal("second", Find(table, "10.1.1.1"));
        Assert.True(table.Remove(network, "second"));
        Assert.False(table.Remove(network, "second"));
        Assert.Null(Find(table, "10.1.1.1"));
        Assert.Equal(0, table.Count);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void TryFind_ManyRoutesThatComeAndGo_AgreesWithALinearSearch(int seed, bool isV6)
    {
        Random random = new(seed);
        RoutingTable<string> table = new();
        Dictionary<IPNetwork, string> slow = [];
        for (int round = 0; round < 3000; round++)
        {
            IPNetwork network = RandomNetwork(random, isV6);
            string value = s_values[random.Next(s_values.Length)];
            switch (random.Next(20))
            {
                case 0:
                    int removed = table.RemoveAll(value);
                    IPNetwork[] theirs = [.. slow.Where(r => r.Value == value).Select(r => r.Key)];
                    Assert.Equal(theirs.Length, removed);
                    Array.ForEach(theirs, n => slow.Remove(n));
                    break;
                case < 8:
                    bool was = slow.TryGetValue(network, out string? old) && old == value;
                    Assert.Equal(was, table.Remove(network, value));
                    if (was)
                        slow.Remove(network);
                    break;
                default:
                    table.Add(network, value);
                    slow[network] = value;
                    break;
            }

            Assert.Equal(slow.Count, table.Count);
            for (int i = 0; i < 4; i++)
            {
                IPAddress address = RandomAddress(random, isV6);
                string? expected = slow.Where(r => r.Key.Contains(address)).OrderByDescending(r => r.Key.PrefixLength)
                    .Select(r => r.Value).FirstOrDefault();
                Assert.Equal(expected, Find(table, address.ToString()));
            }
        }
    }

    [Fact]
    public async Task TryFind_WhileRoutesComeAndGo_AlwaysFindsWhatStays()
    {
        RoutingTable<string> table = new();
        for (int i = 0; i < 600; i++)
            table.Add(new IPNetwork(new IPAddress([10, (byte)(i >> 8), (byte)i, 0]), 24), "stays");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using ManualResetEventSlim looking = new();
        Task<long> reader = Task.Run(() =>
        {
            long looks = 0;
            looking.Set();
            for (uint i = 0; !stop.IsCancellationRequested; i = (i + 1) % 600, looks++)
            {
                if (!table.TryFind(0x0a000001 | (i << 8), out string? value) || value != "stays")
                    return -1;
            }

            return looks;
        }, CancellationToken.None);
        looking.Wait(TestContext.Current.CancellationToken);
        for (int i = 0; i < 2000; i++)
        {
            IPNetwork network = new(new IPAddress([10, 0, 0, (byte)(i * 8)]), 29 + (i & 1));
            table.Add(new IPNetwork(new IPAddress([11, 0, 0, 0]), 8 + (i % 20)), "goes");
            table.Add(network, "stays");
            table.Remove(network, "stays");
            table.RemoveAll("goes");
        }

        await stop.CancelAsync();
        Assert.InRange(await reader, 1, long.MaxValue);
    }

    [Fact]
    public void TryFind_AnyAddress_AllocatesNothing()
    {
        RoutingTable<string> table = new();
        for (int i = 0; i < 500; i++)
            table.Add(new IPNetwork(new IPAddress([10, 8, (byte)(i >> 8), (byte)i]), 32), "host");
        table.Add(IPNetwork.Parse("2001:db8::/32"), "six");
        int Look()
        {
            int found = 0;
            for (uint i = 0; i < 1000; i++)
            {
                found += table.TryFind(0x0a080000 | i, out _) ? 1 : 0;
                found += table.TryFind((UInt128)i << 96, out _) ? 1 : 0;
            }

            return found;
        }

        Look();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int found = Look();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(500, found);
    }

    private static string? Find(RoutingTable<string> table, string text)
    {
        byte[] bytes = IPAddress.Parse(text).GetAddressBytes();
        string? value;
        _ = bytes.Length == 4
            ? table.TryFind(BinaryPrimitives.ReadUInt32BigEndian(bytes), out value)
            : table.TryFind(BinaryPrimitives.ReadUInt128BigEndian(bytes), out value);
        return value;
    }

    // Few different bits, so that networks nest and addresses fall into them.
    private static IPAddress RandomAddress(Random random, bool isV6)
    {
        byte[] bytes = new byte[isV6 ? 16 : 4];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(random.Next(2) << random.Next(8));
        return new IPAddress(bytes);
    }

    private static IPNetwork RandomNetwork(Random random, bool isV6)
    {
        byte[] bytes = RandomAddress(random, isV6).GetAddressBytes();
        int length = random.Next((bytes.Length * 8) + 1);
        for (int bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }
}
