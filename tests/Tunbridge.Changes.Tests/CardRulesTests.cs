// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes.Tests;

public sealed class CardRulesTests
{
    [Theory]
    [InlineData(CardKind.Tap, 68, true)]
    [InlineData(CardKind.Tap, 67, false)]
    [InlineData(CardKind.Tap, 65521, true)]
    [InlineData(CardKind.Tap, 65522, false)]
    [InlineData(CardKind.Tun, 65535, true)]
    [InlineData(CardKind.Tun, 65536, false)]
    [InlineData(CardKind.Tun, -1, false)]
    public void Mtu_AtTheEdges_FollowsTheKind(CardKind kind, long mtu, bool allowed) =>
        Assert.Equal(allowed, CardSettings.FindMtuMistake(kind, mtu) is null);

    [Theory]
    [InlineData("02:00:5e:10:00:01", "")]
    [InlineData("01:00:5e:10:00:01", "multicast")]
    [InlineData("ff:ff:ff:ff:ff:ff", "multicast")]
    [InlineData("00:00:00:00:00:00", "nor all zero")]
    [InlineData("02:00:5e:10:00", "no MAC address")]
    [InlineData("02:00:5e:10:00:01:02", "no MAC address")]
    [InlineData("02:00:5e:10:00:0g", "no MAC address")]
    [InlineData("tap0", "no MAC address")]
    public void Mac_Text_IsJudged(string text, string part)
    {
        bool allowed = CardMac.TryParse(text, out _, out string mistake);

        Assert.Equal(part.Length == 0, allowed);
        Assert.Contains(part, mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.168.0.1/24", "")]
    [InlineData("fd00::1/64", "")]
    [InlineData("192.168.0.1/0", "every address")]
    [InlineData("224.0.0.1/24", "multicast")]
    [InlineData("ff02::1/64", "multicast")]
    [InlineData("0.0.0.0/8", "unspecified")]
    [InlineData("::/64", "unspecified")]
    [InlineData("255.255.255.255/32", "broadcast")]
    [InlineData("192.168.0.1", "no address")]
    public void Address_Text_IsJudged(string text, string part)
    {
        bool allowed = CardAddress.TryParse(text, out _, out string mistake);

        Assert.Equal(part.Length == 0, allowed);
        Assert.Contains(part, mistake, StringComparison.Ordinal);
    }
}
