// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Linux.Tests.Datagrams;

/// <summary>Addresses as values.</summary>
public sealed class DatagramAddressTests
{
    [Theory]
    [InlineData("192.0.2.1:1194")]
    [InlineData("0.0.0.0:0")]
    [InlineData("255.255.255.255:65535")]
    [InlineData("[2001:db8::1]:1194")]
    [InlineData("[::]:53")]
    [InlineData("[fe80::1%7]:53")]
    public void Address_OfEndPoint_GivesItBack(string text)
    {
        IPEndPoint endPoint = IPEndPoint.Parse(text);
        DatagramAddress address = new(endPoint);
        Assert.Equal(endPoint, address.ToEndPoint());
        Assert.Equal(text, address.ToString());
        Assert.Equal(endPoint.Port, address.Port);
        Assert.Equal(text[0] != '[', address.IsIPv4);
        Assert.Equal(text[0] == '[', address.IsIPv6);
        Assert.Equal(new DatagramAddress(endPoint), address);
        Assert.Equal(new DatagramAddress(endPoint).GetHashCode(), address.GetHashCode());
        Assert.False(address.IsNone);
    }

    [Fact]
    public void Address_Mapped_IsTheIPv4Address()
    {
        Assert.Equal(new DatagramAddress(IPEndPoint.Parse("192.0.2.1:9")), new DatagramAddress(IPEndPoint.Parse("[::ffff:192.0.2.1]:9")));
    }

    [Fact]
    public void Address_AnyPartChanged_IsAnother()
    {
        DatagramAddress[] all =
        [
            default,
            .. new[] { "192.0.2.1:9", "192.0.2.1:10", "192.0.2.2:9", "[c000:201::]:9", "[::192.0.2.1]:9", "[fe80::1]:9", "[fe80::1%2]:9", "[fe80::1%3]:9" }
                .Select(t => new DatagramAddress(IPEndPoint.Parse(t))),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.True(all[1] != all[2] && all[1] == all[1].WithPort(9) && all[1].WithPort(10) == all[2]);
        Assert.False(all[1].Equals((object?)null));
    }

    [Fact]
    public void Address_None_HasNoEndPoint()
    {
        DatagramAddress none = default;
        Assert.True(none.IsNone);
        Assert.Equal("none", none.ToString());
        Assert.Throws<InvalidOperationException>(() => none.ToEndPoint());
        Assert.Throws<ArgumentOutOfRangeException>(() => new DatagramAddress(IPAddress.Any, 65_536));
    }
}
