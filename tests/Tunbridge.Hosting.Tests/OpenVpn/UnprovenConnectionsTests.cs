// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>What a source may hold of connections whose clients are not let in.</summary>
public sealed class UnprovenConnectionsTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", "10.0.0.2")]
    [InlineData("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")]
    public void Source_WithEnough_GetsNoMoreUntilOneGoes(string first, string same, string other)
    {
        UnprovenConnections connections = new(2);
        Assert.True(connections.TryAdd(From(first, 1), s_start));
        Assert.True(connections.TryAdd(From(same, 2), s_start));
        Assert.False(connections.TryAdd(From(first, 3), s_start));
        Assert.False(connections.Contains(From(first, 3)));
        Assert.True(connections.TryAdd(From(other, 4), s_start));
        connections.Remove(From(first, 3));
        Assert.False(connections.TryAdd(From(first, 5), s_start));
        connections.Remove(From(same, 2));
        connections.Remove(From(same, 2));
        Assert.True(connections.TryAdd(From(first, 6), s_start));
        Assert.False(connections.TryAdd(From(first, 7), s_start));
    }

    [Fact]
    public void Silence_IsOverInTheOrderOfTheConnections_AndCountsOn()
    {
        UnprovenConnections connections = new(3);
        for (int i = 0; i < 3; i++)
            Assert.True(connections.TryAdd(From("10.0.0.1", i + 1), s_start.AddSeconds(i)));
        connections.Remove(From("10.0.0.1", 1));
        Assert.Equal(s_start.AddSeconds(1), connections.NextTime);
        Assert.False(connections.TryTakeDue(s_start, out _));
        Assert.True(connections.TryTakeDue(s_start.AddSeconds(1), out LinkPath due));
        Assert.Equal(2, due.Connection);
        Assert.True(connections.Contains(due));
        Assert.False(connections.TryTakeDue(s_start.AddSeconds(1), out _));
        connections.Remove(due);
        connections.Remove(From("10.0.0.1", 3));
        Assert.Null(connections.NextTime);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(65, 16)]
    [InlineData(1344, 336)]
    public void Limit_IsAQuarterAndAtLeastFour(int all, int each) => Assert.Equal(each, UnprovenConnections.LimitFor(all));

    private static LinkPath From(string address, long connection) =>
        new() { Path = new DatagramPath(new DatagramAddress(IPAddress.Parse(address), 1000)), Connection = connection };
}
