// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets.Switching;

namespace Tunbridge.Packets.Tests.Switching;

/// <summary>The rate limit, on a time of the test's own.</summary>
public sealed class TokenBucketTests
{
    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void TryTake_BurstThenRate_GivesAsMuchAsPromised()
    {
        TokenBucket bucket = new(10, 3);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => bucket.TryTake(At(100))));
        Assert.False(bucket.TryTake(At(100.09)));
        Assert.True(bucket.TryTake(At(100.11)));
        Assert.False(bucket.TryTake(At(100.11)));
        // An hour's quiet gives the burst and no more.
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => bucket.TryTake(At(3700))));
    }

    [Fact]
    public void TryTake_OverALongTime_KeepsToTheRate()
    {
        TokenBucket bucket = new(7, 5);
        int taken = 0;
        for (int millisecond = 0; millisecond < 100_000; millisecond++)
            taken += bucket.TryTake(TimeSpan.FromMilliseconds(millisecond)) ? 1 : 0;
        Assert.InRange(taken, 704, 705);
    }

    [Fact]
    public void TryTake_MoreThanTheBurst_PassesWhenFullAndIsPaidOff()
    {
        TokenBucket bucket = new(10, 4);
        Assert.True(bucket.TryTake(At(1), 44));
        Assert.False(bucket.TryTake(At(4.9)));
        Assert.True(bucket.TryTake(At(5.2)));
    }

    [Fact]
    public void TryTake_TimeGoesBack_IsNoTimeAtAll()
    {
        TokenBucket bucket = new(1, 1);
        Assert.True(bucket.TryTake(At(10)));
        Assert.False(bucket.TryTake(At(2)));
        Assert.False(bucket.TryTake(At(10.5)));
        Assert.True(bucket.TryTake(At(11)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 0.5)]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.PositiveInfinity)]
    public void Constructor_ImpossibleLimit_IsRefused(double perSecond, double burst) =>
        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => new TokenBucket(perSecond, burst));
}
