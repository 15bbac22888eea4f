// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

public sealed class MacAddressTests
{
    [Theory]
    [InlineData("02:00:00:00:00:01", "02:00:00:00:00:01")]
    [InlineData("AA-BB-CC-DD-EE-FF", "aa:bb:cc:dd:ee:ff")]
    [InlineData("aA:bB:0c:D0:1e:f2", "aa:bb:0c:d0:1e:f2")]
    [InlineData("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff")]
    public void TryParse_SixBytes_GivesThem(string text, string expected)
    {
        Assert.True(MacAddress.TryParse(text, out MacAddress address));
        Assert.Equal(expected, address.ToString());
        Assert.Equal(address, MacAddress.Parse(text));
        Assert.Equal(expected, $"{address}");
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("02:00:00:00:00")]
    [InlineData("02:00:00:00:00:01:02")]
    [InlineData("02:00:00:00:00:0g")]
    [InlineData("02:00:00:00:00:1")]
    [InlineData("02:00-00:00:00:01")]
    [InlineData("02.00.00.00.00.01")]
    [InlineData("02:00:00:00:00: 1")]
    [InlineData("02:00:00:00:00:+1")]
    [InlineData(" 02:00:00:00:00:01")]
    [InlineData("0200:00:00:00:0:01")]
    [InlineData("020000000001")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Assert.False(MacAddress.TryParse(text, out MacAddress address));
        Assert.Equal(default, address);
        if (text is not null) Assert.Throws<FormatException>(() => MacAddress.Parse(text));
    }

    [Fact]
    public void Bytes_CopiedOut_AreThoseGiven()
    {
        byte[] bytes = [0x02, 0x13, 0x24, 0x35, 0x46, 0x57];
        byte[] copy = [0xA5, 0xA5, 0xA5, 0xA5, 0xA5, 0xA5, 0xA5];
        new MacAddress(bytes).CopyTo(copy);
        Assert.Equal([.. bytes, 0xA5], copy);
        Assert.Throws<ArgumentException>(() => new MacAddress(bytes.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => new MacAddress(bytes).CopyTo(new byte[5]));
    }

    [Theory]
    [InlineData("01:00:5e:00:00:01", true, false, false)]
    [InlineData("33:33:00:00:00:01", true, true, false)]
    [InlineData("ff:ff:ff:ff:ff:ff", true, true, true)]
    [InlineData("02:00:00:00:00:01", false, true, false)]
    [InlineData("00:1b:21:00:00:01", false, false, false)]
    public void Bits_OfTheFirstByte_SayWhatItIs(string text, bool isMulticast, bool isLocal, bool isBroadcast)
    {
        MacAddress address = MacAddress.Parse(text);
        Assert.Equal(isMulticast, address.IsMulticast);
        Assert.Equal(isLocal, address.IsLocal);
        Assert.Equal(isBroadcast, address.IsBroadcast);
        Assert.Equal(isBroadcast, address == MacAddress.Broadcast);
        Assert.False(address.IsZero);
        Assert.True(default(MacAddress).IsZero);
    }

    [Fact]
    public void CreateLocal_OfAnyBytes_IsUnicastAndLocal()
    {
        Assert.Equal("fe:ff:ff:ff:ff:ff", MacAddress.CreateLocal([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).ToString());
        Assert.Equal("02:00:00:00:00:00", MacAddress.CreateLocal([0, 0, 0, 0, 0, 0]).ToString());
    }

    [Fact]
    public void Multicast_OfIpGroups_IsTheMappedAddress()
    {
        Assert.Equal(
            "33:33:ff:00:00:02",
            MacAddress.FromIpv6Multicast(new UInt128(0xFF02_0000_0000_0000, 0x1_FF00_0002)).ToString());
        Assert.Equal("01:00:5e:7f:00:fb", MacAddress.FromIpv4Multicast(0xE0FF00FB).ToString()); // 224.255.0.251: 23 bits only
    }

    [Fact]
    public void TryFormat_DestinationTooShort_WritesNothing()
    {
        char[] destination = new char[MacAddress.TextLength - 1];
        Assert.False(MacAddress.Broadcast.TryFormat(destination, out int written));
        Assert.Equal(0, written);
    }
}
