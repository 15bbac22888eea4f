// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;

namespace Tunbridge.Changes.Tests;

public sealed class IpPrefixTests
{
    [Theory]
    [InlineData("192.168.0.1/24", "192.168.0.0/24", "192.168.0.255")]
    [InlineData("10.0.0.1/32", "10.0.0.1/32", null)]
    [InlineData("10.0.0.1/31", "10.0.0.0/31", null)]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", null)]
    [InlineData("255.255.255.255/1", "128.0.0.0/1", "255.255.255.255")]
    [InlineData("fd00::1/64", "fd00::/64", null)]
    [InlineData("::/0", "::/0", null)]
    [InlineData("2001:db8::ffff/127", "2001:db8::fffe/127", null)]
    public void Parse_ValidText_GivesNetworkAndBroadcast(string text, string network, string? broadcast)
    {
        IpPrefix prefix = IpPrefix.Parse(text);

        Assert.Equal(text, prefix.ToString());
        Assert.Equal(network, prefix.Network.ToString());
        Assert.Equal(broadcast, prefix.Broadcast?.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.168.0.1")]
    [InlineData("192.168.0.1/")]
    [InlineData("/24")]
    [InlineData("192.168.0.1/33")]
    [InlineData("192.168.0.1/-1")]
    [InlineData("192.168.0.1/+4")]
    [InlineData("192.168.0.1/024")]
    [InlineData("192.168.0.1/24/24")]
    [InlineData("192.168.0/24")]
    [InlineData("192.168.0.1.2/24")]
    [InlineData("192.168.0.010/24")]
    [InlineData("0xc0.168.0.1/24")]
    [InlineData("192.168.0.256/24")]
    [InlineData(" 192.168.0.1/24")]
    [InlineData("192.168.0.1/24 ")]
    [InlineData("fd00::1/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[fd00::1]/64")]
    [InlineData("fd00:::1/64")]
    public void TryParse_InvalidText_IsRefused(string text) => Assert.False(IpPrefix.TryParse(text, out _));

    [Fact]
    public void Arithmetic_RandomPrefixes_AgreesWithBitStrings()
    {
        Random random = new(20240917);
        for (int round = 0; round < 20_000; round++)
        {
            IpPrefix a = Next(random, null);
            // Half of the partners lie near the first, or nothing would ever overlap.
            IpPrefix b = random.Next(2) == 0 ? Next(random, null) : Near(random, a);
            string bitsA = Bits(a.Address), bitsB = Bits(b.Address);
            int common = Math.Min(a.Length, b.Length);

            bool overlaps = bitsA.Length == bitsB.Length && bitsA[..common] == bitsB[..common];
            Assert.True(overlaps == a.Overlaps(b), $"{a} and {b}");
            Assert.True(overlaps == b.Overlaps(a), $"{b} and {a}");
            bool contains = bitsA.Length == bitsB.Length && bitsA[..a.Length] == bitsB[..a.Length];
            Assert.True(contains == a.Contains(b.Address), $"{b.Address} in {a}");
            Assert.Equal(bitsA[..a.Length].PadRight(bitsA.Length, '0'), Bits(a.Network.Address));
            Assert.Equal(a, IpPrefix.Parse(a.ToString()));
        }
    }

    private static IpPrefix Next(Random random, int? family)
    {
        byte[] bytes = new byte[family ?? (random.Next(2) == 0 ? 4 : 16)];
        random.NextBytes(bytes);
        return new IpPrefix(new IPAddress(bytes), random.Next((bytes.Length * 8) + 1));
    }

    private static IpPrefix Near(Random random, IpPrefix other)
    {
        byte[] bytes = other.Address.GetAddressBytes();
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return new IpPrefix(new IPAddress(bytes), random.Next((bytes.Length * 8) + 1));
    }

    private static string Bits(IPAddress address)
    {
        StringBuilder text = new();
        foreach (byte b in address.GetAddressBytes())
            text.Append(Convert.ToString(b, 2).PadLeft(8, '0'));
        return text.ToString();
    }
}
